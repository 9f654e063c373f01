import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import { readMemory, readProcessTable, treeOf } from '../../supervisor/workers/processes.ts';
import { startProduct } from '../helpers/product.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { newClient, qrOf, quickRecovery } from '../whatsapp-web/shop.ts';
import type { SimulatedWhatsApp } from '../whatsapp-web/simulated/server.ts';

/** A browser and its flags. */
export interface BrowserSet {
  readonly name: string;
  readonly executablePath: string;
  readonly args: readonly string[];
}

/** PSS in bytes. */
export interface TreeMemory {
  readonly node: number;
  readonly browser: number;
  readonly processes: number;
}

/** Bots side by side, each logged in with a number of its own. */
export interface Fleet {
  readonly name: string;
  readonly phones: readonly string[];
  /** From the process's start to its first QR code, milliseconds, bot by bot. */
  readonly startMs: readonly number[];
  add(): Promise<void>;
  /** Each bot's process with its browser. */
  memory(): Promise<readonly TreeMemory[]>;
  close(): Promise<void>;
}

const fromPlainBot = z.union([
  z.object({ qr: z.string(), shownAfterMs: z.number() }),
  z.object({ ready: z.literal(true) }),
]);

/** The library as its README shows it, one process for each bot. */
export class PlainFleet implements Fleet {
  readonly name: string;
  readonly phones: string[] = [];
  readonly startMs: number[] = [];
  readonly #whatsapp: SimulatedWhatsApp;
  readonly #set: BrowserSet;
  readonly #bots: { readonly child: ChildProcess; readonly folder: { remove(): void } }[] = [];

  constructor(whatsapp: SimulatedWhatsApp, set: BrowserSet) {
    this.name = set.name;
    this.#whatsapp = whatsapp;
    this.#set = set;
  }

  async add(): Promise<void> {
    const folder = temporaryFolder('bench-bot');
    const { executablePath, args } = this.#set;
    const options = { folder: folder.path, executablePath, args: [...args, ...this.#whatsapp.chromeArgs] };
    const child = fork(join(import.meta.dirname, 'plain-bot.mjs'), [JSON.stringify(options)], {
      execArgv: [],
    });
    this.#bots.push({ child, folder });
    const phone = `2547000010${String(this.#bots.length).padStart(2, '0')}`;
    const shown = await said(child, 'qr');
    if (!('qr' in shown)) throw new Error('The bot showed no QR code');
    this.startMs.push(shown.shownAfterMs);
    const ready = said(child, 'ready');
    this.#whatsapp.scan(shown.qr, phone);
    await ready;
    this.phones.push(phone);
  }

  memory(): Promise<readonly TreeMemory[]> {
    return memoryOf(this.#bots.flatMap(({ child }) => child.pid ?? []));
  }

  async close(): Promise<void> {
    for (const { child, folder } of this.#bots.splice(0)) {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
      folder.remove();
    }
  }
}

async function said(child: ChildProcess, name: 'qr' | 'ready'): Promise<z.infer<typeof fromPlainBot>> {
  const stop = new AbortController();
  const ended = once(child, 'exit', { signal: stop.signal }).then(() => {
    throw new Error(`The bot ended before it said ${name}`);
  });
  try {
    const [message] = await Promise.race([once(child, 'message', { signal: stop.signal }), ended]);
    return fromPlainBot.parse(message);
  } finally {
    stop.abort();
    ended.catch(() => undefined);
  }
}

/** The built product with clients in mode `test`: WhatsApp by its own transport, money simulated. */
export async function productFleet(
  whatsapp: SimulatedWhatsApp,
  executablePath: string,
): Promise<Fleet & { supervisorBytes(): Promise<number> }> {
  const product = await startProduct({
    env: {
      NODE_ENV: 'production',
      PUPPETEER_EXECUTABLE_PATH: executablePath,
      CHROME_EXTRA_ARGS: whatsapp.chromeExtraArgs,
    },
  });
  await quickRecovery(product);
  // No watchdog in a hurry, and customers who write more than people do.
  await product.api('PATCH', '/api/v1/settings', {
    heartbeatSeconds: 5,
    heartbeatTimeoutSeconds: 15,
    pageCheckSeconds: 15,
    pageAnswerSeconds: 10,
    messagesInARow: 1_000,
    messagesPerDay: 0,
  });
  const phones: string[] = [];
  const startMs: number[] = [];
  return {
    name: 'this product',
    phones,
    startMs,
    async add() {
      const phone = `2547000020${String(phones.length).padStart(2, '0')}`;
      const startedMs = performance.now();
      const { id } = await newClient(product, `Shop ${phones.length + 1}`);
      const qr = await qrOf(product, id);
      startMs.push(performance.now() - startedMs);
      whatsapp.scan(qr, phone);
      await product.readyClient(id);
      phones.push(phone);
    },
    async memory() {
      const { items } = z
        .object({ items: z.array(z.object({ mode: z.string(), pid: z.number().optional() })) })
        .parse((await product.api('GET', '/api/v1/clients')).body);
      return memoryOf(items.flatMap(({ mode, pid }) => (mode === 'test' && pid !== undefined ? [pid] : [])));
    },
    supervisorBytes: async () => (await readMemory(product.supervisor.pid)) ?? 0,
    close: () => product.close(),
  };
}

async function memoryOf(roots: readonly number[]): Promise<readonly TreeMemory[]> {
  const table = await readProcessTable();
  return Promise.all(
    roots.map(async (root) => {
      const processes = treeOf(table, root);
      const sizes = await Promise.all(processes.map(({ pid }) => readMemory(pid)));
      const total = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
      const node = (await readMemory(root)) ?? 0;
      return { node, browser: total - node, processes: processes.length };
    }),
  );
}
