import { type Clock, SECOND_MS } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { Order } from '../../shared/order.ts';
import { isPseudonym } from '../../shared/pseudonym.ts';
import { settingsFor } from '../../shared/settings.ts';
import { noticeText } from '../../worker/conversation/notices.ts';
import { awaits, languageOf } from '../../worker/conversation/state.ts';
import { effectiveSettings } from '../stores/effective-settings.ts';
import { textsFor } from '../stores/own-texts.ts';
import { conversationKey, type Stores, type Transaction } from '../stores/types.ts';
import { customerView } from './customer-view.ts';
import { applyEvent, type OrderEvent } from './machine.ts';
import type { Outcome } from './outcome.ts';

/**
 * Writes what happened to orders: the changed order, its timeline and what the customer is to be told are one transaction, so
 * that nobody ever hears of something that is not on disk.
 */
export interface OrderBook {
  /**
   * Records an event. Resolves when it is durable.
   * @returns the order as it is now, or undefined when the event meant nothing any more (and nothing was written).
   */
  record(
    orderNo: string,
    event: OrderEvent | ((order: Order, tx: Transaction) => OrderEvent | undefined),
  ): Promise<Order | undefined>;
  /**
   * Records the event that a look into the stores finds, in the same transaction, so that nothing comes between the look and the record.
   * Resolves when all of it is durable.
   */
  recordFound(find: (tx: Transaction) => { orderNo: string; event: OrderEvent } | undefined): Promise<void>;
}

/** How soon a write that a full disk refused is tried again. */
const RETRY_WRITE_MS = 1 * SECOND_MS;

export function createOrderBook(options: { readonly stores: Stores; readonly clock: Clock }): OrderBook {
  const { stores, clock } = options;

  /** A full disk refuses; what a gateway has said must be written all the same, as soon as there is room. */
  async function whenWritable<T>(write: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'storage-full') throw error;
        await new Promise<void>((resolve) => clock.schedule(RETRY_WRITE_MS, resolve));
      }
    }
  }

  const attempt = (orderNo: string, event: Parameters<OrderBook['record']>[1]): Promise<Order | undefined> =>
    stores.transact((tx) => {
      const order = tx.orders.get(orderNo);
      if (!order) throw new AppError('not-found', `There is no order ${orderNo}`);
      const happened = typeof event === 'function' ? event(order, tx) : event;
      const outcome = happened && applyEvent(order, happened, clock.now());
      if (!outcome) return undefined;
      writeOutcome(tx, outcome);
      return outcome.order;
    });

  const attemptFound = (find: Parameters<OrderBook['recordFound']>[0]): Promise<void> =>
    stores.transact((tx) => {
      const found = find(tx);
      const order = found && tx.orders.get(found.orderNo);
      const outcome = order && applyEvent(order, found.event, clock.now());
      if (outcome) writeOutcome(tx, outcome);
    });

  return {
    record: (orderNo, event) => whenWritable(() => attempt(orderNo, event)),
    recordFound: (find) => whenWritable(() => attemptFound(find)),
  };
}

/** Puts an outcome into a transaction: order, timeline, and the notice into the outbox of the chat that ordered. */
export function writeOutcome(tx: Transaction, { order, timeline, notice }: Outcome): void {
  tx.orders.put(order);
  for (const entry of timeline) tx.timelines.append(order.orderNo, entry);
  const client = tx.clients.get(order.clientId);
  // Nobody carries messages for a client that was deleted, or to a person who was erased.
  if (!notice || !client || isPseudonym(order.chatId)) return;
  const settings = settingsFor(effectiveSettings(tx.settings), client.overrides);
  const texts = textsFor(tx.texts, order.clientId);
  const conversation = tx.conversations.get(conversationKey(order.clientId, order.chatId));
  tx.outbox.put({
    id: newId('ob'),
    clientId: order.clientId,
    chatId: order.chatId,
    seq: tx.outbox.nextSeq(),
    text: noticeText(notice, {
      order: customerView(order),
      shopName: client.name,
      contact: settings.contact,
      // Only who is still looking at this order can answer "1"; anybody else is somewhere else in the menu.
      offerRetry: conversation !== undefined && awaits(conversation.state, order.confirmId),
      mode: order.mode,
      language: languageOf(conversation?.state, settings.language),
      ...(texts && { texts }),
    }),
    orderNo: order.orderNo,
    ...(moneyCameIn(order) && { aboutPaid: true }),
    createdAt: order.updatedAt,
  });
}

/** Whoever has paid must hear what became of it. */
function moneyCameIn({ payment }: Order): boolean {
  return payment.state === 'paid' || payment.state === 'refunded' || payment.state === 'review';
}
