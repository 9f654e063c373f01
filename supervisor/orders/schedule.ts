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
/** How soon, and until which age, a question is put again after the last rung when its answer was that the gateway could not tell. */
const UNTOLD_RETRY_MS = 1 * HOUR_MS;
const UNTOLD_UNTIL_MS = 2 * DAY_MS;
/** A gateway that has been silent to every question for so long after the last rung gives no answer any more. */
const UNANSWERED_FOR_MS = 4 * DAY_MS;

/**
 * What the last question brought, when that was no word on the payment: `silence` (an outage, 429, keys missing), or `nothing` (the gateway
 * answered that it could not tell, or that it is still waiting).
 */
export type Unanswered = 'silence' | 'nothing';

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
 * @param unanswered the ladder neither ends with silence nor waits a day after it; nor does it end with a "declined" that the gateway was
 *   asked about for the last time and could not tell of.
 * @returns undefined for a payment that needs no asking.
 */
export function nextPaymentStep(
  order: Order,
  lastAskAt: number | undefined,
  noAskBefore = 0,
  unanswered?: Unanswered,
): NextStep | undefined {
  const { payment } = order;
  if (payment.checkoutRequestId === undefined || payment.promptedAt === undefined) return undefined;
  if (payment.watchEndedAt !== undefined) return undefined;
  const confirmed = payment.promptUnsettled === true;
  if (payment.state === 'declined' || (confirmed && payment.declinedAt !== undefined)) {
    const from = payment.declinedAt ?? payment.promptedAt;
    const next = nextDeclined(from, lastAskAt);
    return delayed((unanswered && askAgain(unanswered, next, from, lastAskAt)) || next, noAskBefore);
  }
  if (payment.state !== 'prompted' && payment.state !== 'expired' && !confirmed) return undefined;
  const end: NextStep = { at: payment.promptedAt + 48 * HOUR_MS, step: 'end' };
  const due =
    nextOpen(payment.promptedAt, lastAskAt) ??
    // Till then it was waiting; that it still is does not put off the end.
    (unanswered === 'silence' ? askAgain(unanswered, end, payment.promptedAt, lastAskAt) : undefined);
  const ask = due && delayed(due, noAskBefore);
  if (payment.state === 'prompted') {
    const expiresAt = payment.promptedAt + PROMPT_EXPIRY_MS;
    if (!ask || expiresAt <= ask.at) return { at: expiresAt, step: 'expire' };
  }
  return ask ?? end;
}

/** The question that got no answer, once more, if that is sooner than what the ladder says. */
function askAgain(
  unanswered: Unanswered,
  next: NextStep,
  from: number,
  lastAskAt: number | undefined,
): NextStep | undefined {
  if (lastAskAt === undefined) return undefined;
  const isSilence = unanswered === 'silence';
  if (lastAskAt - from > (isSilence ? UNANSWERED_FOR_MS : UNTOLD_UNTIL_MS)) return undefined;
  const at = lastAskAt + (isSilence ? UNANSWERED_RETRY_MS : UNTOLD_RETRY_MS);
  return next.step === 'end' || (isSilence && at < next.at) ? { at, step: 'ask' } : undefined;
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
