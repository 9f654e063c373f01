/** The comparison's bot as a worker of ours: the same program, with a heart that beats. */
import { z } from 'zod';
import { supervisorEvents, supervisorRequests, workerEvents, workerRequests } from '../../shared/ipc.ts';
import { IpcChannel } from '../../shared/ipc-channel.ts';
import { parentPort } from '../../shared/ipc-port.ts';
import { silentLogger } from '../../shared/logger.ts';

const channel = new IpcChannel(parentPort(), {
  generation: Number(process.argv[2]),
  requests: workerRequests,
  handles: supervisorRequests,
  emits: workerEvents,
  hears: supervisorEvents,
  logger: silentLogger,
});

channel.handle('worker.init', async ({ chat, heartbeatMs }) => {
  if (chat.kind !== 'sandbox') throw new Error('the comparison has no browser');
  const { bot, folder } = z.object({ bot: z.string(), folder: z.string() }).parse(JSON.parse(chat.token));
  const beat = () => channel.emit('heartbeat', { eventLoopDelayMs: 0, rssBytes: process.memoryUsage.rss() });
  setInterval(beat, heartbeatMs);
  beat();
  channel.emit('state', { state: 'ready' });
  const processor: unknown = (await import(bot)).default;
  if (typeof processor === 'function') setImmediate(() => processor({ data: { folder } }));
  return { protocol: 1 };
});
channel.handle('worker.close', () => {
  setImmediate(() => process.exit(0));
  return {};
});
channel.onClose(() => process.exit(0));
