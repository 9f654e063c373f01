import { request } from 'node:http';
import { type Clock, SECOND_MS } from '../../shared/clock.ts';
import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Fault } from '../../shared/world.ts';
import { DEFAULT_SLOW_MS, takeFault } from './faults.ts';
import type { LedgerBook, TopUp } from './ledger.ts';

/** The airtime arrives, and Statum says so, this long after the request was accepted. */
const DELIVERY_MS = 300;
const CALLBACK_TIMEOUT_MS = 10 * SECOND_MS;

interface Context {
  readonly book: LedgerBook;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when a top-up was taken back. */
  readonly onReversed: (phone: string) => void;
}

/** Statum's delivery callbacks: each is tried once, also over a restart of the world, and nobody looks at the answer. */
export class DeliveryCallbacks {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
    for (const topUp of context.book.topUps.values()) if (!topUp.callbackTried) this.#schedule(topUp);
  }

  schedule(requestId: string): void {
    const topUp = this.#context.book.topUps.get(requestId);
    if (topUp) this.#schedule(topUp);
  }

  #schedule(topUp: TopUp): void {
    const { clock, logger } = this.#context;
    clock.schedule(topUp.at + DELIVERY_MS - clock.now(), () => {
      try {
        this.#begin(topUp);
      } catch (error) {
        logger.error({ error: errorText(error) }, 'a delivery callback could not be made');
      }
    });
  }

  #begin(topUp: TopUp): void {
    const { book, clock } = this.#context;
    book.record({ type: 'callback-tried', at: clock.now(), id: topUp.requestId });
    const fault = takeFault(book, clock, 'statum', 'callback');
    switch (fault?.mode) {
      case 'timeout-before':
        break;
      case 'slow':
        clock.schedule(fault.delayMs ?? DEFAULT_SLOW_MS, () => this.#post(topUp, this.#body(topUp)));
        break;
      case 'error-500':
        book.record({ type: 'top-up-reversed', at: clock.now(), id: topUp.requestId });
        this.#context.onReversed(topUp.phone);
        this.#post(topUp, this.#body(topUp, 500, 'Airtime could not be delivered.'));
        break;
      default:
        this.#post(topUp, bodyFor(fault, this.#body(topUp)), fault?.mode === 'duplicate-callback');
    }
  }

  #body({ requestId, amountKes }: TopUp, resultCode = 200, resultDesc = 'Airtime delivered.'): string {
    return JSON.stringify({
      request_id: requestId,
      charge: amountKes,
      account_balance: Number(this.#context.book.floatKes.toFixed(2)),
      result_code: resultCode,
      result_desc: resultDesc,
    });
  }

  #post(topUp: TopUp, body: string, twice = false): void {
    const { book } = this.#context;
    if (book.callbackUrl === undefined) return;
    const count = Math.max(topUp.callbacks, twice ? 2 : 1);
    for (let sent = 0; sent < count; sent += 1) this.#postOnce(book.callbackUrl, body);
  }

  #postOnce(url: string, body: string): void {
    const posting = request(
      url,
      {
        method: 'POST',
        agent: false,
        timeout: CALLBACK_TIMEOUT_MS,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => response.resume(),
    );
    posting.on('timeout', () => posting.destroy());
    posting.on('error', (error) =>
      this.#context.logger.warn({ error: error.message }, 'a delivery callback was not taken'),
    );
    posting.end(body);
  }
}

function bodyFor(fault: Fault | undefined, body: string): string {
  if (fault?.mode === 'garbage') return '<html>502 Bad Gateway</html>';
  return fault?.mode === 'empty' ? '' : body;
}
