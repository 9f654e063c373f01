import { AppError } from '../../shared/errors.ts';
import { formatKes } from '../../shared/money.ts';
import { mayBePaidTwice, type Order, type Payment } from '../../shared/order.ts';
import { change, type Outcome } from './outcome.ts';
import type { PaymentEvent } from './payment-events.ts';

/**
 * Money that came in a second time: a person confirmed a payment by its M-Pesa code while nobody knew what had become of the prompt, and
 * then the gateway tells that the prompt was paid. Pure, like the rest of the machine.
 */
export function promptPaidBesides(
  order: Order,
  event: Extract<PaymentEvent, { type: 'payment-seen' }>,
  at: number,
): Outcome {
  const { payment, payableKes } = order;
  const toldKes = event.amountKes !== undefined && isKes(event.amountKes) ? event.amountKes : undefined;
  const settled = { state: payment.state, promptUnsettled: false, watchEndedAt: at } as const;
  if (event.receipt !== undefined && event.receipt === payment.receipt) {
    const differs = toldKes !== undefined && toldKes !== payableKes;
    const note = `Shadow Pay says that ${formatKes(toldKes ?? payableKes)} came in with ${event.receipt}`;
    return change(order, at, {
      payment: { ...settled, ...(differs && { receivedKes: toldKes }) },
      ...(differs && {
        attention: [
          ...order.attention,
          { kind: 'other-amount' as const, note: `${note} instead of ${formatKes(payableKes)}`, at },
        ],
      }),
      entry: { event: 'prompt-paid', by: 'shadow-pay', note },
    });
  }
  const receipt = event.receiptOf === undefined ? event.receipt : undefined;
  const note = doubt(event, payment, toldKes ?? payableKes);
  return change(order, at, {
    payment: {
      ...settled,
      second: { at, amountKes: toldKes ?? payableKes, ...(receipt !== undefined && { receipt }) },
    },
    attention: [...order.attention, { kind: 'paid-twice', note, at }],
    entry: { event: 'paid-twice', by: 'shadow-pay', note },
    // Without a code of its own it may be the same payment: a person looks before the customer hears of it.
    ...(receipt !== undefined && { notice: 'paid-twice' as const }),
  });
}

function doubt(
  { receipt, receiptOf }: Extract<PaymentEvent, { type: 'payment-seen' }>,
  payment: Payment,
  amountKes: number,
): string {
  const confirmed = `${payment.receipt ?? 'another payment'} was confirmed by hand`;
  if (receipt === undefined)
    return `Shadow Pay says that the prompt was paid, without telling the code, and ${confirmed}. Look whether that is one payment or two`;
  if (receiptOf !== undefined)
    return `Shadow Pay says that the prompt was paid with ${receipt}, which belongs to order ${receiptOf}, and ${confirmed}. Look whether that is one payment or two`;
  return `The prompt was paid as well: ${formatKes(amountKes)} with ${receipt}, and ${confirmed}. One of the two is to be given back`;
}

/** A person looked: it is one payment, told with another code or none. */
export function confirmOnePayment(
  order: Order,
  given: { readonly receipt: string; readonly reason: string },
  { by, at }: { readonly by: string; readonly at: number },
): Outcome {
  const { payment } = order;
  const { second } = payment;
  if (!second || (given.receipt !== payment.receipt && given.receipt !== second.receipt)) {
    throw new AppError(
      'conflict',
      `Give the M-Pesa code of the one payment that came in: ${[payment.receipt, second?.receipt].filter((code) => code !== undefined).join(' or ')}`,
      { field: 'receipt' },
    );
  }
  // The confirmed code was mistyped: it is let go, because it may be that of somebody else's payment.
  const mistyped = given.receipt === payment.receipt ? undefined : payment.receipt;
  const code = mistyped === undefined ? given.receipt : `${given.receipt} in place of ${mistyped}`;
  return change(order, at, {
    payment: { state: payment.state, receipt: given.receipt, second: { ...second, isSame: true } },
    attention: withoutPaidTwice(order),
    entry: { event: 'paid-once', by, note: `${code} · ${given.reason}` },
    // Only who was told of a second payment has a question open.
    ...(second.receipt !== undefined && { notice: 'paid-once' as const }),
  });
}

/** The second payment was given back. The order itself stands as it did. */
export function giveBackSecond(
  order: Order,
  given: { readonly receipt: string; readonly amountKes: number; readonly reason: string },
  { by, at }: { readonly by: string; readonly at: number },
): Outcome {
  const { payment } = order;
  const { second } = payment;
  const { receipt, amountKes, reason } = given;
  if (!second || second.refund) throw new AppError('conflict', `Order ${order.orderNo} was paid once`);
  if (receipt === second.receipt || receipt === payment.receipt) {
    throw new AppError('invalid', 'Give the M-Pesa code of the refund, not that of a payment', {
      field: 'receipt',
    });
  }
  if (receipt === payment.refund?.receipt) {
    throw new AppError('conflict', `With ${receipt} the first payment was given back already`, {
      field: 'receipt',
    });
  }
  if (amountKes > second.amountKes) {
    throw new AppError(
      'invalid',
      `The second payment was ${formatKes(second.amountKes)}; give that back first, and record any other refund of this order afterwards`,
      { field: 'amountKes' },
    );
  }
  return change(order, at, {
    payment: { state: payment.state, second: { ...second, refund: { amountKes, receipt, at } } },
    attention: withoutPaidTwice(order),
    entry: { event: 'second-refunded', by, note: `${formatKes(amountKes)} · ${receipt} · ${reason}` },
    notice: 'second-refunded',
  });
}

/** Whatever else staff settle of an order, a second payment stays before them until it is settled itself. */
export function onlyPaidTwice({ attention }: Order): Order['attention'] {
  return attention.filter((flag) => mayBePaidTwice({ attention: [flag] }));
}

function withoutPaidTwice({ attention }: Order): Order['attention'] {
  return attention.filter((flag) => !mayBePaidTwice({ attention: [flag] }));
}

const isKes = (amountKes: number): boolean => Number.isSafeInteger(amountKes) && amountKes > 0;
