import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/clock.ts';
import type { Order } from '../../shared/order.ts';

/**
 * When a payment is asked about: pure functions of what is stored, so that a restart carries every schedule on without having
 * written it anywhere.
 */

/** What the customer is told after this long without an answer; the asking goes on. */
export const PROMPT_EXPIRY_MS = 3 * MINUTE_MS;

/** Age of the prompt up to which the interval holds. */
const openLadder = [
  { untilMs: 1 * MINUTE_MS, everyMs: 3 * SECOND_MS },
  { untilMs: 2 * MINUTE_MS, everyMs: 5 * SECOND_MS },
  { untilMs: 10 * MINUTE_MS, everyMs: 15 * SECOND_MS },
  { untilMs: 1 * HOUR_MS, everyMs: 1 * MINUTE_MS },
  { untilMs: 6 * HOUR_MS, everyMs: 5 * MINUTE_MS },
  { untilMs: 48 * HOUR_MS, everyMs: 15 * MINUTE_MS },
] as const;

/** Age of a "declined" at which it is asked again: M-Pesa reports late successes. */
const declinedLadder = [1 * MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 1 * DAY_MS] as const;

/** How soon a question is put again that fell into a gateway's outage, where the ladder would wait for long or end. */
const UNANSWERED_RETRY_MS = 15 * MINUTE_MS;
/** A gateway that has been silent to every question for so long after the last rung gives no answer any more. */
const UNANSWERED_FOR_MS = 4 * DAY_MS;

export type NextStep =
  /** Ask the gateway at this time. */
  | { readonly at: number; readonly step: 'ask' }
  /** Tell the customer that time ran out. */
  | { readonly at: number; readonly step: 'expire' }
  /** The last ask has been made: note it. */
  | { readonly at: number; readonly step: 'end' };

/**
 * @param lastAskAt when the gateway was last asked about this order by this process; undefined: not yet.
 * @param noAskBefore the gateway is being left alone until then; telling the customer does not wait for it.
 * @param wasUnanswered the last ask could not be answered (an outage, 429, keys missing): the ladder neither ends with it nor waits a day.
 * @returns undefined for a payment that needs no asking.
 */
export function nextPaymentStep(
  order: Order,
  lastAskAt: number | undefined,
  noAskBefore = 0,
  wasUnanswered = false,
): NextStep | undefined {
  const { payment } = order;
  if (payment.checkoutRequestId === undefined || payment.promptedAt === undefined) return undefined;
  if (payment.watchEndedAt !== undefined) return undefined;
  if (payment.state === 'declined') {
    const from = payment.declinedAt ?? payment.promptedAt;
    const next = nextDeclined(from, lastAskAt);
    return delayed((wasUnanswered && askAgain(next, from, lastAskAt)) || next, noAskBefore);
  }
  if (payment.state !== 'prompted' && payment.state !== 'expired') return undefined;
  const end: NextStep = { at: payment.promptedAt + 48 * HOUR_MS, step: 'end' };
  const due =
    nextOpen(payment.promptedAt, lastAskAt) ??
    (wasUnanswered ? askAgain(end, payment.promptedAt, lastAskAt) : undefined);
  const ask = due && delayed(due, noAskBefore);
  if (payment.state === 'prompted') {
    const expiresAt = payment.promptedAt + PROMPT_EXPIRY_MS;
    if (!ask || expiresAt <= ask.at) return { at: expiresAt, step: 'expire' };
  }
  return ask ?? end;
}

/** The question that got no answer, once more, if that is sooner than what the ladder says. */
function askAgain(next: NextStep, from: number, lastAskAt: number | undefined): NextStep | undefined {
  if (lastAskAt === undefined || lastAskAt - from > UNANSWERED_FOR_MS) return undefined;
  const at = lastAskAt + UNANSWERED_RETRY_MS;
  return next.step === 'end' || at < next.at ? { at, step: 'ask' } : undefined;
}

function delayed(next: NextStep, noAskBefore: number): NextStep {
  return next.step === 'ask' ? { ...next, at: Math.max(next.at, noAskBefore) } : next;
}

function nextOpen(promptedAt: number, lastAskAt: number | undefined): NextStep | undefined {
  const from = Math.max(lastAskAt ?? promptedAt, promptedAt);
  const rung = openLadder.find(({ untilMs }) => from - promptedAt < untilMs);
  return rung && { at: from + rung.everyMs, step: 'ask' };
}

function nextDeclined(declinedAt: number, lastAskAt: number | undefined): NextStep {
  // The answer that declined it was itself an ask.
  const from = Math.max(lastAskAt ?? declinedAt, declinedAt);
  const offset = declinedLadder.find((offsetMs) => declinedAt + offsetMs > from);
  if (offset === undefined) return { at: from, step: 'end' };
  return { at: declinedAt + offset, step: 'ask' };
}
