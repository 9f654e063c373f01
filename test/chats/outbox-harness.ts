import type { OutboxEntry } from '../../shared/conversation.ts';
import { silentLogger } from '../../shared/logger.ts';
import { Outbox } from '../../supervisor/chats/outbox.ts';
import type { ChatSender, SendOutcome } from '../../supervisor/chats/types.ts';
import type { Stores } from '../../supervisor/stores/types.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { openTestStores } from '../helpers/test-stores.ts';

/** A worker that answers what a test says, and remembers what it was given to say. */
class ScriptedSender implements ChatSender {
  ready = true;
  noted: string | undefined;
  readonly said: Array<{ chatId: string; text: string; lookFirst: boolean; pictureId?: string }> = [];
  answer: (text: string) => SendOutcome | Promise<SendOutcome> = () => ({ outcome: 'sent', messageId: 'm' });
  readonly #listeners = new Set<(clientId: string) => void>();
  readonly #attempts = new Set<() => void>();

  canSend(): boolean {
    return this.ready;
  }

  note(_clientId: string, reason: string | undefined): void {
    this.noted = reason;
  }

  async send(message: Parameters<ChatSender['send']>[0]): Promise<SendOutcome> {
    const { chatId, text, lookFirst, pictureId } = message;
    this.said.push({ chatId, text, lookFirst, ...(pictureId !== undefined && { pictureId }) });
    for (const wake of this.#attempts) wake();
    return await this.answer(text);
  }

  onReady(listener: (clientId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  becomeReady(): void {
    this.ready = true;
    for (const listener of this.#listeners) listener('cl_1');
  }

  async attempts(count: number): Promise<void> {
    while (this.said.length < count) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#attempts.delete(wake);
          resolve();
        };
        this.#attempts.add(wake);
      });
    }
  }
}

/** An outbox over real stores. */
export class OutboxHarness {
  readonly clock: FakeClock;
  readonly stores: Stores;
  readonly sender = new ScriptedSender();
  outbox: Outbox;
  readonly #folder: ReturnType<typeof temporaryFolder>;
  #count = 0;

  private constructor(folder: ReturnType<typeof temporaryFolder>, clock: FakeClock, stores: Stores) {
    this.#folder = folder;
    this.clock = clock;
    this.stores = stores;
    this.outbox = this.#make();
  }

  static async open(): Promise<OutboxHarness> {
    const folder = temporaryFolder('outbox');
    const clock = new FakeClock();
    return new OutboxHarness(folder, clock, await openTestStores(folder.path, { clock }));
  }

  async end(): Promise<void> {
    await this.outbox.close();
    await this.stores.close();
    this.#folder.remove();
  }

  /** The next process takes over. */
  async restart(): Promise<void> {
    await this.outbox.close();
    this.outbox = this.#make();
    this.outbox.start();
  }

  /** Puts a text into the outbox. @param delayMs how long it is to wait; undefined: not at all */
  say(
    text: string,
    chatId = 'a@c.us',
    delayMs?: number,
    about: Pick<OutboxEntry, 'aboutPaid' | 'check' | 'pictureId'> = {},
  ): Promise<void> {
    const now = this.clock.now();
    return this.stores.transact((tx) => {
      this.#count += 1;
      tx.outbox.put({
        id: `ob_${this.#count}`,
        clientId: 'cl_1',
        chatId,
        seq: tx.outbox.nextSeq(),
        text,
        ...(delayMs !== undefined && { sendAfter: now + delayMs }),
        ...about,
        createdAt: now,
      });
    });
  }

  async settled(): Promise<void> {
    await this.stores.durable();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Until all is said and crossed off. */
  async empty(): Promise<void> {
    while (this.stores.outbox.size > 0) {
      this.clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
      await this.stores.durable();
    }
  }

  #make(): Outbox {
    const { stores, sender, clock } = this;
    return new Outbox({ stores, sender, clock, logger: silentLogger });
  }
}
