import { type Clock, MINUTE_MS } from '../../../shared/clock.ts';
import type { OutboxEntry } from '../../../shared/conversation.ts';
import { AppError, errorText } from '../../../shared/errors.ts';
import { newId } from '../../../shared/ids.ts';
import type { Logger } from '../../../shared/logger.ts';
import { type CheckResult, checkResultText } from '../../../worker/conversation/admin/check-result.ts';
import type { OrderService } from '../../orders/types.ts';
import type { Stores, Transaction } from '../../stores/types.ts';

/** How soon an answer that a full disk refused is asked for again. */
const RETRY_MS = 1 * MINUTE_MS;

type Check = NonNullable<OutboxEntry['check']>;

/**
 * Admins in a chat who have M-Pesa asked about a payment. That they asked stands in the outbox, as something still to be said, in the
 * transaction of the turn that promised it; the answer takes its place. So whoever dies meanwhile, the next process asks and answers.
 */
export class PaymentChecks {
  readonly #options: PaymentChecksOptions;
  #closed = false;

  constructor(options: PaymentChecksOptions) {
    this.#options = options;
  }

  /** Takes up what an earlier process left, then follows the store. @returns how to stop following */
  start(): () => void {
    const { stores } = this.#options;
    const left = [...stores.outbox.values()];
    const stop = stores.onCommit((changes) => {
      for (const change of changes)
        if (change.collection === 'outbox' && change.after && !change.before) this.#take(change.after);
    });
    for (const entry of left) this.#take(entry);
    return () => {
      this.#closed = true;
      stop();
    };
  }

  /** Writes down what was asked for. */
  ask(tx: Transaction, where: { readonly clientId: string; readonly chatId: string }, check: Check): void {
    const { clientId, chatId } = where;
    tx.outbox.put({
      id: newId('ob'),
      clientId,
      chatId,
      seq: tx.outbox.nextSeq(),
      text: `M-Pesa is being asked about order ${check.orderNo}`,
      orderNo: check.orderNo,
      check,
      createdAt: this.#options.clock.now(),
    });
  }

  #take(entry: OutboxEntry): void {
    const { check } = entry;
    if (!check) return;
    this.#answer(entry, check).catch((error: unknown) => {
      if (this.#closed) return;
      this.#options.logger.error(
        { orderNo: check.orderNo, error: errorText(error) },
        'What came of asking M-Pesa could not be written for the admin who asked',
      );
      this.#options.clock.schedule(RETRY_MS, () => this.#take(entry));
    });
  }

  async #answer({ id, clientId, chatId }: OutboxEntry, { orderNo, by }: Check): Promise<void> {
    const { stores, orders, clock, logger } = this.#options;
    const result = await orders.act(orderNo, { action: 'check-payment' }, by).then(
      ({ payment, delivery }): CheckResult => ({ payment: payment.state, delivery: delivery.state }),
      (error: unknown): CheckResult => {
        if (error instanceof AppError) return { problem: error.message };
        logger.error({ orderNo, error: errorText(error) }, 'A payment could not be checked');
        return { problem: 'M-Pesa could not be asked just now; try again in a minute' };
      },
    );
    await stores.transact((tx) => {
      // Gone together with its client.
      if (!tx.outbox.get(id)) return;
      tx.outbox.delete(id);
      tx.outbox.put({
        id: newId('ob'),
        clientId,
        chatId,
        seq: tx.outbox.nextSeq(),
        text: checkResultText(orderNo, result),
        orderNo,
        createdAt: clock.now(),
      });
    });
  }
}

interface PaymentChecksOptions {
  readonly stores: Stores;
  readonly orders: Pick<OrderService, 'act'>;
  readonly clock: Clock;
  readonly logger: Logger;
}
