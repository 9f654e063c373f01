import type { z } from 'zod';
import type { Clock } from '../shared/clock.ts';
import { AppError, errorText } from '../shared/errors.ts';
import {
  IPC_PROTOCOL,
  type supervisorEvents,
  type supervisorRequests,
  type WorkerInit,
  type workerEvents,
  type workerRequests,
} from '../shared/ipc.ts';
import type { IpcChannel } from '../shared/ipc-channel.ts';
import type { Logger } from '../shared/logger.ts';
import { Pictures } from './chat/pictures.ts';
import {
  type ChatTransport,
  type IncomingMessage,
  NotSentError,
  type OutgoingMessage,
  PictureError,
} from './chat/transport.ts';
import { converse } from './conversation/admin/machine.ts';
import { startHeartbeat } from './heartbeat.ts';
import { Turns } from './turns.ts';

export type WorkerChannel = IpcChannel<
  typeof workerRequests,
  typeof supervisorRequests,
  typeof workerEvents,
  typeof supervisorEvents
>;

type ChatSend = z.output<(typeof supervisorRequests)['chat.send']['request']>;
type ChatSent = z.output<(typeof supervisorRequests)['chat.send']['reply']>;

interface Parts {
  readonly channel: WorkerChannel;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly transportFor: (init: WorkerInit, clock: Clock) => ChatTransport;
  /** Ends the process after what was told has left it. */
  readonly exit: (code: number) => void;
}

/** Joins the chat and the supervisor: messages become turns, the outbox becomes sent messages, states are told. */
export class Worker {
  readonly #parts: Parts;
  readonly #turns: Turns;
  /** Sends that are under way; a clean end waits for them, because a send cut short must be looked for. */
  readonly #sends = new Map<string, Promise<unknown>>();
  readonly #pictures: Pictures;
  #transport: ChatTransport | undefined;
  #stopHeartbeat: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { channel, logger } = parts;
    this.#turns = new Turns({
      gate: {
        begin: (request) => channel.request('turn.begin', request),
        ask: (request) => channel.request('turn.ask', request),
        commit: (request) => channel.request('turn.commit', request),
      },
      machine: converse,
      logger,
    });
    this.#pictures = new Pictures((request) => channel.request('picture.read', request));
    channel.handle('worker.init', (init) => this.#init(init));
    channel.handle('chat.send', (message) => this.#send(message));
    channel.handle('chat.pairing-code', async ({ phone }) => {
      const transport = this.#started();
      if (!transport.pairingCode)
        throw new AppError('not-supported', 'This client does not log in by pairing code');
      return { code: await transport.pairingCode(phone) };
    });
    channel.handle('chat.logout', async () => {
      await this.#started().logOut();
      return {};
    });
    channel.handle('worker.close', async () => {
      await this.#finish();
      // After the reply: it is written as soon as this promise has resolved.
      setImmediate(() => parts.exit(0));
      return {};
    });
  }

  /** Finishes what is in hand and exits 0. */
  async close(): Promise<void> {
    await this.#finish();
    this.#parts.exit(0);
  }

  /** The supervisor is gone: lets go of the chat and exits at once. */
  abandon(): void {
    this.#stopHeartbeat?.();
    // Not waited for longer than it takes by itself; without a supervisor nothing can be finished.
    void Promise.race([this.#transport?.close(), immediately()]).finally(() => this.#parts.exit(0));
  }

  #init(init: WorkerInit): { protocol: typeof IPC_PROTOCOL } {
    const { channel, clock, logger, transportFor, exit } = this.#parts;
    if (this.#transport) throw new AppError('conflict', 'This worker was told its client already');
    const transport = transportFor(init, clock);
    this.#transport = transport;
    this.#stopHeartbeat = startHeartbeat(init.heartbeatMs, clock, (beat) => channel.emit('heartbeat', beat));
    const fatal = (error: Error): void => {
      logger.error({ error }, `The chat cannot go on: ${error.message}`);
      exit(1);
    };
    transport
      .start({
        onState: (change) => channel.emit('state', change),
        onMessage: (message) => this.#receive(message),
        onFatal: fatal,
      })
      .catch((error: unknown) => fatal(error instanceof Error ? error : new Error(errorText(error))));
    return { protocol: IPC_PROTOCOL };
  }

  async #receive(message: IncomingMessage): Promise<void> {
    try {
      await this.#turns.handle(message);
    } catch (error) {
      if (!this.#closing) {
        this.#parts.logger.warn(
          { messageId: message.messageId, error: errorText(error) },
          'A turn did not end; its message comes again',
        );
      }
      throw error;
    }
  }

  /** Asked again for a message while it is still being sent (the supervisor has lost patience), it waits for that attempt. */
  async #send({ lookFirst, picture, ...rest }: ChatSend): Promise<ChatSent> {
    await this.#sends.get(rest.outboxId)?.catch(() => undefined);
    const message: OutgoingMessage = { ...rest, ...(picture && { picture: this.#pictures.toSend(picture) }) };
    const sending = this.#sendOnce(message, lookFirst);
    this.#sends.set(rest.outboxId, sending);
    try {
      return await sending;
    } finally {
      if (this.#sends.get(rest.outboxId) === sending) this.#sends.delete(rest.outboxId);
    }
  }

  async #sendOnce(message: OutgoingMessage, lookFirst: boolean): Promise<ChatSent> {
    const transport = this.#started();
    try {
      const earlier = lookFirst ? await transport.findSent(message) : undefined;
      return { sent: true, messageId: (earlier ?? (await transport.send(message))).messageId };
    } catch (error) {
      if (error instanceof PictureError) {
        this.#parts.logger.warn(
          { reason: error.message },
          'A picture could not be sent; its text goes alone',
        );
        // Whatever became of the attempt with it: what can be found of it is not said again.
        return await this.#sendOnce({ ...message, picture: undefined }, true);
      }
      // Even with `lookFirst` this attempt has sent nothing; whether an earlier one did is asked again next time.
      if (error instanceof NotSentError) return { sent: false, reason: error.message };
      throw error;
    }
  }

  #finish(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#turns.close();
      await Promise.allSettled(this.#sends.values());
      this.#stopHeartbeat?.();
      await this.#transport?.close();
    })();
    return this.#closing;
  }

  #started(): ChatTransport {
    if (!this.#transport) throw new AppError('unavailable', 'The worker has not been told its client yet');
    return this.#transport;
  }
}

function immediately(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
