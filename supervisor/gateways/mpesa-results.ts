import type { DeclineCause } from '../../shared/order.ts';

/** M-Pesa's result codes of a payment that was not made (docs/gateways.md, section 3). */
const DECLINES: ReadonlyMap<string, DeclineCause> = new Map<string, DeclineCause>([
  ['1', 'no-funds'],
  ['2', 'limit'],
  ['3', 'limit'],
  ['4', 'limit'],
  ['8', 'limit'],
  ['17', 'busy'],
  ['26', 'busy'],
  ['1001', 'busy'],
  ['1019', 'no-answer'],
  ['1025', 'busy'],
  ['1032', 'cancelled'],
  ['1037', 'no-answer'],
  ['2001', 'wrong-pin'],
  ['8006', 'other'],
  ['9999', 'busy'],
]);

/** "Still processing": the payment may yet be made. On a push, 500.001.1001 means something else: nothing was started. */
const PROCESSING: ReadonlySet<string> = new Set(['4999', '500.001.1001']);
export const UNABLE_TO_LOCK = '500.001.1001';

/** What gateways write where they give no code. Only for people's eyes and the customer's text; never decides about money. */
const WORDS: ReadonlyArray<readonly [RegExp, DeclineCause]> = [
  [/cancel/i, 'cancelled'],
  [/wrong pin|invalid pin|initiator information/i, 'wrong-pin'],
  [/insufficient/i, 'no-funds'],
  [/limit|maximum|minimum/i, 'limit'],
  [/time.?out|timed out|no response|unreachable|cannot be reached|expired/i, 'no-answer'],
  [/in process|lock subscriber|busy/i, 'busy'],
];

/** The first code among them that says why a payment was not made. */
export function declineOf(codes: readonly string[]): DeclineCause | undefined {
  for (const code of codes) {
    const cause = DECLINES.get(code);
    if (cause) return cause;
  }
  return undefined;
}

export function saysProcessing(codes: readonly string[]): boolean {
  return codes.some((code) => PROCESSING.has(code));
}

export function causeFromWords(text: string): DeclineCause | undefined {
  return WORDS.find(([pattern]) => pattern.test(text))?.[1];
}
