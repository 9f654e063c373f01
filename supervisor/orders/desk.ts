import { AppError } from '../../shared/errors.ts';
import type { Order, OrderAction, OrderActionRequest } from '../../shared/order.ts';
import type { DeliveryCallback } from '../gateways/types.ts';
import type { Change, Transaction } from '../stores/types.ts';
import { DeliveryDesk, type DeliveryDeskOptions } from './delivery-desk.ts';
import { writeOutcome } from './order-book.ts';
import { ownerRefusal } from './owner-actions.ts';
import { PaymentDesk, type PaymentDeskOptions } from './payment-desk.ts';
import { receiptUse } from './receipts.ts';
import { applyStaffAction } from './staff-actions.ts';
import type { OrderService } from './types.ts';

/**
 * Drives every order from its creation to its end. The desk acts on *durable changes*, whoever made them: an order that has come
 * to stand as `requesting` is prompted for, one that has come to stand as `queued` is delivered. So the turn that creates an order, the poll
 * that finds it paid and the member of staff who resends it need to know nothing of gateways, and a restart takes up the same
 * states from disk.
 */
export class OrderDesk implements OrderService {
  readonly #options: DeskOptions;
  readonly #payments: PaymentDesk;
  readonly #deliveries: DeliveryDesk;
  #unsubscribe: () => void = () => undefined;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#payments = new PaymentDesk(options);
    this.#deliveries = new DeliveryDesk(options);
  }

  /** Takes up every order that is not settled, then follows all changes. Call once, before any turn is taken. */
  async start(): Promise<void> {
    const { stores, logger } = this.#options;
    this.#unsubscribe = stores.onCommit((changes) => this.#follow(changes));
    await this.#deliveries.recoverCallbacks();
    const unsettled = [...stores.orders.unsettled()];
    for (const order of unsettled) {
      await this.#payments.recover(order);
      // Deliveries are not waited for: a slow gateway must not hold up the start.
      void this.#deliveries.recover(stores.orders.get(order.orderNo) ?? order);
    }
    logger.info({ orders: unsettled.length }, 'open orders taken up');
  }

  async act(orderNo: string, request: OrderActionRequest, by: string): Promise<Order> {
    const { stores } = this.#options;
    if (!stores.orders.get(orderNo)) throw notFound(orderNo);
    if (request.action === 'check-payment') return this.#checkPayment(orderNo, by, request.reason);
    return stores.transact((tx) => this.actIn(tx, orderNo, request, by));
  }

  /**
   * A staff action in the caller's transaction; `check-payment` is none, because it asks the gateway.
   * @throws AppError as {@link act}
   */
  actIn(tx: Transaction, orderNo: string, request: OrderActionRequest, by: string): Order {
    const { action } = request;
    if (action === 'check-payment') throw new Error('A payment cannot be checked inside a transaction');
    const order = tx.orders.get(orderNo);
    if (!order) throw notFound(orderNo);
    const at = this.#options.clock.now();
    const use = receiptUse(tx.orders, request.receipt, order);
    const outcome = applyStaffAction(order, { ...request, action }, { by, at, ...use });
    writeOutcome(tx, outcome);
    if (action === 'resend') rememberSuperseded(tx, order, at);
    tx.audit.append({
      at,
      by,
      action: `order.${action}`,
      subject: orderNo,
      clientId: order.clientId,
      ...(request.reason !== undefined && { note: request.reason }),
    });
    return outcome.order;
  }

  ownerRefusal(order: Order, action: OrderAction): string | undefined {
    return ownerRefusal(order, action, this.#options.gateways.statumFor(order)?.ref.setId);
  }

  async #checkPayment(orderNo: string, by: string, reason: string | undefined): Promise<Order> {
    const { stores, clock } = this.#options;
    const answer = await this.#payments.check(orderNo);
    const order = stores.orders.get(orderNo);
    if (!order) throw notFound(orderNo);
    if (!answer && order.payment.checkoutRequestId === undefined) {
      throw new AppError(
        'conflict',
        `Order ${orderNo} has no payment request id, so the gateway cannot be asked; look for the payment in M-Pesa and use confirm-payment`,
      );
    }
    const at = clock.now();
    await stores.transact((tx) => {
      tx.timelines.append(orderNo, {
        at,
        event: 'checked',
        by,
        note: answer ? `Gateway says: ${answer.outcome}` : 'Settled already',
      });
      tx.audit.append({
        at,
        by,
        action: 'order.check-payment',
        subject: orderNo,
        clientId: order.clientId,
        ...(reason !== undefined && { note: reason }),
      });
    });
    return stores.orders.get(orderNo) ?? order;
  }

  /** Statum's delivery callback for one credential set. */
  callback(callback: DeliveryCallback, setId: string): Promise<void> {
    return this.#deliveries.callback(callback, setId);
  }

  /** Lets calls under way end and their answers be recorded; takes up nothing new. */
  async close(): Promise<void> {
    this.#unsubscribe();
    await Promise.all([this.#payments.close(), this.#deliveries.close()]);
  }

  #follow(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.collection !== 'orders' || !change.after) continue;
      const { before, after } = change;
      // Not awaited: a store that fails in there ends the process, and the next one takes the order up again.
      if (!before) void this.#payments.request(after);
      else this.#payments.plan(after.orderNo);
      // A customer says that he has paid: ask at once instead of by the schedule.
      if (before && after.attention.length > before.attention.length)
        void this.#payments.check(after.orderNo);
      if (after.delivery.state === 'queued' && before?.delivery.state !== 'queued')
        void this.#deliveries.deliver(after.orderNo);
    }
  }
}

/** The request that is now repeated may still be delivered; its callback must find the order. */
function rememberSuperseded(tx: Transaction, order: Order, at: number): void {
  const { requestId, credentials } = order.delivery;
  if (requestId === undefined || !credentials) return;
  tx.callbacks.put({
    setId: credentials.setId,
    requestId,
    delivered: false,
    description: 'Sent again by staff',
    receivedAt: at,
    supersededFor: order.orderNo,
  });
}

export type DeskOptions = PaymentDeskOptions & DeliveryDeskOptions;

function notFound(orderNo: string): AppError {
  return new AppError('not-found', `There is no order ${orderNo}`);
}
