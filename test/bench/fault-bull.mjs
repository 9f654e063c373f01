/** A BullMQ worker with one endless job. Arguments: where bullmq is installed, the processor, its folder, Redis' port. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , tools, processor, folder, port] = process.argv;
const { Queue, Worker } = createRequire(join(tools, 'package.json'))('bullmq');
const connection = { host: '127.0.0.1', port: Number(port) };
const worker = new Worker('bots', pathToFileURL(processor), { connection });
worker.on('error', () => undefined);
await new Queue('bots', { connection }).add(
  'bot',
  { folder },
  { attempts: 1_000, backoff: { type: 'fixed', delay: 1_000 } },
);
