import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { OutboxEntry } from '../../shared/conversation.ts';
import { type Logger, silentLogger } from '../../shared/logger.ts';
import type { Order } from '../../shared/order.ts';
import { type Disk, realDisk } from '../../supervisor/stores/disk.ts';
import type { OpenOptions } from '../../supervisor/stores/open.ts';
import type { Stores } from '../../supervisor/stores/types.ts';
import { openTestStores } from '../helpers/test-stores.ts';

/** What is to be closed before its folder goes. */
const opened = new Map<string, Stores[]>();

/** A folder that is gone after the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'stores-test-'));
  t.after(async () => {
    const inside = [...opened].filter(([path]) => path === folder || path.startsWith(`${folder}/`));
    for (const stores of inside.flatMap(([, all]) => all)) await stores.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Opens stores that are closed before their temporary folder goes. A fatal error is the test's, unless it says otherwise. */
export async function open(dataDir: string, overrides: Partial<OpenOptions> = {}): Promise<Stores> {
  const stores = await openTestStores(dataDir, { reserveBytes: 64 << 10, ...overrides });
  opened.set(dataDir, [...(opened.get(dataDir) ?? []), stores]);
  return stores;
}

export function anOrder(n: number, changes: Partial<Order> = {}): Order {
  return {
    orderNo: `A${String(n).padStart(7, '0')}`,
    clientId: 'cl_one',
    mode: 'sandbox',
    chatId: `25470000${String(n % 50).padStart(4, '0')}@c.us`,
    confirmId: `cf_${n}`,
    customerPhone: `25470000${String(n % 50).padStart(4, '0')}`,
    payerPhone: `25470000${String(n % 50).padStart(4, '0')}`,
    recipientPhone: '254711000001',
    amountKes: 50,
    payableKes: 48,
    discountPercent: 4,
    payment: { state: 'requesting', credentials: { setId: 'simulated', version: 1 }, requestedAt: 1_000 + n },
    delivery: { state: 'none', attempts: 0 },
    attention: [],
    createdAt: 1_000 + n,
    updatedAt: 1_000 + n,
    ...changes,
  };
}

export { aClient } from '../helpers/a-client.ts';

export function aReply(seq: number, changes: Partial<OutboxEntry> = {}): OutboxEntry {
  return {
    id: `ob_${seq}`,
    clientId: 'cl_one',
    chatId: '254700000001@c.us',
    seq,
    text: 'Karibu 🎉',
    createdAt: seq,
    ...changes,
  };
}

export interface DiskWatch {
  /** Called before a write with the file's path; throws to make it fail. */
  onWrite?(path: string, length: number): void;
  onSync?(path: string): void;
  freeBytes?(): number;
}

/** The real disk with eyes, and with errors where the test wants them. */
export function watchedDisk(watch: DiskWatch): Disk {
  const paths = new Map<number, string>();
  return {
    ...realDisk,
    async open(path, flags) {
      const fd = await realDisk.open(path, flags);
      paths.set(fd, path);
      return fd;
    },
    async write(fd, bytes, offset, length, position) {
      watch.onWrite?.(paths.get(fd) ?? '', length);
      return realDisk.write(fd, bytes, offset, length, position);
    },
    async dataSync(fd) {
      watch.onSync?.(paths.get(fd) ?? '');
      return realDisk.dataSync(fd);
    },
    async freeBytes(path) {
      return watch.freeBytes?.() ?? realDisk.freeBytes(path);
    },
  };
}

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

/** A logger that keeps the sentences of its warnings and errors. */
export function listeningLogger(): Logger & { readonly sentences: string[] } {
  const sentences: string[] = [];
  const listen = (_fields: object, message: string): void => void sentences.push(message);
  const logger = { ...silentLogger, sentences, warn: listen, error: listen, child: () => logger };
  return logger;
}
