import type { Logger } from '../../shared/logger.ts';
import { orderStatus } from '../../shared/order.ts';
import type { Stores } from '../stores/types.ts';

/**
 * One log line per step of an order, with `clientId` and `orderNo`, so that a log alone tells what became of one. Only what is on
 * disk is logged. No phone and no gateway's words: those stand in the order's timeline.
 * @returns how to stop
 */
export function logOrders(stores: Pick<Stores, 'onCommit'>, logger: Logger): () => void {
  return stores.onCommit((changes) => {
    for (const change of changes) {
      if (change.collection !== 'orders' || !change.after) continue;
      const { before, after } = change;
      const { orderNo, clientId, mode, amountKes, payableKes, payment, delivery } = after;
      const same =
        before?.payment.state === payment.state &&
        before.delivery.state === delivery.state &&
        orderStatus(before) === orderStatus(after);
      if (same) continue;
      logger.child({ clientId, orderNo }).info(
        {
          status: orderStatus(after),
          payment: payment.state,
          delivery: delivery.state,
          ...(!before && { mode, amountKes, payableKes }),
          ...(delivery.requestId !== undefined && { requestId: delivery.requestId }),
        },
        before ? 'order' : 'new order',
      );
    }
  });
}
