import { randomBytes, randomInt } from 'node:crypto';
import { type Clock, MINUTE_MS } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { PhoneView, PromptAnswer } from '../../shared/world.ts';
import { type LedgerBook, PROMPT_LIFE_MS, type Prompt, promptState } from './ledger.ts';

/** M-Pesa refuses the same amount to the same phone this long after a payment (docs/gateways.md, section 3, code 17). */
const SAME_AMOUNT_MS = 2 * MINUTE_MS;

/** M-Pesa's result codes that this world uses, with Safaricom's words. */
const RESULT_TEXTS = {
  1: 'The balance is insufficient for the transaction',
  17: 'The same amount was paid by this customer within the last two minutes',
  1001: 'Unable to lock subscriber, a transaction is already in process for the current subscriber',
  1032: 'Request cancelled by user',
  1037: 'DS timeout user cannot be reached',
  2001: 'The initiator information is invalid',
} as const;
type ResultCode = keyof typeof RESULT_TEXTS;

export interface MpesaResult {
  readonly code: number;
  readonly text: string;
}

export type PushResult =
  | { readonly prompt: Prompt; readonly refused: undefined }
  | { readonly refused: MpesaResult };

const result = (code: ResultCode): MpesaResult => ({ code, text: RESULT_TEXTS[code] });

/** The simulated M-Pesa: prompts on phones and what their owners answer. Tells `onPhone` whenever a phone looks different. */
export class Mpesa {
  readonly #book: LedgerBook;
  readonly #clock: Clock;
  readonly #onPhone: (phone: string) => void;

  constructor(book: LedgerBook, clock: Clock, onPhone: (phone: string) => void) {
    this.#book = book;
    this.#clock = clock;
    this.#onPhone = onPhone;
    for (const prompt of book.prompts.values()) this.#watchExpiry(prompt);
  }

  push(request: { phone: string; amountKes: number; reference: string }): PushResult {
    const { phone, amountKes, reference } = request;
    const now = this.#clock.now();
    const refusedCode = this.#refusal(phone, amountKes, now);
    const id = `ws_CO_${now}${randomBytes(6).toString('hex')}`;
    this.#book.record({
      type: 'push',
      at: now,
      id,
      phone,
      amountKes,
      reference,
      ...(refusedCode === undefined ? {} : { refusedCode }),
    });
    if (refusedCode !== undefined) return { refused: result(refusedCode) };
    const prompt = this.#prompt(id);
    this.#watchExpiry(prompt);
    this.#onPhone(phone);
    return { prompt, refused: undefined };
  }

  /** Undefined: no such prompt. */
  status(id: string): { prompt: Prompt; outcome: 'pending' | 'paid' | MpesaResult } | undefined {
    const prompt = this.#book.prompts.get(id);
    if (!prompt) return undefined;
    switch (promptState(prompt, this.#clock.now())) {
      case 'pending':
        return { prompt, outcome: 'pending' };
      case 'paid':
        return { prompt, outcome: 'paid' };
      case 'cancelled':
        return { prompt, outcome: result(1032) };
      case 'wrong-pin':
        return { prompt, outcome: result(2001) };
      case 'no-funds':
        return { prompt, outcome: result(1) };
      case 'expired':
        return { prompt, outcome: result(1037) };
      case 'refused':
        return { prompt, outcome: result(prompt.refusedCode === 17 ? 17 : 1001) };
    }
  }

  /**
   * What the phone's owner does with the prompt on the screen, or (with an id) pays an earlier one late.
   * @throws AppError `conflict` when there is nothing to answer, `not-found` for an id that is not this phone's.
   */
  answer(phone: string, { answer, checkoutRequestId }: PromptAnswer): PhoneView {
    const now = this.#clock.now();
    const prompt =
      checkoutRequestId === undefined
        ? this.#book.openPrompt(phone, now)
        : this.#book.prompts.get(checkoutRequestId);
    if (checkoutRequestId !== undefined && prompt?.phone !== phone) {
      throw new AppError('not-found', 'This phone never had such a prompt', { field: 'checkoutRequestId' });
    }
    if (!prompt) throw new AppError('conflict', 'There is no M-Pesa prompt on this phone');
    const state = promptState(prompt, now);
    if (state !== 'pending' && !(state === 'expired' && answer === 'pay')) {
      throw new AppError('conflict', `This prompt is over: ${state}`);
    }
    if (answer !== 'ignore') this.#end(prompt, answer === 'pay' ? 'paid' : endings[answer], now);
    return this.#book.phoneView(phone, now);
  }

  #end(prompt: Prompt, ending: 'paid' | 'cancelled' | 'wrong-pin' | 'no-funds', at: number): void {
    this.#book.record({
      type: 'prompt-end',
      at,
      id: prompt.checkoutRequestId,
      ending,
      ...(ending === 'paid' ? { receipt: this.#freshReceipt() } : {}),
    });
    this.#onPhone(prompt.phone);
  }

  #refusal(phone: string, amountKes: number, now: number): 17 | 1001 | undefined {
    if (this.#book.openPrompt(phone, now)) return 1001;
    const lastPaidAt = this.#book.lastPaidAt(phone, amountKes);
    return lastPaidAt !== undefined && now < lastPaidAt + SAME_AMOUNT_MS ? 17 : undefined;
  }

  #prompt(id: string): Prompt {
    const prompt = this.#book.prompts.get(id);
    if (!prompt) throw new Error(`prompt ${id} was not recorded`);
    return prompt;
  }

  #watchExpiry(prompt: Prompt): void {
    const now = this.#clock.now();
    if (promptState(prompt, now) !== 'pending') return;
    this.#clock.schedule(prompt.pushedAt + PROMPT_LIFE_MS - now, () => {
      if (prompt.ending === undefined) this.#onPhone(prompt.phone);
    });
  }

  #freshReceipt(): string {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
    for (;;) {
      let receipt = 'S';
      while (receipt.length < 10) receipt += alphabet.charAt(randomInt(alphabet.length));
      if (!this.#book.receipts.has(receipt)) return receipt;
    }
  }
}

const endings = { cancel: 'cancelled', 'wrong-pin': 'wrong-pin', 'no-funds': 'no-funds' } as const;
