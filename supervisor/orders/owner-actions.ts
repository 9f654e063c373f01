import type { Order, OrderAction } from '../../shared/order.ts';
import { clientOfSet, SIMULATED } from '../gateways/set-ids.ts';

/**
 * Whether a client's owner may do this to an order of his. Looking at the payment is always his. Whatever says that money or
 * airtime has moved is his only where both are his own: to confirm a payment that the platform should have received makes the
 * platform deliver, and to mark a refund closes a debt of the platform's.
 * @param deliversFrom the Statum set that airtime sent now would come from; undefined: none can be sent
 * @returns why not, in words; undefined when he may
 */
export function ownerRefusal(
  order: Order,
  action: OrderAction,
  deliversFrom: string | undefined,
): string | undefined {
  if (action === 'check-payment') return undefined;
  const delivers = action === 'confirm-payment' || action === 'resend';
  const sets = [
    order.payment.credentials.setId,
    order.delivery.credentials?.setId,
    ...(delivers ? [deliversFrom] : []),
  ];
  const isOwn = sets.every(
    (setId) => setId === undefined || setId === SIMULATED.setId || clientOfSet(setId) === order.clientId,
  );
  if (isOwn) return undefined;
  return 'This order went through the platform’s accounts, so only the platform’s admins may do this. Ask them';
}
