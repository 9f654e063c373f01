import { z } from 'zod';
import { type Clock, systemClock, type Timer } from './clock.ts';
import { errorText } from './errors.ts';
import { droppableEvents, type Envelope, type EventTable, envelopeSchema, type RequestTable } from './ipc.ts';
import { IpcClosedError, IpcInvalidError, IpcRemoteError, IpcTimeoutError } from './ipc-errors.ts';
import { type IpcPort, NotWrittenError } from './ipc-port.ts';
import type { Logger } from './logger.ts';

export interface IpcChannelOptions<Out, In, OutEvents, InEvents> {
  /** Which process this conversation belongs to; messages of another generation are dropped. */
  readonly generation: number;
  /** What this side may ask, and what it answers. */
  readonly requests: Out;
  readonly handles: In;
  /** What this side tells, and what it hears. */
  readonly emits: OutEvents;
  readonly hears: InEvents;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Most requests without a reply, and most messages not yet written to the pipe. */
  readonly maxPending?: number;
  /** For requests that name none, from the call to the reply. */
  readonly timeoutMs?: number;
  /** Events that are worth nothing when late: not sent at all while the pipe is full. */
  readonly droppable?: ReadonlySet<string>;
}

const DEFAULT_MAX_PENDING = 1_000;
const DEFAULT_TIMEOUT_MS = 30_000;
/** A process that says so much that is no message will not come to its senses, and each one is a line in the log. */
const MAX_NONSENSE = 50;
/** An error text of the other side may be a whole page; nobody reads more than this of it. */
const MAX_ERROR_TEXT = 1_000;

interface PendingRequest {
  readonly id: number;
  readonly type: string;
  readonly body: unknown;
  /** Undefined once settled. */
  timer: Timer | undefined;
  sent: boolean;
  readonly resolve: (body: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One typed conversation between the supervisor and one worker process: requests with replies, and events, checked by zod at
 * both ends. Nothing that the other process sends can crash this one.
 *
 * Back-pressure: at most `maxPending` requests are open and at most `maxPending` messages unwritten. Beyond that, requests
 * wait in order of their calls (their time-out runs meanwhile) and droppable events are dropped. Replies and other events
 * are never held back: their number is bounded by the other side's requests, and holding them could block both sides. From a
 * side that asks more than it may at once nothing is read until its requests have been answered.
 */
export class IpcChannel<
  Out extends RequestTable,
  In extends RequestTable,
  OutEvents extends EventTable,
  InEvents extends EventTable,
> {
  readonly #port: IpcPort;
  readonly #options: IpcChannelOptions<Out, In, OutEvents, InEvents>;
  readonly #clock: Clock;
  readonly #maxPending: number;
  readonly #droppable: ReadonlySet<string>;
  readonly #pending = new Map<number, PendingRequest>();
  readonly #waiting: PendingRequest[] = [];
  readonly #handlers = new Map<string, (body: unknown) => Promise<unknown>>();
  readonly #listeners = new Map<string, Set<(body: unknown) => void>>();
  readonly #closeListeners = new Set<() => void>();
  #nextId = 1;
  #unsent = 0;
  #closed = false;
  #staleMessages = 0;
  #droppedEvents = 0;
  #nonsense = 0;
  #answering = 0;
  #paused = false;

  constructor(port: IpcPort, options: IpcChannelOptions<Out, In, OutEvents, InEvents>) {
    this.#port = port;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#maxPending = options.maxPending ?? DEFAULT_MAX_PENDING;
    this.#droppable = options.droppable ?? droppableEvents;
    port.onMessage((raw) => this.#onMessage(raw));
    port.onClose(() => this.close());
  }

  /** Requests that wait for their reply or for their turn, messages not yet written, and what was dropped so far. */
  get stats(): {
    pending: number;
    waiting: number;
    unsent: number;
    staleMessages: number;
    droppedEvents: number;
  } {
    return {
      pending: this.#pending.size,
      waiting: this.#waiting.length,
      unsent: this.#unsent,
      staleMessages: this.#staleMessages,
      droppedEvents: this.#droppedEvents,
    };
  }

  /**
   * Asks the other side.
   * @throws {IpcInvalidError} for a body or a reply that does not fit, {@link IpcTimeoutError}, {@link IpcClosedError},
   * {@link IpcRemoteError}. Each tells by `sent` whether the other side may have acted.
   */
  request<K extends keyof Out & string>(
    type: K,
    body: z.input<Out[K]['request']>,
    options: { readonly timeoutMs?: number } = {},
  ): Promise<z.output<Out[K]['reply']>> {
    const request: Out[K]['request'] = entryOf<Out, K>(this.#options.requests, type).request;
    const reply: Out[K]['reply'] = entryOf<Out, K>(this.#options.requests, type).reply;
    const checked = z.safeParse(request, body);
    if (!checked.success) {
      return Promise.reject(
        new IpcInvalidError(`The request ${type}`, z.prettifyError(checked.error), false),
      );
    }
    if (this.#closed) return Promise.reject(new IpcClosedError(type, false));
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    return new Promise((resolve, reject) => {
      const entry: PendingRequest = {
        id: this.#nextId++,
        type,
        body: checked.data,
        sent: false,
        resolve: (answer) => {
          const parsed = z.safeParse(reply, answer);
          if (parsed.success) return resolve(parsed.data);
          const error = new IpcInvalidError(`The reply to ${type}`, z.prettifyError(parsed.error), true);
          this.#options.logger.warn({ type }, error.message);
          reject(error);
        },
        reject,
        timer: this.#clock.schedule(timeoutMs, () => {
          if (this.#settle(entry)) reject(new IpcTimeoutError(type, timeoutMs, entry.sent));
          this.#pump();
        }),
      };
      if (this.#waiting.length > 0 || this.#full()) this.#waiting.push(entry);
      else this.#dispatch(entry);
    });
  }

  /** Answers requests of this type. What `run` throws becomes an error reply. One handler per type. */
  handle<K extends keyof In & string>(
    type: K,
    run: (body: z.output<In[K]['request']>) => z.input<In[K]['reply']> | Promise<z.input<In[K]['reply']>>,
  ): void {
    if (this.#handlers.has(type)) throw new Error(`${type} is handled already`);
    const request: In[K]['request'] = entryOf<In, K>(this.#options.handles, type).request;
    const reply: In[K]['reply'] = entryOf<In, K>(this.#options.handles, type).reply;
    this.#handlers.set(type, async (body) => {
      const asked = z.safeParse(request, body);
      if (!asked.success) {
        throw new IpcInvalidError(`The request ${type}`, z.prettifyError(asked.error), true);
      }
      const answer = z.safeParse(reply, await run(asked.data));
      if (answer.success) return answer.data;
      throw new IpcInvalidError(`Our reply to ${type}`, z.prettifyError(answer.error), true);
    });
  }

  /** Tells the other side; nothing happens once the channel is closed. @throws {IpcInvalidError} */
  emit<K extends keyof OutEvents & string>(type: K, body: z.input<OutEvents[K]>): void {
    const checked = z.safeParse(entryOf<OutEvents, K>(this.#options.emits, type), body);
    if (!checked.success) {
      throw new IpcInvalidError(`The event ${type}`, z.prettifyError(checked.error), false);
    }
    if (this.#closed || (this.#droppable.has(type) && this.#full())) {
      this.#droppedEvents += 1;
      return;
    }
    // Not logged when it fails: a worker's log lines are events themselves, and a broken pipe is told by onClose.
    this.#post({ kind: 'event', gen: this.#options.generation, type, body: checked.data }, () => {
      this.#droppedEvents += 1;
    });
  }

  /** @returns a function that stops listening. What a listener throws is logged. */
  onEvent<K extends keyof InEvents & string>(
    type: K,
    listener: (body: z.output<InEvents[K]>) => void,
  ): () => void {
    const schema = entryOf<InEvents, K>(this.#options.hears, type);
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    const checkAndTell = (body: unknown): void => {
      const parsed = z.safeParse(schema, body);
      if (parsed.success) listener(parsed.data);
      else this.#options.logger.warn({ type }, `Dropped an event: ${z.prettifyError(parsed.error)}`);
    };
    listeners.add(checkAndTell);
    return () => listeners.delete(checkAndTell);
  }

  /** Fires once, when the other process is gone or {@link close} was called; at once if that has happened. */
  onClose(listener: () => void): void {
    if (this.#closed) listener();
    else this.#closeListeners.add(listener);
  }

  /** Lets go of the port (it stays open) and rejects what is pending. Safe to call twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const entry of [...this.#pending.values(), ...this.#waiting]) {
      if (this.#settle(entry)) entry.reject(new IpcClosedError(entry.type, entry.sent));
    }
    this.#waiting.length = 0;
    for (const listener of this.#closeListeners) this.#guard('close', listener);
  }

  #full(): boolean {
    return this.#pending.size >= this.#maxPending || this.#unsent >= this.#maxPending;
  }

  /** True the first time only: a request has one outcome. */
  #settle(entry: PendingRequest): boolean {
    if (entry.timer === undefined) return false;
    entry.timer.cancel();
    entry.timer = undefined;
    this.#pending.delete(entry.id);
    return true;
  }

  #dispatch(entry: PendingRequest): void {
    const { id, type, body } = entry;
    entry.sent = true;
    this.#pending.set(id, entry);
    this.#post({ kind: 'request', gen: this.#options.generation, id, type, body }, (error) => {
      if (this.#settle(entry)) {
        entry.reject(new IpcClosedError(type, !(error instanceof NotWrittenError), { cause: error }));
      }
    });
  }

  #pump(): void {
    while (this.#waiting.length > 0 && !this.#full()) {
      const entry = this.#waiting.shift();
      if (entry?.timer !== undefined) this.#dispatch(entry);
    }
  }

  #post(envelope: Envelope, onError: (error: Error) => void): void {
    this.#unsent += 1;
    const written = (error: Error | null): void => {
      this.#unsent -= 1;
      if (error) onError(error);
      this.#pump();
    };
    this.#port.send(envelope, written);
  }

  #onMessage(raw: unknown): void {
    if (this.#closed) return;
    const parsed = envelopeSchema.safeParse(raw);
    if (!parsed.success) {
      this.#options.logger.warn({}, `Dropped a message: ${z.prettifyError(parsed.error)}`);
      this.#nonsense += 1;
      if (this.#nonsense >= MAX_NONSENSE) this.#port.refuse(`${MAX_NONSENSE} messages that are none of ours`);
      return;
    }
    const envelope = parsed.data;
    if (envelope.gen !== this.#options.generation) {
      this.#staleMessages += 1;
      this.#options.logger.debug(
        { generation: envelope.gen, expected: this.#options.generation },
        'Dropped a message of another generation',
      );
      return;
    }
    switch (envelope.kind) {
      case 'request':
        void this.#answerInTurn(envelope.id, envelope.type, envelope.body);
        return;
      case 'event':
        this.#hear(envelope.type, envelope.body);
        return;
      case 'reply':
      case 'error':
        this.#takeAnswer(envelope);
    }
  }

  #takeAnswer(envelope: Extract<Envelope, { kind: 'reply' | 'error' }>): void {
    const entry = this.#pending.get(envelope.id);
    // Unknown: its request timed out before, and whoever asked has drawn his conclusions.
    if (!entry || !this.#settle(entry)) return;
    if (envelope.kind === 'reply') entry.resolve(envelope.body);
    else entry.reject(new IpcRemoteError(entry.type, envelope.message));
    this.#pump();
  }

  async #answerInTurn(id: number, type: string, body: unknown): Promise<void> {
    this.#answering += 1;
    // Twice what an honest peer ever has open at once.
    if (this.#answering >= 2 * this.#maxPending && !this.#paused) {
      this.#paused = true;
      this.#port.pause();
    }
    await this.#answer(id, type, body);
    this.#answering -= 1;
    if (this.#paused && this.#answering <= this.#maxPending) {
      this.#paused = false;
      this.#port.resume();
    }
  }

  async #answer(id: number, type: string, body: unknown): Promise<void> {
    const gen = this.#options.generation;
    const lost = (error: Error): void =>
      this.#options.logger.debug({ type, error: error.message }, 'A reply could not be sent');
    try {
      const run = this.#handlers.get(type);
      if (!run) throw new Error(`Nobody here answers ${type}`);
      const reply = await run(body);
      if (!this.#closed) this.#post({ kind: 'reply', gen, id, body: reply }, lost);
    } catch (error) {
      const message = errorText(error).slice(0, MAX_ERROR_TEXT);
      this.#options.logger.warn({ type }, `A request was answered with an error: ${message}`);
      if (!this.#closed) this.#post({ kind: 'error', gen, id, message }, lost);
    }
  }

  #hear(type: string, body: unknown): void {
    if (!Object.hasOwn(this.#options.hears, type)) {
      this.#options.logger.warn({ type }, 'Dropped an event of an unknown type');
      return;
    }
    for (const listener of this.#listeners.get(type) ?? []) this.#guard(type, () => listener(body));
  }

  #guard(what: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#options.logger.error({ what, error: errorText(error) }, 'A listener of the channel failed');
    }
  }
}

/** The entry that the type says is there; a plain index would add `undefined` to it. */
function entryOf<T, K extends keyof T>(table: T, type: K): T[K] {
  return table[type];
}
