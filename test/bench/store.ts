import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { JSONFilePreset } from 'lowdb/node';
import { systemClock } from '../../shared/clock.ts';
import { silentLogger } from '../../shared/logger.ts';
import type { Order } from '../../shared/order.ts';
import { openStores } from '../../supervisor/stores/open.ts';
import { benchOrder, printTable, seedOrders } from './orders.ts';

/**
 * `npm run bench:store`: what one durable change of an order costs, against lowdb (whole file, not even synced) and SQLite (WAL,
 * synchronous=FULL), in the same run on the same disk. A change = read an order, put it back changed, add a line to its timeline.
 * Each of the writers waits for its own change before it makes the next one.
 */
interface Contender {
  change(n: number): Promise<void>;
  close(): Promise<void>;
}
interface Kind {
  readonly name: string;
  open(folder: string, orders: number): Promise<Contender>;
  /** Changes to measure; slow ones get fewer. */
  changes(orders: number, writers: number): number;
}

const changed = (order: Order, n: number): Order => ({ ...order, updatedAt: order.updatedAt + n });

const ours: Kind = {
  name: 'this store',
  changes: (_, writers) => (writers === 1 ? 3_000 : 30_000),
  async open(folder, orders) {
    const openFolder = () =>
      openStores({
        dataDir: folder,
        clock: systemClock,
        logger: silentLogger,
        freeze: false,
        onFatal: (error) => {
          throw error;
        },
      });
    const seeded = await openFolder();
    await seedOrders(seeded, orders, false);
    // So that no snapshot of the seeding is counted to the changes.
    await seeded.close();
    const stores = await openFolder();
    return {
      change: (n) =>
        stores.transact((tx) => {
          const order = tx.orders.get(benchOrder(n).orderNo);
          if (!order) throw new Error(`no order ${n}`);
          tx.orders.put(changed(order, 1));
          tx.timelines.append(order.orderNo, { at: n, event: 'bench', by: 'system' });
        }),
      close: () => stores.close(),
    };
  },
};

const lowdb: Kind = {
  name: 'lowdb',
  changes: (orders) => Math.max(3, Math.min(300, Math.floor(1_000_000 / orders))),
  async open(folder, orders) {
    const list = Array.from({ length: orders }, (_, n) => ({ ...benchOrder(n), timeline: [] as object[] }));
    const db = await JSONFilePreset(join(folder, 'db.json'), { orders: list });
    await db.write();
    return {
      change: (n) =>
        db.update((data) => {
          const order = data.orders[n];
          if (!order) throw new Error(`no order ${n}`);
          order.updatedAt += 1;
          order.timeline.push({ at: n, event: 'bench', by: 'system' });
        }),
      close: async () => undefined,
    };
  },
};

/** Part of Node from 22.5 on, so not among the types of the oldest Node that this product runs on. */
const SQLITE_MODULE: string = 'node:sqlite';
interface SqliteModule {
  readonly DatabaseSync: new (
    path: string,
  ) => {
    exec(sql: string): void;
    prepare(sql: string): {
      run(...values: (string | number | null)[]): unknown;
      get(...values: string[]): Record<string, unknown> | undefined;
    };
    close(): void;
  };
}

const sqlite: Kind = {
  name: 'SQLite',
  changes: (_, writers) => (writers === 1 ? 3_000 : 6_000),
  async open(folder, orders) {
    const { DatabaseSync }: SqliteModule = await import(SQLITE_MODULE);
    const db = new DatabaseSync(join(folder, 'orders.sqlite'));
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      CREATE TABLE orders (order_no TEXT PRIMARY KEY, json TEXT, client TEXT, status TEXT, payer TEXT, receipt TEXT, created_at INTEGER) WITHOUT ROWID;
      CREATE INDEX by_status ON orders (status, created_at); CREATE INDEX by_client ON orders (client, created_at);
      CREATE INDEX by_payer ON orders (payer); CREATE INDEX by_receipt ON orders (receipt);
      CREATE TABLE timeline (order_no TEXT, json TEXT);`);
    const insert = db.prepare('INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?)');
    db.exec('BEGIN');
    for (let n = 0; n < orders; n += 1) {
      const order = benchOrder(n);
      insert.run(
        order.orderNo,
        JSON.stringify(order),
        order.clientId,
        'delivered',
        order.payerPhone,
        order.payment.receipt ?? null,
        order.createdAt,
      );
    }
    db.exec('COMMIT');
    const get = db.prepare('SELECT json FROM orders WHERE order_no = ?');
    const put = db.prepare('UPDATE orders SET json = ?, status = ? WHERE order_no = ?');
    const append = db.prepare('INSERT INTO timeline VALUES (?, ?)');
    return {
      async change(n) {
        const { orderNo } = benchOrder(n);
        db.exec('BEGIN IMMEDIATE');
        const order: Order = JSON.parse(String(get.get(orderNo)?.json));
        put.run(JSON.stringify(changed(order, 1)), 'delivered', orderNo);
        append.run(orderNo, JSON.stringify({ at: n, event: 'bench', by: 'system' }));
        db.exec('COMMIT');
      },
      async close() {
        db.close();
      },
    };
  },
};

interface Result {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

async function measure(
  contender: Contender,
  orders: number,
  writers: number,
  changes: number,
): Promise<Result> {
  let next = 0;
  const random = (index: number): number => (index * 7919 + 13) % orders;
  const write = async (until: number): Promise<void> => {
    while (next < until) {
      next += 1;
      await contender.change(random(next));
    }
  };
  const round = async (count: number): Promise<void> => {
    const until = next + count;
    await Promise.all(Array.from({ length: writers }, () => write(until)));
  };
  await round(Math.ceil(changes / 10));
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await round(changes);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { perSecond: changes / seconds, cpuMicros: (user + system) / changes };
}

async function run(kind: Kind, orders: number, writerCounts: readonly number[]): Promise<string[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-store-'));
  const label = orders.toLocaleString('en');
  try {
    const contender = await kind.open(folder, orders);
    const rows: string[][] = [];
    for (const writers of writerCounts) {
      const { perSecond, cpuMicros } = await measure(
        contender,
        orders,
        writers,
        kind.changes(orders, writers),
      );
      rows.push([
        kind.name,
        label,
        String(writers),
        perSecond.toFixed(perSecond < 10 ? 2 : 0),
        cpuMicros.toFixed(1),
      ]);
    }
    await contender.close();
    return rows;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [[kind.name, label, '-', 'impossible:', reason]];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '1000,10000,100000,1000000' },
    writers: { type: 'string', default: '1,64' },
    only: { type: 'string' },
  },
});
const numbers = (list: string): number[] => list.split(',').map(Number);
const kinds = [ours, sqlite, lowdb].filter(({ name }) => values.only === undefined || name === values.only);
const rows: string[][] = [];
for (const orders of numbers(values.orders))
  for (const kind of kinds) {
    rows.push(...(await run(kind, orders, kind === lowdb ? [1] : numbers(values.writers))));
    process.stderr.write(`${rows.at(-1)?.join('  ')}\n`);
  }
console.log(`Node ${process.version}\n`);
printTable(['store', 'orders', 'writers', 'changes/s', 'CPU µs/change'], rows);
