import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errorText } from '../../shared/errors.ts';
import { silentLogger } from '../../shared/logger.ts';
import { type KeyPlace, keyFile } from '../secrets/key-source.ts';
import { Vault } from '../secrets/vault.ts';
import { systemCode } from '../stores/errors.ts';
import { readFormat } from '../stores/folder.ts';
import { liveHolder } from '../stores/lock.ts';
import { loadFolder } from '../stores/recovery.ts';
import { State } from '../stores/state.ts';
import { strayLogins } from '../workers/stray-logins.ts';
import { bad, type Finding, ok, warn } from './finding.ts';

export interface DataLook {
  readonly findings: readonly Finding[];
  /** What is on record; undefined where there is nothing, where it is damaged, and while the product runs on it. */
  readonly state: State | undefined;
}

/** Looks at the data folder as a start would, and changes nothing in it. */
export async function lookAtData(place: KeyPlace, now: number): Promise<DataLook> {
  const { dataDir } = place;
  const writing = writeFinding(dataDir);
  if (writing) return { findings: [writing], state: undefined };
  if (!existsSync(dataDir)) {
    return {
      findings: [ok('data', `${dataDir} is not there yet; the first start makes it`)],
      state: undefined,
    };
  }
  const holder = liveHolder(dataDir, now);
  if (holder !== undefined) {
    const running = `${dataDir} is in use by ${holder}: the product runs, so its records are not read here`;
    return { findings: [ok('data', `${dataDir} can be written`), ok('lock', running)], state: undefined };
  }
  const lock = ok('lock', 'Nobody else uses the data folder');
  let state: State | undefined;
  try {
    state = load(dataDir);
  } catch (error) {
    const finding = bad(
      'data',
      errorText(error),
      'See docs/deployment.md, Backups; `npm run store -- verify` shows all',
    );
    return { findings: [finding, lock], state: undefined };
  }
  if (!state) return { findings: [ok('data', `${dataDir} is empty; the first start fills it`), lock], state };
  const told = `${dataDir} is sound: ${state.clients.table.size} clients, ${state.orders.table.size} orders`;
  const stray = await strayFinding(dataDir, state);
  return { findings: [ok('data', told), lock, ...stray, await keyFinding(place, state)], state };
}

/** Of logins that are left of deleted clients; nothing where there is none. */
async function strayFinding(dataDir: string, { clients }: State): Promise<readonly Finding[]> {
  const stray = await strayLogins(dataDir, (clientId) => clients.table.get(clientId) !== undefined);
  if (stray.length === 0) return [];
  return [
    warn(
      'data',
      `WhatsApp logins of deleted bots are left (${stray.join(', ')}): a crash came before their logout`,
      'The next start removes them; on their phones, remove the devices that nobody knows under Linked devices',
    ),
  ];
}

/** @returns undefined when all is well */
function writeFinding(dataDir: string): Finding | undefined {
  if (existsSync(dataDir) && !statSync(dataDir).isDirectory()) {
    return bad('data', `${dataDir} is a file`, 'Move it away, or set DATA_DIR to a folder');
  }
  // A folder that is not there yet is made in the nearest one that is.
  let folder = dataDir;
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  try {
    const probe = mkdtempSync(join(folder, '.doctor-'));
    try {
      const file = openSync(join(probe, 'probe'), 'w', 0o600);
      try {
        writeSync(file, 'probe');
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    } finally {
      rmSync(probe, { recursive: true, force: true });
    }
    return undefined;
  } catch (error) {
    const full = systemCode(error) === 'ENOSPC';
    return bad(
      'data',
      `${folder} cannot be written: ${errorText(error)}`,
      full
        ? 'Make room on its disk'
        : 'Give it to the user who runs the product (chown), mount its volume writable, or set DATA_DIR to another folder',
    );
  }
}

/** @returns undefined for a folder in which nothing was ever laid out */
function load(dataDir: string): State | undefined {
  const format = readFormat(dataDir);
  if (format?.creating) return undefined;
  const state = new State({ freeze: false });
  if (!format && !existsSync(join(dataDir, 'clients.json'))) return undefined;
  loadFolder(state, dataDir);
  return state;
}

async function keyFinding(place: KeyPlace, state: State): Promise<Finding> {
  const { table } = state.credentials;
  const credentials = {
    get: (key: string) => table.get(key),
    values: () => table.values(),
    size: table.size,
  };
  try {
    await Vault.open({ stores: { credentials }, place, logger: silentLogger });
  } catch (error) {
    return bad('data-key', errorText(error), 'See docs/security.md');
  }
  const kept = place.dataKey === undefined ? keyFile(place.dataDir) : 'DATA_KEY';
  return ok(
    'data-key',
    table.size === 0
      ? 'No gateway keys are stored yet, so there is nothing to open'
      : `Opens all stored gateway keys; it is in ${kept}. Keep a copy apart from the backups`,
  );
}
