import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { shadowPayKeysSchema, statumKeysSchema } from '../shared/credentials.ts';
import { errorText } from '../shared/errors.ts';
import { parsePhone } from '../shared/phone.ts';
import { shellWords } from '../shared/shell-words.ts';

/** Environment → typed configuration (docs/configuration.md). Everything else is a setting in the UI. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDir: string;
  readonly production: boolean;
  /** The host wipes the disk at each restart: a Heroku dyno, which sets DYNO. */
  readonly ephemeralDisk: boolean;
  /** Undefined outside production: a token is generated once and kept beside the data. */
  readonly adminToken: string | undefined;
  readonly dataKey: string | undefined;
  readonly baseUrl: string | undefined;
  /** How many reverse proxies in front are ours, so that their X-Forwarded headers are believed. 0 where it is not said. */
  readonly trustedProxyHops?: number;
  /** For workers on WhatsApp. */
  readonly browser: {
    /** Settles which browser runs; undefined: the best one installed. */
    readonly executablePath: string | undefined;
    /** Added to its flags. */
    readonly chromeArgs: readonly string[];
  };
  readonly logLevel: (typeof logLevels)[number];
  readonly shadowPayBaseUrl: string;
  readonly statumBaseUrl: string;
  readonly globals: {
    readonly shadowPay: { apiKey: string; apiSecret: string; accountId: number } | undefined;
    readonly statum: { consumerKey: string; consumerSecret: string } | undefined;
    readonly accessCode: string | undefined;
    readonly adminPhones: readonly string[];
  };
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const optional = z
  .string()
  .trim()
  .transform((value) => (value === '' ? undefined : value))
  .optional();

const url = (fallback?: string) =>
  optional.transform((value, context) => {
    const text = value ?? fallback;
    if (text === undefined) return undefined;
    if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
      context.addIssue({ code: 'custom', message: 'must be an http:// or https:// address' });
      return z.NEVER;
    }
    return text.endsWith('/') ? text : `${text}/`;
  });

/** The rules of the keys that the UI takes; the message never repeats the value. */
const key = (schema: z.ZodType<string>) =>
  optional.transform((value, context) => {
    if (value === undefined) return undefined;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    context.addIssue({
      code: 'custom',
      message: `is no usable key: ${parsed.error.issues[0]?.message ?? ''}`,
    });
    return z.NEVER;
  });

const environmentSchema = z.object({
  NODE_ENV: optional,
  PORT: optional.transform((value, context) => {
    const port = Number(value ?? '3000');
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      context.addIssue({ code: 'custom', message: 'must be a port number from 0 (any free port) to 65535' });
      return z.NEVER;
    }
    return port;
  }),
  HOST: optional,
  DATA_DIR: optional,
  ADMIN_UI_TOKEN: optional.refine((value) => value === undefined || value.length >= 16, {
    message: 'must have at least 16 characters; for example the output of: openssl rand -base64 24',
  }),
  DATA_KEY: optional.refine((value) => value === undefined || value.length >= 32, {
    message: 'must have at least 32 characters; for example the output of: openssl rand -base64 32',
  }),
  BASE_URL: url(),
  TRUSTED_PROXY_HOPS: optional.refine((value) => value === undefined || /^[0-5]$/.test(value), {
    message: 'must be the number of reverse proxies in front of this server, 0 to 5',
  }),
  DYNO: optional,
  PUPPETEER_EXECUTABLE_PATH: optional,
  CHROME_EXTRA_ARGS: optional.transform((value, context) => {
    try {
      return shellWords(value ?? '');
    } catch (error) {
      context.addIssue({ code: 'custom', message: `cannot be read: ${errorText(error)}` });
      return z.NEVER;
    }
  }),
  LOG_LEVEL: optional.pipe(
    z.enum(logLevels, { message: `must be one of ${logLevels.join(', ')}` }).default('info'),
  ),
  SHADOW_PAY_BASE_URL: url('https://shadow-pay.top/api/v2/'),
  STATUM_BASE_URL: url('https://api.statum.co.ke/api/v2/'),
  SHADOW_PAY_API_KEY: key(shadowPayKeysSchema.shape.apiKey),
  SHADOW_PAY_API_SECRET: key(shadowPayKeysSchema.shape.apiSecret),
  SHADOW_PAY_ACCOUNT_ID: optional.refine((value) => value === undefined || /^\d{1,9}$/.test(value), {
    message: 'must be the number of the payment account',
  }),
  STATUM_CONSUMER_KEY: key(statumKeysSchema.shape.consumerKey),
  STATUM_CONSUMER_SECRET: key(statumKeysSchema.shape.consumerSecret),
  ACCESS_CODE: optional,
  ADMIN_PHONES: optional.transform((value, context) => {
    const phones: string[] = [];
    for (const written of (value ?? '').split(',').filter((part) => part.trim() !== '')) {
      const phone = parsePhone(written);
      if (phone) phones.push(phone);
      else
        context.addIssue({
          code: 'custom',
          message: `"${written.trim()}" is not a Kenyan mobile number such as 0700000001`,
        });
    }
    return phones;
  }),
});

export type EnvironmentName = keyof z.infer<typeof environmentSchema>;

/** The environment makes no sense; the message names every variable at fault and the fix. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** @throws {ConfigError} */
export function readConfig(env: NodeJS.ProcessEnv, cwd: string = process.cwd()): Config {
  const parsed = environmentSchema.safeParse(env);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  if (!parsed.success) throw new ConfigError(problems);
  const values = parsed.data;
  const production = values.NODE_ENV === 'production';
  if (production && !values.ADMIN_UI_TOKEN) {
    problems.push(
      'ADMIN_UI_TOKEN is required when NODE_ENV=production; set it to the output of: openssl rand -base64 24',
    );
  }
  const shadowPay = together(problems, {
    SHADOW_PAY_API_KEY: values.SHADOW_PAY_API_KEY,
    SHADOW_PAY_API_SECRET: values.SHADOW_PAY_API_SECRET,
    SHADOW_PAY_ACCOUNT_ID: values.SHADOW_PAY_ACCOUNT_ID,
  });
  const statum = together(problems, {
    STATUM_CONSUMER_KEY: values.STATUM_CONSUMER_KEY,
    STATUM_CONSUMER_SECRET: values.STATUM_CONSUMER_SECRET,
  });
  if (problems.length > 0) throw new ConfigError(problems);
  const dataDir = values.DATA_DIR ?? 'data';
  return {
    port: values.PORT,
    host: values.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    dataDir: isAbsolute(dataDir) ? dataDir : resolve(cwd, dataDir),
    production,
    ephemeralDisk: values.DYNO !== undefined,
    adminToken: values.ADMIN_UI_TOKEN,
    dataKey: values.DATA_KEY,
    baseUrl: values.BASE_URL,
    // A Heroku dyno (DYNO is set there) is reached through Heroku's router only.
    trustedProxyHops: Number(values.TRUSTED_PROXY_HOPS ?? (values.DYNO ? '1' : '0')),
    browser: {
      executablePath: values.PUPPETEER_EXECUTABLE_PATH,
      chromeArgs: values.CHROME_EXTRA_ARGS ?? [],
    },
    logLevel: values.LOG_LEVEL,
    shadowPayBaseUrl: values.SHADOW_PAY_BASE_URL ?? '',
    statumBaseUrl: values.STATUM_BASE_URL ?? '',
    globals: {
      shadowPay: shadowPay && {
        apiKey: shadowPay.SHADOW_PAY_API_KEY,
        apiSecret: shadowPay.SHADOW_PAY_API_SECRET,
        accountId: Number(shadowPay.SHADOW_PAY_ACCOUNT_ID),
      },
      statum: statum && {
        consumerKey: statum.STATUM_CONSUMER_KEY,
        consumerSecret: statum.STATUM_CONSUMER_SECRET,
      },
      accessCode: values.ACCESS_CODE,
      adminPhones: values.ADMIN_PHONES,
    },
  };
}

/** A gateway's variables make sense only all together. */
function together<K extends string>(
  problems: string[],
  values: Record<K, string | undefined>,
): Record<K, string> | undefined {
  const names = Object.keys(values) as K[];
  const missing = names.filter((name) => values[name] === undefined);
  if (missing.length === names.length) return undefined;
  if (missing.length > 0) {
    problems.push(
      `${missing.join(', ')} missing although ${names.filter((name) => !missing.includes(name)).join(', ')} is set; set all or none`,
    );
    return undefined;
  }
  return values as Record<K, string>;
}
