import type { PromptAnswer } from '../../shared/world.ts';
import type { PhoneListener, PhoneNetwork } from './network.ts';
import type { Pacer } from './pacer.ts';
import type { Results } from './results.ts';

/** Past this a reply counts as missing, and the customer gives up. */
const REPLY_LIMIT_MS = 15_000;
/** What comes by itself takes longer: payments are asked about every few seconds, then less often. */
const NOTICE_LIMIT_MS = 90_000;

/** The crowd goes home: nothing new is begun. */
export class HomeTime extends Error {}

interface Heard {
  readonly text: string;
  readonly at: { readonly networkMs: number; readonly hereMs: number };
}

interface Expected {
  readonly fits: RegExp;
  readonly resolve: (heard: Heard) => void;
}

/** One customer's phone: says things at the pacer's rate, hears what the bot says, answers M-Pesa prompts. */
export class Person implements PhoneListener {
  readonly phone: string;
  readonly clientId: string;
  readonly #network: PhoneNetwork;
  readonly #pacer: Pacer;
  readonly #results: Results;
  readonly #unread: Heard[] = [];
  /** When the last message reached the chat network, by its clock. */
  #arrivedMs = 0;
  readonly #notices = new Set<string>();
  #expected: Expected | undefined;
  #prompt: string | undefined;
  #onPrompt: (() => void) | undefined;

  constructor(
    who: { readonly clientId: string; readonly phone: string },
    parts: { readonly network: PhoneNetwork; readonly pacer: Pacer; readonly results: Results },
  ) {
    this.phone = who.phone;
    this.clientId = who.clientId;
    this.#network = parts.network;
    this.#pacer = parts.pacer;
    this.#results = parts.results;
    this.#network.join(this.clientId, this.phone, this);
  }

  leave(): void {
    this.#network.leave(this.clientId, this.phone);
  }

  /**
   * Writes a message when it is this customer's turn and waits for the reply that fits; its time is measured from before the call
   * of the API to the arrival of the reply here.
   * @returns the reply and when the message was sent
   * @throws {HomeTime} instead of writing when the run is over, unless `anyway`
   */
  async say(text: string, fits: RegExp, anyway = false): Promise<{ reply: string; sentAtMs: number }> {
    if (!anyway && !(await this.#pacer.turn())) throw new HomeTime();
    this.#unread.length = 0;
    const sentAtMs = performance.now();
    const { counting } = this.#results;
    this.#results.messages += 1;
    const [heard] = await Promise.all([
      this.#hear(fits, REPLY_LIMIT_MS, `a reply to "${text.slice(0, 40)}"`),
      this.#network.send(this.clientId, this.phone, text).then(() => {
        if (counting) this.#results.calls.add(performance.now() - sentAtMs);
      }),
    ]);
    if (counting) {
      this.#results.replies.add(heard.at.hereMs - sentAtMs);
      this.#results.networkReplies.add(heard.at.networkMs - this.#arrivedMs);
    }
    return { reply: heard.text, sentAtMs };
  }

  /** Waits for something that the bot says by itself. */
  hear(fits: RegExp): Promise<Heard> {
    return this.#hear(fits, NOTICE_LIMIT_MS, 'word of the order');
  }

  /** Waits for the M-Pesa prompt and answers it. */
  async answerPrompt(answer: PromptAnswer['answer']): Promise<void> {
    if (this.#prompt === undefined) {
      await withLimit(
        new Promise<void>((resolve) => {
          this.#onPrompt = resolve;
        }),
        REPLY_LIMIT_MS,
        () => `${this.phone} waited for an M-Pesa prompt`,
      );
    }
    await this.#network.answerPrompt(this.phone, { answer });
  }

  /** True while an M-Pesa prompt is on the screen. */
  get prompted(): boolean {
    return this.#prompt !== undefined;
  }

  onPrompt(checkoutRequestId: string | undefined): void {
    this.#prompt = checkoutRequestId;
    if (checkoutRequestId !== undefined) this.#onPrompt?.();
  }

  onMessage(direction: 'in' | 'out', text: string, at: Heard['at']): void {
    if (direction === 'in') {
      this.#arrivedMs = at.networkMs;
      return;
    }
    // A notice tells one state of one order: hearing it twice is hearing it once too often.
    if (NOTICE.test(text)) {
      if (this.#notices.has(text)) this.#results.fail(`${this.phone} was told twice: ${text.split('\n')[0]}`);
      this.#notices.add(text);
    }
    if (this.#expected?.fits.test(text)) {
      this.#expected.resolve({ text, at });
      this.#expected = undefined;
    } else this.#unread.push({ text, at });
  }

  #hear(fits: RegExp, limitMs: number, what: string): Promise<Heard> {
    const index = this.#unread.findIndex(({ text }) => fits.test(text));
    const [already] = index < 0 ? [] : this.#unread.splice(0, index + 1).slice(-1);
    if (already) return Promise.resolve(already);
    const heard = new Promise<Heard>((resolve) => {
      this.#expected = { fits, resolve };
    });
    return withLimit(heard, limitMs, () => {
      const said = this.#unread.map(({ text }) => text.split('\n')[0]).join(' | ');
      return `${this.phone} waited for ${what} like ${fits}; heard: ${said || 'nothing'}`;
    });
  }
}

/** What the order desk tells of an order by itself begins so. */
const NOTICE = /^\S+ \*Order [A-Z0-9]{8}\*|^\*Order [A-Z0-9]{8}\*\n/;

async function withLimit<T>(wait: Promise<T>, limitMs: number, problem: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${problem()} (${limitMs / 1_000} s)`)), limitMs);
  });
  try {
    return await Promise.race([wait, limit]);
  } finally {
    clearTimeout(timer);
  }
}
