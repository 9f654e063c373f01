import { randomUUID } from 'node:crypto';
import { type Clock, MINUTE_MS } from '../../shared/clock.ts';
import type { LedgerBook } from './ledger.ts';

/** Statum rejects similar requests this close to each other (docs/gateways.md, fact 7). "Similar" is read as phone and amount. */
const DUPLICATE_MS = 5 * MINUTE_MS;

export type TopUpResult =
  | { readonly outcome: 'accepted'; readonly requestId: string }
  | { readonly outcome: 'duplicate' | 'float-empty' };

/** The simulated airtime seller: gives airtime at face value, out of a prepaid float. */
export class AirtimeSeller {
  readonly #book: LedgerBook;
  readonly #clock: Clock;
  readonly #onTopUp: (phone: string, requestId: string) => void;

  constructor(book: LedgerBook, clock: Clock, onTopUp: (phone: string, requestId: string) => void) {
    this.#book = book;
    this.#clock = clock;
    this.#onTopUp = onTopUp;
  }

  /** @param callbacks how often the delivery callback goes out: 1, or 2 when that fault is on. */
  topUp(phone: string, amountKes: number, callbacks: number): TopUpResult {
    const now = this.#clock.now();
    const lastAt = this.#book.lastTopUpAt(phone, amountKes);
    if (lastAt !== undefined && now < lastAt + DUPLICATE_MS) return { outcome: 'duplicate' };
    if (this.#book.floatKes < amountKes) return { outcome: 'float-empty' };
    const requestId = randomUUID();
    this.#book.record({ type: 'top-up', at: now, id: requestId, phone, amountKes, callbacks });
    this.#onTopUp(phone, requestId);
    return { outcome: 'accepted', requestId };
  }
}
