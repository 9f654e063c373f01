import { formatKes } from '../shared/money.ts';
import type { DeclineCause, HoldCause, Order } from '../shared/order.ts';

/** One stage of a state machine as people see it. `problem` wants a person, `stopped` is a plain end. */
export interface Step {
  readonly label: string;
  readonly state: 'done' | 'current' | 'todo' | 'problem' | 'stopped';
  readonly note?: string;
  readonly at?: number;
}

const declineTexts: Record<DeclineCause, string> = {
  cancelled: 'The customer cancelled the prompt',
  'wrong-pin': 'Wrong M-Pesa PIN',
  'no-funds': 'Not enough money in M-Pesa',
  'no-answer': 'Nobody answered the prompt',
  limit: 'An M-Pesa limit was reached',
  busy: 'M-Pesa was busy',
  gateway: 'The gateway refused before any prompt went out',
  other: 'M-Pesa said no',
};

const holdTexts: Record<HoldCause, string> = {
  spacing: 'Waiting out the pause between equal top-ups',
  float: 'Waiting: the airtime float is too low',
  credentials: 'Waiting: the airtime keys do not work',
  gateway: 'Waiting: the airtime gateway cannot be reached',
};

const timed = (at: number | undefined): { at?: number } => (at === undefined ? {} : { at });
const noted = (note: string | undefined): { note?: string } => (note === undefined ? {} : { note });

/** The payment machine of an order as steps. */
export function paymentSteps({ payment }: Order): readonly Step[] {
  const asked: Step = { label: 'Requested', state: 'done', at: payment.requestedAt };
  const prompted: Step = { label: 'Prompt on phone', state: 'done', ...timed(payment.promptedAt) };
  switch (payment.state) {
    case 'requesting':
      return [
        { ...asked, state: 'current' },
        { label: 'Prompt on phone', state: 'todo' },
        { label: 'Paid', state: 'todo' },
      ];
    case 'prompted':
      return [
        asked,
        { ...prompted, state: 'current', note: 'Waiting for the PIN' },
        { label: 'Paid', state: 'todo' },
      ];
    case 'unknown':
      return [
        asked,
        {
          label: 'Outcome unknown',
          state: 'problem',
          note: payment.reason ?? 'The gateway gave no clear answer',
        },
        { label: 'Paid', state: 'todo' },
      ];
    case 'declined':
      return [
        asked,
        ...(payment.promptedAt === undefined ? [] : [prompted]),
        {
          label: 'Declined',
          state: 'stopped',
          note: payment.declineCause
            ? declineTexts[payment.declineCause]
            : (payment.reason ?? 'M-Pesa said no'),
          ...timed(payment.declinedAt),
        },
      ];
    case 'expired':
      return [asked, prompted, { label: 'Expired', state: 'stopped', note: 'Nobody answered in time' }];
    case 'review':
      return [
        asked,
        prompted,
        { label: 'Needs a look', state: 'problem', note: payment.reason ?? 'Paid, but not as agreed' },
      ];
    case 'paid':
    case 'refunded': {
      const paid: Step = {
        label: 'Paid',
        state: 'done',
        ...timed(payment.paidAt),
        ...noted(payment.receipt ? `M-Pesa ${payment.receipt}` : undefined),
      };
      const steps = [asked, prompted, paid, ...secondSteps(payment)];
      if (payment.state === 'paid') return steps;
      return [...steps, { label: 'Refunded', state: 'stopped', ...timed(payment.refund?.at) }];
    }
  }
}

/** What the prompt brought in besides a payment that was confirmed by hand. */
function secondSteps({ second }: Order['payment']): readonly Step[] {
  if (!second || second.isSame) return [];
  const code = second.receipt ? ` · M-Pesa ${second.receipt}` : '';
  const label = second.receipt ? 'Paid a second time' : 'Paid twice?';
  const came: Step = {
    label,
    state: 'problem',
    note: `${formatKes(second.amountKes)}${code}`,
    at: second.at,
  };
  if (!second.refund) return [came];
  const { amountKes, receipt, at } = second.refund;
  return [
    { ...came, state: 'done' },
    {
      label: 'Second one given back',
      state: 'done',
      note: `${formatKes(amountKes)} · M-Pesa ${receipt}`,
      at,
    },
  ];
}

/** The delivery machine of an order as steps. */
export function deliverySteps({ delivery, payment }: Order): readonly Step[] {
  const queued: Step = { label: 'Queued', state: 'done' };
  const sent: Step = { label: 'Sent to network', state: 'done', ...timed(delivery.submittedAt) };
  const todo = (label: string): Step => ({ label, state: 'todo' });
  switch (delivery.state) {
    case 'none': {
      const note = payment.state === 'paid' ? undefined : 'Starts when the payment is in';
      return [{ ...todo('Queued'), ...noted(note) }, todo('Sent to network'), todo('Airtime arrived')];
    }
    case 'queued':
      return [{ ...queued, state: 'current' }, todo('Sent to network'), todo('Airtime arrived')];
    case 'held': {
      const needsPerson = delivery.holdCause === 'float' || delivery.holdCause === 'credentials';
      const held: Step = {
        label: 'On hold',
        state: needsPerson ? 'problem' : 'current',
        ...noted(delivery.holdCause ? holdTexts[delivery.holdCause] : delivery.reason),
      };
      return [held, todo('Sent to network'), todo('Airtime arrived')];
    }
    case 'submitting':
      return [queued, { ...sent, state: 'current' }, todo('Airtime arrived')];
    case 'sent':
      return [
        queued,
        sent,
        { label: 'Airtime arrived', state: 'current', note: 'Accepted; the network confirms shortly' },
      ];
    case 'delivered':
      return [queued, sent, { label: 'Airtime arrived', state: 'done', ...timed(delivery.deliveredAt) }];
    case 'rejected':
      return [queued, sent, { label: 'Rejected', state: 'problem', ...noted(delivery.reason) }];
    case 'unknown':
      return [
        queued,
        {
          ...sent,
          state: 'problem',
          label: 'Outcome unknown',
          note: delivery.reason ?? 'The network gave no clear answer',
        },
        todo('Airtime arrived'),
      ];
    case 'cancelled':
      return [{ label: 'Cancelled', state: 'stopped', ...noted(delivery.reason) }];
  }
}
