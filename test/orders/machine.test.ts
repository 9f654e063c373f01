import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../shared/errors.ts';
import { isSettled, type Order, orderStatus } from '../../shared/order.ts';
import { applyEvent, type OrderEvent } from '../../supervisor/orders/machine.ts';
import { applyStaffAction } from '../../supervisor/orders/staff-actions.ts';
import { checkOrderChange } from '../../supervisor/orders/transitions.ts';
import {
  accepted,
  after,
  claimed,
  delivered,
  expired,
  failed,
  freshOrder,
  rejected,
  seen,
  sent,
  T0,
  undelivered,
  unknownSend,
} from './fixtures.ts';

const states = (order: Order): string => `${order.payment.state}/${order.delivery.state}`;
const notice = (order: Order, event: OrderEvent): string | undefined =>
  applyEvent(order, event, T0 + 99_000)?.notice;

describe('the order machine', () => {
  it('leads a plain purchase from the prompt to the airtime', () => {
    const order = after(freshOrder(), accepted, seen, claimed, sent);
    assert.equal(states(order), 'paid/sent');
    assert.equal(order.payment.receipt, 'SG722NMVXQ');
    assert.equal(order.delivery.requestId, 'req-1');
    assert.equal(orderStatus(order), 'delivered');
    assert.equal(isSettled(order), true);
  });

  it('tells the customer at each step that matters', () => {
    assert.equal(notice(freshOrder(), accepted), 'prompted');
    assert.equal(notice(after(freshOrder(), accepted), seen), 'paid');
    assert.equal(notice(after(freshOrder(), accepted), failed), 'declined');
    assert.equal(notice(after(freshOrder(), accepted), expired), 'expired');
    assert.equal(notice(after(freshOrder(), accepted, seen, claimed), sent), 'sent');
    assert.equal(notice(after(freshOrder(), accepted, seen, claimed), unknownSend), 'delivery-problem');
  });

  it('calls a push without an answer unknown, never failed, and asks for a person', () => {
    const order = after(freshOrder(), { type: 'stk-unknown', reason: 'time-out' });
    assert.equal(states(order), 'unknown/none');
    assert.equal(orderStatus(order), 'attention');
    assert.equal(isSettled(order), false);
  });

  it('pays out a late success after "declined" and after "expired"', () => {
    for (const bad of [failed, expired]) {
      const order = after(freshOrder(), accepted, bad);
      assert.equal(orderStatus(order), 'failed');
      assert.equal(isSettled(order), false, 'it is still asked about');
      const late = applyEvent(order, seen, T0 + 60_000);
      assert.equal(late?.notice, 'late-paid');
      assert.equal(late && states(late.order), 'paid/queued');
    }
  });

  it('never delivers a late success of an order that staff cancelled, but asks for a person', () => {
    const cancelled = applyStaffAction(
      after(freshOrder(), accepted),
      { action: 'cancel', reason: 'customer asked' },
      { by: 'Asha', at: T0 + 5_000 },
    ).order;
    assert.equal(orderStatus(cancelled), 'failed');
    assert.equal(isSettled(cancelled), false, 'the prompt may still be answered');
    const late = after(cancelled, seen);
    assert.equal(states(late), 'paid/cancelled');
    assert.equal(orderStatus(late), 'attention');
    assert.equal(applyEvent(late, claimed, T0 + 60_000), undefined);
  });

  for (const [what, echo, cause] of [
    ['amount', { amountKes: 94 }, 'amount'],
    ['payer', { phone: '254700000009' }, 'phone'],
    ['receipt', { receiptOf: 'TESTBBB2' }, 'receipt-reuse'],
  ] as const) {
    it(`puts a payment with another ${what} before a person instead of delivering`, () => {
      const order = after(freshOrder(), accepted, { type: 'payment-seen', receipt: 'SG722NMVXQ', ...echo });
      assert.equal(states(order), 'review/none');
      assert.equal(order.payment.reviewCause, cause);
      assert.equal(orderStatus(order), 'attention');
    });
  }

  it('lets nobody but a person settle a payment in review', () => {
    const doubtful = after(freshOrder(), accepted, {
      type: 'payment-seen',
      receipt: 'SG722NMVXQ',
      amountKes: 94,
    });
    assert.equal(applyEvent(doubtful, seen, T0 + 60_000), undefined);
  });

  it('claims a delivery once', () => {
    const queued = after(freshOrder(), accepted, seen);
    const first = applyEvent(queued, claimed, T0 + 10_000);
    assert.equal(first?.order.delivery.attempts, 1);
    assert.equal(first && applyEvent(first.order, claimed, T0 + 10_001), undefined);
  });

  it('holds a definite refusal without counting it for the spacing, and releases it', () => {
    const held = after(freshOrder(), accepted, seen, claimed, {
      type: 'delivery-held',
      cause: 'float',
      reason: 'Insufficient funds',
      notBefore: T0 + 60_000,
    });
    assert.equal(states(held), 'paid/held');
    assert.equal(held.delivery.submittedAt, undefined);
    assert.equal(orderStatus(held), 'attention');
    const again = after(held, { type: 'delivery-released' }, claimed, sent);
    assert.equal(states(again), 'paid/sent');
    assert.equal(again.delivery.attempts, 2);
  });

  it('shows a spaced delivery as open, not as trouble', () => {
    const held = after(freshOrder(), accepted, seen, {
      type: 'delivery-held',
      cause: 'spacing',
      reason: 'spacing',
      notBefore: T0 + 60_000,
    });
    assert.equal(orderStatus(held), 'open');
  });

  it('leaves an unknown delivery to a callback or a person', () => {
    const order = after(freshOrder(), accepted, seen, claimed, unknownSend);
    assert.equal(applyEvent(order, claimed, T0 + 60_000), undefined);
    assert.equal(applyEvent(order, { type: 'delivery-released' }, T0 + 60_000), undefined);
    assert.equal(states(after(order, delivered)), 'paid/delivered');
    assert.equal(states(after(order, undelivered)), 'paid/rejected');
  });

  it('takes a repeated callback as no news and a contradicting one as a case for a person', () => {
    const done = after(freshOrder(), accepted, seen, claimed, sent, delivered);
    assert.equal(applyEvent(done, delivered, T0 + 60_000), undefined);
    const contradicted = after(done, undelivered);
    assert.equal(states(contradicted), 'paid/delivered');
    assert.equal(orderStatus(contradicted), 'attention');
  });
});

describe('a complaint with an M-Pesa code', () => {
  const complaint = (receipt: string): OrderEvent => ({ type: 'complaint', receipt });

  it('puts the order before a person until staff or a delivery settles it', () => {
    const gone = after(freshOrder(), accepted, expired, complaint('SG722NMVXQ'));
    assert.equal(orderStatus(gone), 'attention');
    assert.equal(isSettled(gone), false);
    const done = after(gone, seen, claimed, sent, delivered);
    assert.equal(orderStatus(done), 'delivered');
  });

  it('is taken once per code and three times at most', () => {
    const once = after(freshOrder(), accepted, expired, complaint('SG722NMVXQ'), complaint('SG722NMVXQ'));
    assert.equal(once.attention.length, 1);
    const often = after(once, ...['AAAAAAAAA1', 'AAAAAAAAA2', 'AAAAAAAAA3'].map(complaint));
    assert.equal(often.attention.length, 3);
  });
});

describe('staff actions', () => {
  const by = 'Asha';
  const facts = { by, at: T0 + 100_000 };
  const reason = 'seen in the M-Pesa statement';
  const refuses = (act: () => unknown, code: string, field?: string): void => {
    assert.throws(act, (error) => error instanceof AppError && error.code === code && error.field === field);
  };

  it('confirm a payment that the gateway could not tell, with its code', () => {
    const unknown = after(freshOrder(), { type: 'stk-unknown', reason: 'time-out' });
    const { order } = applyStaffAction(
      unknown,
      { action: 'confirm-payment', reason, receipt: 'SG722NMVXQ' },
      facts,
    );
    assert.equal(states(order), 'paid/queued');
  });

  it('refuse a code that another order carries', () => {
    const unknown = after(freshOrder(), { type: 'stk-unknown', reason: 'time-out' });
    refuses(
      () =>
        applyStaffAction(
          unknown,
          { action: 'confirm-payment', reason, receipt: 'SG722NMVXQ' },
          { ...facts, receiptOf: 'TESTBBB2' },
        ),
      'conflict',
      'receipt',
    );
  });

  it('name the missing field', () => {
    const unknown = after(freshOrder(), { type: 'stk-unknown', reason: 'time-out' });
    refuses(
      () => applyStaffAction(unknown, { action: 'confirm-payment', reason }, facts),
      'invalid',
      'receipt',
    );
    refuses(() => applyStaffAction(unknown, { action: 'cancel' }, facts), 'invalid', 'reason');
  });

  it('send again only what was not delivered', () => {
    const trouble = after(freshOrder(), accepted, seen, claimed, rejected);
    assert.equal(states(applyStaffAction(trouble, { action: 'resend', reason }, facts).order), 'paid/queued');
    const fine = after(freshOrder(), accepted, seen, claimed, sent);
    refuses(() => applyStaffAction(fine, { action: 'resend', reason }, facts), 'conflict');
  });

  it('record a refund once, and it ends every delivery', () => {
    const trouble = after(freshOrder(), accepted, seen, claimed, rejected);
    const request = { action: 'mark-refunded', reason, receipt: 'SH11AAAAAA', amountKes: 95 } as const;
    const { order } = applyStaffAction(trouble, request, facts);
    assert.equal(states(order), 'refunded/cancelled');
    assert.equal(orderStatus(order), 'refunded');
    refuses(() => applyStaffAction(order, request, facts), 'conflict');
    refuses(() => applyStaffAction(trouble, { ...request, amountKes: 96 }, facts), 'invalid', 'amountKes');
    refuses(
      () => applyStaffAction(trouble, { ...request, receipt: 'SG722NMVXQ' }, facts),
      'invalid',
      'receipt',
    );
  });

  it('do not cancel what is being sent this moment', () => {
    refuses(
      () =>
        applyStaffAction(after(freshOrder(), accepted, seen, claimed), { action: 'cancel', reason }, facts),
      'conflict',
    );
  });
});

const anyEvent: fc.Arbitrary<OrderEvent> = fc.constantFrom<OrderEvent>(
  accepted,
  { type: 'stk-refused', cause: 'gateway', reason: 'no' },
  { type: 'stk-unknown', reason: 'time-out' },
  seen,
  { type: 'payment-seen', receipt: 'SG722NMVXQ', amountKes: 1 },
  { type: 'payment-seen', receipt: 'SG722NMVXQ', receiptOf: 'TESTBBB2' },
  failed,
  expired,
  { type: 'watch-ended' },
  { type: 'complaint', receipt: 'SG722NMVX9' },
  claimed,
  { type: 'delivery-held', cause: 'spacing', reason: 'spacing', notBefore: T0 },
  { type: 'delivery-held', cause: 'float', reason: 'float', notBefore: T0 },
  { type: 'delivery-released' },
  sent,
  rejected,
  unknownSend,
  delivered,
  undelivered,
);
const anyStaffStep = fc.constantFrom(
  'confirm-payment',
  'resend',
  'mark-delivered',
  'mark-refunded',
  'cancel',
);

describe('any history of an order', () => {
  it('stays within the tables, needs payment before delivery, and never sends a second time by itself', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 5, arbitrary: anyEvent }, anyStaffStep), { maxLength: 40 }),
        (steps) => {
          let order = freshOrder();
          let mayHaveBeenTaken = false;
          let personAsked = false;
          for (const [index, step] of steps.entries()) {
            const at = T0 + index * 1_000;
            const next =
              typeof step === 'string' ? staffStep(order, step, at) : applyEvent(order, step, at)?.order;
            if (!next) continue;
            checkOrderChange(order, next);
            if (step === 'resend') personAsked = true;
            if (typeof step !== 'string' && step.type === 'delivery-claimed') {
              assert.equal(next.payment.state, 'paid');
              assert.ok(
                !mayHaveBeenTaken || personAsked,
                'a second POST although the first may have been taken',
              );
              mayHaveBeenTaken = true;
              personAsked = false;
            }
            if (order.delivery.state === 'submitting' && next.delivery.state === 'held')
              mayHaveBeenTaken = false;
            assert.ok(
              !(order.resolution && next.delivery.state === 'queued'),
              'queued after a person closed it',
            );
            order = next;
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('never leaves it before a person who can do nothing about it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 5, arbitrary: anyEvent }, anyStaffStep), { maxLength: 25 }),
        (steps) => {
          let order = freshOrder();
          for (const [index, step] of steps.entries()) {
            const at = T0 + index * 1_000;
            // A callback finds its order by the request id.
            const isLost = step === delivered || step === undelivered;
            if (isLost && order.delivery.requestId === undefined) continue;
            const next =
              typeof step === 'string' ? staffStep(order, step, at) : applyEvent(order, step, at)?.order;
            order = next ?? order;
          }
          // Of these the answer is on its way.
          if (order.payment.state === 'requesting' || order.delivery.state === 'submitting') return;
          assert.ok(canBeSettled(order, 3), `${states(order)}, ${order.resolution}, ${orderStatus(order)}`);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  /** With the codes and amounts that are true of it, in so many steps. */
  function canBeSettled(order: Order, steps: number): boolean {
    if (orderStatus(order) !== 'attention') return true;
    if (steps === 0) return false;
    const { receipt = 'SG722NMVXQ' } = order.payment;
    return (['mark-delivered', 'confirm-payment', 'mark-refunded', 'cancel', 'resend'] as const).some(
      (action) => {
        const codes = { receipt: action === 'mark-refunded' ? `RF${steps}1AAAAAA` : receipt };
        const next = staffStep(order, action, order.updatedAt, codes);
        return next !== undefined && canBeSettled(next, steps - 1);
      },
    );
  }

  function staffStep(order: Order, action: string, at: number, codes = {}): Order | undefined {
    const request = {
      action,
      reason: 'because',
      receipt: 'SH11AAAAAA',
      amountKes: 50,
      ...codes,
    } as Parameters<typeof applyStaffAction>[1];
    try {
      return applyStaffAction(order, request, { by: 'Asha', at }).order;
    } catch (error) {
      if (error instanceof AppError) return undefined;
      throw error;
    }
  }
});

describe('the store guard', () => {
  it('refuses steps that are in no table', () => {
    const order = after(freshOrder(), accepted);
    const impossible: Order[] = [
      { ...order, payment: { ...order.payment, state: 'refunded' } },
      { ...order, delivery: { ...order.delivery, state: 'queued' } },
      { ...order, delivery: { ...order.delivery, state: 'sent' } },
      { ...order, payableKes: 1 },
      { ...order, payerPhone: '254700000009' },
      { ...order, delivery: { ...order.delivery, attempts: 1 } },
      { ...order, payment: { ...order.payment, checkoutRequestId: 'ws_CO_2' } },
    ];
    for (const next of impossible) assert.throws(() => checkOrderChange(order, next), AppError);
    assert.throws(() => checkOrderChange(order, undefined), AppError);
    assert.throws(() => checkOrderChange(undefined, order), AppError, 'an order does not begin as prompted');
  });

  it('lets a payment’s code give way to that of the one payment that really came in, once, and to no other', () => {
    const order = after(freshOrder(), accepted, seen);
    const as = (receipt: string, isSame: boolean): Order => {
      const second = { at: T0, amountKes: 95, receipt: 'SG822NMVXQ', ...(isSame && { isSame }) };
      return { ...order, payment: { ...order.payment, receipt, second } };
    };
    const { receipt = '' } = order.payment;
    const doubted = as(receipt, false);
    checkOrderChange(doubted, as('SG822NMVXQ', true));
    assert.throws(() => checkOrderChange(doubted, as('SG822NMVXQ', false)), AppError);
    assert.throws(() => checkOrderChange(doubted, as('SG922NMVXQ', true)), AppError);
    assert.throws(() => checkOrderChange(as('SG822NMVXQ', true), as(receipt, true)), AppError);
  });

  it('delivers nothing by itself after a restored backup, whatever the order was waiting for', () => {
    const restored: OrderEvent = { type: 'restored', takenAt: T0 };
    const prompted = after(freshOrder(), accepted, restored);
    assert.equal(states(prompted), 'prompted/none');
    assert.equal(states(after(prompted, seen)), 'paid/unknown');
    assert.equal(orderStatus(after(prompted, seen)), 'attention');
    assert.equal(notice(prompted, seen), 'delivery-problem');
    assert.equal(states(after(freshOrder(), restored)), 'unknown/none');
    assert.equal(states(after(freshOrder(), accepted, seen, restored)), 'paid/unknown');
    assert.equal(states(after(freshOrder(), accepted, seen, claimed, restored)), 'paid/unknown');
    assert.equal(
      applyEvent(prompted, restored, T0 + 5),
      undefined,
      'a second look at the same backup changes nothing',
    );
  });

  it('refuses to forget whether airtime went out, except after a restored backup', () => {
    const queued = after(freshOrder(), accepted, seen);
    const forgotten: Order = { ...queued, delivery: { ...queued.delivery, state: 'unknown' } };
    assert.throws(() => checkOrderChange(queued, forgotten), /without a restored backup/);
    assert.doesNotThrow(() => checkOrderChange(queued, { ...forgotten, restoredFrom: T0 }));
  });
});
