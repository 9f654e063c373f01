import '../../shared/require-node.ts';
import { systemClock } from '../../shared/clock.ts';
import { type Logger, silentLogger } from '../../shared/logger.ts';
import { ConfigError, readConfig } from '../config.ts';
import {
  StoreCorruptError,
  StoreLockedError,
  StoreUnusableError,
  StoreVersionError,
} from '../stores/errors.ts';
import { openStores } from '../stores/open.ts';
import type { Stores } from '../stores/types.ts';
import { DataKeyError } from './errors.ts';
import { keyFile } from './key-source.ts';
import { forgetCredentials, rotateDataKey } from './rotate.ts';

/** `npm run secrets -- <command>`: works on the data folder of a product that is stopped. See docs/security.md. */

const USAGE = `Usage: npm run secrets -- <command>     (the product must be stopped)

  rotate-key           seals the stored credentials with another key: NEW_DATA_KEY if that is set; else DATA_KEY if they
                       are sealed with the generated key file; else a new key file
  forget-credentials   removes all stored credentials, for when their key is lost
`;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
/** The stores' own words about mended folders and the like, as sentences. */
const sentences: Logger = {
  ...silentLogger,
  warn: (_fields, message) => say(message),
  error: (_fields, message) => say(message),
  child: () => sentences,
};

async function rotate(stores: Stores, dataDir: string, dataKey: string | undefined): Promise<void> {
  const newDataKey = readNewDataKey();
  const place = { dataDir, dataKey };
  const { resealed, keptIn } = await rotateDataKey({ stores, clock: systemClock, place, newDataKey });
  const what =
    resealed === 0 ? 'Nothing had to be sealed anew' : `${resealed} stored credentials are sealed anew`;
  if (keptIn === 'key file')
    say(`${what}. The key is in ${keyFile(dataDir)}; keep a copy apart from the backups.`);
  else if (keptIn === 'DATA_KEY') say(`${what}. The key is DATA_KEY from now on.`);
  else say(`${what}. Set DATA_KEY to the value of NEW_DATA_KEY before the next start.`);
}

function readNewDataKey(): string | undefined {
  const { NEW_DATA_KEY } = process.env;
  if (NEW_DATA_KEY === undefined || NEW_DATA_KEY.trim() === '') return undefined;
  // The same rules as for the variable that the value is going to stand in.
  return readConfig({ DATA_KEY: NEW_DATA_KEY }).dataKey;
}

async function forget(stores: Stores): Promise<void> {
  const forgotten = await forgetCredentials({ stores, clock: systemClock });
  say(`${forgotten} stored credentials are removed. Enter them again in the product.`);
}

async function run(command: string | undefined): Promise<void> {
  if (command !== 'rotate-key' && command !== 'forget-credentials') {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const { dataDir, dataKey } = readConfig(process.env);
  const stores = await openStores({
    dataDir,
    clock: systemClock,
    logger: sentences,
    onFatal: (error) => {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    },
  });
  try {
    if (command === 'rotate-key') await rotate(stores, dataDir, dataKey);
    else await forget(stores);
  } finally {
    await stores.close();
  }
}

const EXPECTED = [
  ConfigError,
  DataKeyError,
  StoreLockedError,
  StoreCorruptError,
  StoreVersionError,
  StoreUnusableError,
];

try {
  await run(process.argv[2]);
} catch (error) {
  const expected = EXPECTED.some((kind) => error instanceof kind);
  const text = error instanceof Error ? (expected ? error.message : error.stack) : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
