import { systemClock } from '../shared/clock.ts';
import { errorText } from '../shared/errors.ts';
import { supervisorEvents, supervisorRequests, workerEvents, workerRequests } from '../shared/ipc.ts';
import { IpcChannel } from '../shared/ipc-channel.ts';
import { parentPort } from '../shared/ipc-port.ts';
import { transportFor } from './chat/transports.ts';
import { workerLogger } from './log.ts';
import { Worker } from './worker.ts';

/*
 * The process of one client's bot, forked by the supervisor with its generation as argument. Everything else it is told by
 * `worker.init`; it reads no file and no environment variable.
 *
 *   worker.close, SIGTERM   the turns in hand are finished, the chat is closed, exit 0
 *   supervisor gone         exit at once: nobody could commit a turn any more
 *   SIGINT                  ignored: Ctrl-C reaches the whole group, and the supervisor decides
 *   a defect                exit 1: the supervisor starts a new worker, which takes up where this one was
 */
const generation = Number(process.argv[2]);
let connected = true;
const logger = workerLogger((line) => {
  if (!connected) return false;
  channel.emit('log', line);
  return true;
});
const port = parentPort();
const channel = new IpcChannel(port, {
  generation,
  requests: workerRequests,
  handles: supervisorRequests,
  emits: workerEvents,
  hears: supervisorEvents,
  logger,
});
const worker = new Worker({ channel, clock: systemClock, logger, transportFor, exit: leave });

channel.onClose(() => {
  connected = false;
  worker.abandon();
});
process.on('SIGTERM', () => void worker.close());
process.on('SIGINT', () => logger.debug({}, 'SIGINT is left to the supervisor'));
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    logger.error({ event, error }, `The worker ends: ${errorText(error)}`);
    leave(1);
  });
}

/** Exits once what was written to the supervisor has left, or after a moment without it. */
function leave(code: number): void {
  process.exitCode = code;
  const exit = (): never => process.exit(code);
  if (!connected) exit();
  setTimeout(exit, 500).unref();
  // Messages go out in order: when this last one has, all before it have.
  const body = { level: 'debug', message: 'The worker ends', fields: { code } };
  port.send({ kind: 'event', gen: generation, type: 'log', body }, exit);
}
