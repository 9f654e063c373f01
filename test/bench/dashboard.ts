import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'undici';
import { z } from 'zod';
import { ordersQuerySchema, ordersRoom } from '../../web/models/orders.ts';
import { benchOrder, percentile, printTable } from './orders.ts';

/*
 * `npm run bench:dashboard [-- browsers ordersPerSecond seconds]`: many browsers look at the dashboard while orders come in. Told is how
 * long a new order takes from the disk to each browser, how often each is sent something, and what it costs the supervisor.
 */
const [browsers = 500, ordersPerSecond = 50, seconds = 10] = process.argv.slice(2).map(Number);

const messageSchema = z.union([
  z.object({ url: z.string(), authorization: z.string() }),
  z.object({ durable: z.string(), at: z.number() }),
  z.object({ cpuMs: z.number(), written: z.number() }),
]);

const server = fork(fileURLToPath(new URL('./dashboard-server.ts', import.meta.url)));
const durableAt = new Map<string, number>();
const waiting: ((message: z.infer<typeof messageSchema>) => void)[] = [];
server.on('message', (raw) => {
  const message = messageSchema.parse(raw);
  if ('durable' in message) durableAt.set(message.durable, message.at);
  else waiting.shift()?.(message);
});
const answer = (): Promise<z.infer<typeof messageSchema>> => new Promise((resolve) => waiting.push(resolve));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function cpu(): Promise<{ cpuMs: number; at: number }> {
  const told = answer();
  server.send({ cpu: true });
  const message = await told;
  if (!('cpuMs' in message)) throw new Error('the server answered something else');
  return { cpuMs: message.cpuMs, at: performance.now() };
}

/** Share of one core used while `work` goes on. */
async function coreShare(work: () => Promise<void>): Promise<number> {
  const before = await cpu();
  await work();
  const after = await cpu();
  return (after.cpuMs - before.cpuMs) / (after.at - before.at);
}

const hello = await answer();
if (!('url' in hello)) throw new Error('the server said something else first');
const { url, authorization } = hello;

const rooms = [
  { name: 'overview', room: () => 'overview' },
  { name: 'orders', room: () => ordersRoom(ordersQuerySchema.parse({})) },
  { name: 'a bot', room: (n: number) => `client:${benchOrder(n).clientId}` },
  {
    name: 'orders of a bot',
    room: (n: number) => ordersRoom(ordersQuerySchema.parse({ clientId: benchOrder(n).clientId })),
  },
] as const;
interface Figures {
  readonly delaysMs: number[];
  frames: number;
  bytes: number;
  browsers: number;
}
const figures = rooms.map((): Figures => ({ delaysMs: [], frames: 0, bytes: 0, browsers: 0 }));
let measuring = false;

async function browse(n: number): Promise<WebSocket> {
  const kind = n % rooms.length;
  const room = rooms[kind]?.room(n) ?? 'overview';
  const mine = figures[kind];
  if (!mine) throw new Error('no such room');
  mine.browsers += 1;
  const address = `${url.replace('http', 'ws')}/live?rooms=${encodeURIComponent(room)}`;
  const socket = new WebSocket(address, { headers: { authorization, origin: url } });
  const seen = new Set<string>();
  socket.addEventListener('message', ({ data }) => {
    const at = Date.now();
    const text = String(data);
    for (const [, orderNo] of text.matchAll(/id="row-(B\d{7})"/g)) {
      if (orderNo === undefined || seen.has(orderNo)) continue;
      seen.add(orderNo);
      const since = durableAt.get(orderNo);
      if (measuring && since !== undefined) mine.delaysMs.push(at - since);
    }
    if (!measuring) return;
    mine.frames += 1;
    mine.bytes += text.length;
  });
  await once(socket, 'open');
  return socket;
}

server.send({ ordersPerSecond });
await pause(2_000);
const alone = await coreShare(() => pause(4_000));
const sockets: WebSocket[] = [];
for (let n = 0; n < browsers; n += 50) {
  sockets.push(
    ...(await Promise.all(Array.from({ length: Math.min(50, browsers - n) }, (_, i) => browse(n + i)))),
  );
}
await pause(3_000);
measuring = true;
const watched = await coreShare(() => pause(seconds * 1_000));
measuring = false;
for (const socket of sockets) socket.close();
server.send({ end: true });
await once(server, 'exit');

console.log(
  `\n${browsers} browsers, ${ordersPerSecond} orders/s (four changes each) for ${seconds} s; 20,000 orders known`,
);
console.log(
  `Node ${process.version}, ${cpus().length} cores, load average ${loadavg()[0]?.toFixed(1)} (own load and the ${browsers} clients included)\n`,
);
printTable(
  ['page', 'browsers', 'p50 ms', 'p99 ms', 'slowest ms', 'frames/s each', 'KB/s each'],
  figures.map((mine, index) => [
    rooms[index]?.name ?? '',
    String(mine.browsers),
    percentile(mine.delaysMs, 0.5).toFixed(0),
    percentile(mine.delaysMs, 0.99).toFixed(0),
    percentile(mine.delaysMs, 1).toFixed(0),
    (mine.frames / mine.browsers / seconds).toFixed(1),
    (mine.bytes / mine.browsers / seconds / 1_024).toFixed(1),
  ]),
);
console.log(
  `\nSupervisor: ${(watched * 100).toFixed(0)} % of a core with the browsers, ${(alone * 100).toFixed(0)} % with the orders alone.`,
);
