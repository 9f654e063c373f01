import type { EnvironmentName } from './config.ts';

/** What operators read about a variable of the environment; docs/configuration.md is made from it. */
interface VariableHelp {
  readonly meaning: string;
  /** What counts when it is not set. */
  readonly otherwise: string;
  /** What must be in it, where that is not plain. */
  readonly bounds?: string;
}

const globalKeys = {
  otherwise: 'none',
  bounds: 'set all of a gateway’s variables or none',
} as const;

/** Every variable that the product reads, in the order of the documentation. A new one does not compile without its help. */
export const environmentHelp: Readonly<Record<EnvironmentName, VariableHelp>> = {
  NODE_ENV: {
    meaning:
      '`production` on a server: an admin token is required, no sandbox bot is made, cookies are for HTTPS.',
    otherwise: 'for trying out on one’s own machine',
  },
  PORT: { meaning: 'Where HTTP is served.', otherwise: '3000', bounds: '0 (any free port) to 65535' },
  HOST: { meaning: 'The address to listen on.', otherwise: '0.0.0.0 in production, else 127.0.0.1' },
  DATA_DIR: { meaning: 'The folder with everything on record.', otherwise: './data' },
  ADMIN_UI_TOKEN: {
    meaning: 'Signs admins in and opens the API. Required in production.',
    otherwise: 'generated once; the log then offers a one-time sign-in link',
    bounds: 'at least 16 characters',
  },
  DATA_KEY: {
    meaning:
      'Seals gateway keys at rest. Keep a copy apart from the backups: without it the stored keys are lost.',
    otherwise: 'a key file is generated beside the data folder',
    bounds: 'at least 32 characters',
  },
  BASE_URL: {
    meaning: 'The public address: links, cookies for HTTPS, the self-ping, Statum’s delivery reports.',
    otherwise: 'none of these',
    bounds: 'http:// or https://',
  },
  TRUSTED_PROXY_HOPS: {
    meaning: 'How many reverse proxies in front are yours, so that visitors are told apart.',
    otherwise: '0; on a Heroku dyno 1',
    bounds: '0 to 5',
  },
  DYNO: {
    meaning: 'Set by Heroku, not by you: the disk is known to be wiped at restarts.',
    otherwise: 'the disk lasts',
  },
  PUPPETEER_EXECUTABLE_PATH: {
    meaning: 'The browser for bots on WhatsApp.',
    otherwise: 'the best one installed ([browser.md](browser.md))',
  },
  CHROME_EXTRA_ARGS: { meaning: 'Added to the browser’s flags, with a shell’s quoting.', otherwise: 'none' },
  LOG_LEVEL: {
    meaning: 'How much is logged.',
    otherwise: 'info',
    bounds: 'fatal, error, warn, info, debug, trace or silent',
  },
  SHADOW_PAY_BASE_URL: {
    meaning: 'Where Shadow Pay is reached.',
    otherwise: 'https://shadow-pay.top/api/v2/',
    bounds: 'http:// or https://',
  },
  STATUM_BASE_URL: {
    meaning: 'Where Statum is reached.',
    otherwise: 'https://api.statum.co.ke/api/v2/',
    bounds: 'http:// or https://',
  },
  SHADOW_PAY_API_KEY: {
    meaning: 'The platform’s Shadow Pay keys, until the dashboard sets some.',
    ...globalKeys,
  },
  SHADOW_PAY_API_SECRET: { meaning: 'As above.', ...globalKeys },
  SHADOW_PAY_ACCOUNT_ID: { meaning: 'As above: the number of the payment account.', ...globalKeys },
  STATUM_CONSUMER_KEY: {
    meaning: 'The platform’s Statum keys, until the dashboard sets some.',
    ...globalKeys,
  },
  STATUM_CONSUMER_SECRET: { meaning: 'As above.', ...globalKeys },
  ACCESS_CODE: {
    meaning: 'Opens the public start page, until the dashboard sets another code.',
    otherwise: 'the page is closed',
  },
  ADMIN_PHONES: {
    meaning: 'Numbers of the platform’s admins in WhatsApp, beside those in the settings.',
    otherwise: 'none',
    bounds: 'Kenyan mobile numbers, separated by commas',
  },
};
