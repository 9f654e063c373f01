import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { SECOND_MS } from '../../../shared/clock.ts';
import type { WorldEvent } from '../../../shared/world.ts';
import type { Services } from '../types.ts';
import { isoTime } from '../views/time.ts';

/** A listener that reads so slowly is cut off; it connects again and asks for what it has missed. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;
/** Heroku's router ends connections that are idle for 55 s. */
const SIGN_OF_LIFE_MS = 25 * SECOND_MS;

/**
 * `GET /sandbox/events`: everything that happens in the simulated world, as it happens, one JSON object per line. An empty line
 * now and then only keeps the connection alive. What happened before, or while nobody listened, is not told.
 */
export function registerSandboxEvents(app: FastifyInstance, { world, clock }: Services): void {
  app.get(
    '/sandbox/events',
    {
      config: { role: 'admin', endless: true },
      schema: {
        tags: ['sandbox'],
        summary: 'What happens in the simulated world, live (NDJSON without an end)',
        produces: ['application/x-ndjson'],
        description:
          'Lines: `{ type: "message", clientId, phone, message: { id, direction, text, at } }` and `{ type: "phone", phone, view: { prompt, airtimeKes } }`. Empty lines keep the connection alive.',
      },
    },
    async (request, reply) => {
      reply.type('application/x-ndjson');
      // Fastify answers HEAD by the same handler; nobody would ever read that stream to its end.
      if (request.method === 'HEAD') return reply.send('');
      const stream = new Readable({ read: () => undefined });
      const write = (line: string): void => {
        stream.push(line);
        if (stream.readableLength > MAX_UNREAD_BYTES) stream.destroy();
      };
      const stop = world.onEvent((event) => write(`${JSON.stringify(eventView(event))}\n`));
      const keepAlive = (): void => {
        write('\n');
        timer = clock.schedule(SIGN_OF_LIFE_MS, keepAlive);
      };
      // At once: the caller learns that it is being told from now on.
      stream.push('\n');
      let timer = clock.schedule(SIGN_OF_LIFE_MS, keepAlive);
      stream.once('close', () => {
        stop();
        timer.cancel();
      });
      return reply.send(stream);
    },
  );
}

/** Times are numbers within the product and ISO texts in the API. */
function eventView(event: WorldEvent): object {
  if (event.type === 'phone') return event;
  return { ...event, message: { ...event.message, at: isoTime(event.message.at) } };
}
