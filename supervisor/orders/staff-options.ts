import { AppError } from '../../shared/errors.ts';
import { type Order, type OrderAction, orderActions } from '../../shared/order.ts';
import { isTold } from './payment-events.ts';
import { applyStaffAction } from './staff-actions.ts';

/** A staff action, and whether the order's present state allows it. */
export interface StaffOption {
  readonly action: OrderAction;
  /** Why it is refused now; absent: it is allowed. */
  readonly refusal?: string;
}

/** Any code that is no order's own, so that only the order's state decides. */
const SOME_RECEIPT = 'AAAAAAAAA0';
const OTHER_RECEIPT = 'AAAAAAAAA1';

/**
 * What a person may do with an order as it stands. Each action is tried out on the order (they are pure functions), so that what is
 * offered and what is allowed cannot differ.
 * @param rights why the viewer may not do an action that the state allows: some are not an owner's to do
 */
export function staffOptions(
  order: Order,
  rights: (action: OrderAction) => string | undefined = () => undefined,
): readonly StaffOption[] {
  return orderActions.map((action) => {
    const refusal =
      (action === 'check-payment' ? checkRefusal(order) : tryOut(order, action)) ?? rights(action);
    return { action, ...(refusal !== undefined && { refusal }) };
  });
}

function tryOut(order: Order, action: Exclude<OrderAction, 'check-payment'>): string | undefined {
  const { receipt } = order.payment;
  const other = receipt === SOME_RECEIPT ? OTHER_RECEIPT : SOME_RECEIPT;
  const request = {
    action,
    reason: 'trying out',
    receipt: action === 'confirm-payment' ? (receipt ?? SOME_RECEIPT) : other,
    amountKes: 1,
  };
  try {
    applyStaffAction(order, request, { by: 'system', at: order.updatedAt });
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

/** The gateway is asked by the id of the prompt, and not about what is settled. */
function checkRefusal({ orderNo, payment }: Order): string | undefined {
  if (isTold(payment)) return `Order ${orderNo} is paid already`;
  if (payment.checkoutRequestId === undefined)
    return `Order ${orderNo} has no payment request id, so the gateway cannot be asked`;
  return undefined;
}
