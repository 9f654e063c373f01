import type { Order, OrderAction, OrderActionRequest } from '../../shared/order.ts';

/** What staff may do with an order, for the API and the pages. */
export interface OrderService {
  /**
   * Carries out a staff action; writes timeline and audit in the same transaction.
   * @param by name of the member of staff
   * @throws AppError `not-found`; `conflict` when the order's state does not allow it; `invalid` naming the missing field.
   */
  act(orderNo: string, request: OrderActionRequest, by: string): Promise<Order>;
  /** Why the owner of the order's client may not do this, in words; undefined: he may, as far as rights go. */
  ownerRefusal(order: Order, action: OrderAction): string | undefined;
}
