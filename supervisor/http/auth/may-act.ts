import { AppError } from '../../../shared/errors.ts';
import type { Order, OrderAction } from '../../../shared/order.ts';
import type { OrderService } from '../../orders/types.ts';
import type { Identity } from '../types.ts';

/** @throws AppError `forbidden` when an owner asks for what is the platform's admins' */
export function requireMayAct(
  orders: Pick<OrderService, 'ownerRefusal'>,
  identity: Identity,
  order: Order,
  action: OrderAction,
): void {
  const refusal = identity.role === 'owner' ? orders.ownerRefusal(order, action) : undefined;
  if (refusal !== undefined) throw new AppError('forbidden', refusal, { field: 'action' });
}
