import { AppError } from '../../../shared/errors.ts';
import type { Order, OrderActionRequest } from '../../../shared/order.ts';
import { ownerRefusal } from '../../orders/owner-actions.ts';
import type { Identity } from '../types.ts';

/** @throws AppError `forbidden` when an owner asks for what is the platform's admins' */
export function requireMayAct(identity: Identity, order: Order, action: OrderActionRequest['action']): void {
  const refusal = identity.role === 'owner' ? ownerRefusal(order, action) : undefined;
  if (refusal !== undefined) throw new AppError('forbidden', refusal, { field: 'action' });
}
