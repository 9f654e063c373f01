/** Statum's own bounds for one top-up, whole shillings (docs/gateways.md, fact 9). */
export const AIRTIME_MIN_KES = 5;
export const AIRTIME_MAX_KES = 10_000;

export type AmountProblem = 'empty' | 'not-a-number' | 'fraction' | 'negative' | 'too-long';
export type AmountReading = { ok: true; amountKes: number } | { ok: false; problem: AmountProblem };

/** `KES 100`, `Ksh100`, `Sh. 100`. A dot that touches the figure (`KES.100`) stays in it and is refused: it could mean cents. */
const CURRENCY_BEFORE = /^(?:kes|kshs?|shs?|bob|shillings?|shilingi)(?:\.?\s+|(?=[\d-]))/i;
const CURRENCY_AFTER = /\s*(?:\/[=-]?|kes|kshs?|shs?|bob|shillings?|shilingi)$/i;

/**
 * Reads an amount of whole shillings as people type it: `100`, `1,000`, `KES 100`, `100/=`, `100/`, `sh 100`.
 * Never guesses: a minus, an exponent, cents other than zero, another script's digits or any other character is refused,
 * because a misread amount is charged to a person's M-Pesa.
 */
export function parseAmount(written: string): AmountReading {
  const text = written.trim();
  if (text === '') return { ok: false, problem: 'empty' };
  if (text.length > 24) return { ok: false, problem: 'too-long' };
  const figure = text.replace(CURRENCY_BEFORE, '').replace(CURRENCY_AFTER, '').trim();
  if (/^[-\u2212\u2013]\s*\d/.test(figure)) return { ok: false, problem: 'negative' };
  const match = /^(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{1,2}))?$/.exec(figure);
  if (!match?.[1]) {
    if (/^\d{10,}$/.test(figure)) return { ok: false, problem: 'too-long' };
    return { ok: false, problem: /^\d[\d,]*\.\d+$/.test(figure) ? 'fraction' : 'not-a-number' };
  }
  if (match[2] !== undefined && Number(match[2]) !== 0) return { ok: false, problem: 'fraction' };
  return { ok: true, amountKes: Number(match[1].replaceAll(',', '')) };
}

/** `KES 1,000`. Whole shillings only; anything else is a defect of the caller. */
export function formatKes(amountKes: number): string {
  if (!Number.isSafeInteger(amountKes)) throw new RangeError(`Not whole shillings: ${amountKes}`);
  return `KES ${String(amountKes).replace(/\B(?=(?:\d{3})+$)/g, ',')}`;
}

/**
 * What a customer pays for airtime of `amountKes` at a discount of `discountPercent`.
 *
 * The rounding rule: M-Pesa takes whole shillings only, so the discount is rounded **down** to a whole shilling (the price up),
 * and a price is never below KES 1. KES 10 at 5 % costs KES 10; KES 20 at 5 % costs KES 19.
 *
 * @param discountPercent 0 to 100 with at most two decimals; worked in hundredths of a percent, never in binary fractions.
 */
export function payableFor(amountKes: number, discountPercent: number): number {
  if (!Number.isSafeInteger(amountKes) || amountKes < 1)
    throw new RangeError(`Not a positive amount: ${amountKes}`);
  if (!(discountPercent >= 0 && discountPercent <= 100))
    throw new RangeError(`Not a discount: ${discountPercent}`);
  const basisPoints = Math.round(discountPercent * 100);
  const discountKes = Math.floor((amountKes * basisPoints) / 10_000);
  return Math.max(1, amountKes - discountKes);
}
