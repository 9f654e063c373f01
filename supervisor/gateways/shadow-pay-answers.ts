import { parsePhone } from '../../shared/phone.ts';
import { cleanReason, idOf, type Layer, layersOf, numberOf, textOf, textsOf } from './answer-fields.ts';
import type { CallResult } from './http-call.ts';
import { causeFromWords, declineOf, saysProcessing, UNABLE_TO_LOCK } from './mpesa-results.ts';
import type { PaymentStatusAnswer, StkPushAnswer } from './types.ts';

/** Reads Shadow Pay's answers by meaning (docs/gateways.md, section 1). Pure. */

const CODE_NAMES = ['result_code', 'ResultCode', 'resultCode', 'errorCode', 'error_code'];
const REASON_NAMES = [
  'ResultDesc',
  'result_description',
  'result_desc',
  'errorMessage',
  'message',
  'error',
] as const;
const RECEIPT_NAMES = ['transaction_code', 'mpesa_receipt', 'transaction', 'tx'];
const PAID_WORDS: ReadonlySet<string> = new Set(['completed', 'success']);
const FAILED_WORDS: ReadonlySet<string> = new Set(['failed', 'cancelled', 'canceled']);

/** Client errors after which a request was certainly not carried out. 408, 409, 425 and 429 are not among them. */
const REFUSING_STATUSES: ReadonlySet<number> = new Set([400, 401, 402, 403, 404, 405, 415, 422]);
const MAY_HAVE_BEGUN = /time.?out|timed out|processing|in progress|pending/i;
const ALREADY_IN_PROCESS = /already in process|lock subscriber/i;

const isTrue = (layer: Layer | undefined): boolean => layer?.success === true;
const isFalse = (layer: Layer | undefined): boolean => {
  const success = layer?.success;
  return success === false || success === 0 || success === 'false';
};
const isOk = (status: number): boolean => status >= 200 && status < 300;

/** @param secrets never appear in a reason, even if the gateway repeats them. */
export function readStkPush(result: CallResult, secrets: readonly string[]): StkPushAnswer {
  const clean = (text: string) => cleanReason(text, secrets);
  if (result.kind === 'not-sent') {
    return { outcome: 'refused', cause: 'gateway', reason: clean(`Not sent: ${result.reason}`) };
  }
  if (result.kind === 'no-answer')
    return { outcome: 'unknown', reason: clean(`No answer: ${result.reason}`) };
  const { status, body } = result;
  const layers = layersOf(body);
  const reason = clean(`HTTP ${status}: ${textOf(layers, REASON_NAMES) ?? unreadable(layers)}`);
  const checkoutRequestId = idOf(layers, ['checkout_request_id', 'CheckoutRequestID'], secrets);
  const refused = layers.some(isFalse);

  if (isOk(status) && !refused) {
    return checkoutRequestId === undefined
      ? { outcome: 'unknown', reason: clean(`${reason} (no checkout_request_id)`) }
      : { outcome: 'accepted', checkoutRequestId };
  }
  const isRefusal = refused
    ? isOk(status) || (status >= 400 && status < 500 && status !== 408)
    : layers.length > 0 && REFUSING_STATUSES.has(status);
  if (!isRefusal) return { outcome: 'unknown', reason };

  const codes = textsOf(layers, CODE_NAMES);
  const cause =
    declineOf(codes) ??
    (codes.includes(UNABLE_TO_LOCK) || ALREADY_IN_PROCESS.test(reason) ? 'busy' : undefined);
  if (cause) return { outcome: 'refused', cause, reason };
  // Refused in one field and begun in another: with an id the status can be asked for, and only that decides.
  if (checkoutRequestId !== undefined) return { outcome: 'accepted', checkoutRequestId };
  if (saysProcessing(codes) || MAY_HAVE_BEGUN.test(reason)) return { outcome: 'unknown', reason };
  return { outcome: 'refused', cause: 'gateway', reason };
}

/** @param secrets never appear in a reason, even if the gateway repeats them. */
export function readPaymentStatus(result: CallResult, secrets: readonly string[]): PaymentStatusAnswer {
  const clean = (text: string) => cleanReason(text, secrets);
  if (result.kind !== 'answered') return { outcome: 'unavailable', reason: clean(result.reason) };
  const { status, body, retryAfterMs } = result;
  const layers = layersOf(body);
  if (!isOk(status) || layers.length === 0) {
    return {
      outcome: 'unavailable',
      reason: clean(`HTTP ${status}: ${textOf(layers, REASON_NAMES) ?? unreadable(layers)}`),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...((status === 401 || status === 403) && { keysRefused: true }),
    };
  }
  const said = textOf(layers, REASON_NAMES) ?? '';
  const word = statusWord(layers);
  const codes = textsOf(layers, CODE_NAMES);
  const decline = declineOf(codes);
  const pending = (why: string): PaymentStatusAnswer => ({ outcome: 'pending', reason: clean(why) });

  if (word === undefined) return pending(said || 'No status given');
  // "success: false" means that Shadow Pay could not tell; whatever else stands there.
  if (layers.some(isFalse)) return pending(said || 'Shadow Pay could not tell');
  if (PAID_WORDS.has(word)) {
    if (!isTrue(layers[0])) return pending(`Status "${word}" without success`);
    if (decline) return pending(`Status "${word}" contradicts result code ${codes.join(', ')}`);
    return { outcome: 'paid', ...paidFacts(layers) };
  }
  if (!FAILED_WORDS.has(word)) return pending(said || `Status "${word}"`);
  if (saysProcessing(codes)) return pending(said || 'Still being processed');
  if (codes.includes('0')) return pending(`Status "${word}" contradicts result code 0`);
  const fromWord = word === 'failed' ? undefined : 'cancelled';
  return {
    outcome: 'failed',
    cause: decline ?? fromWord ?? causeFromWords(said) ?? 'other',
    reason: clean(said || `Status "${word}"`),
  };
}

/**
 * The payment's status word. Where the envelope has one as well, a bare `success` of the envelope yields to the inner word; any
 * other disagreement is no status at all.
 */
function statusWord(layers: readonly Layer[]): string | undefined {
  const words = textsOf(layers, ['status']).map((word) => word.toLowerCase());
  const [outer, inner] = words;
  if (inner === undefined || inner === outer || outer === 'success') return inner ?? outer;
  return PAID_WORDS.has(outer ?? '') && PAID_WORDS.has(inner) ? inner : undefined;
}

function paidFacts(layers: readonly Layer[]): { receipt?: string; amountKes?: number; phone?: string } {
  const receipt = textsOf(layers, RECEIPT_NAMES)
    .map((text) => text.toUpperCase())
    .find((text) => /^[A-Z0-9]{10}$/.test(text));
  const amountKes = numberOf(layers, ['amount']);
  const phone = textsOf(layers, ['phone', 'phone_number']).map(readPayer).find(Boolean);
  return {
    ...(receipt === undefined ? {} : { receipt }),
    ...(amountKes === undefined ? {} : { amountKes }),
    ...(phone === undefined ? {} : { phone }),
  };
}

/** Any whole number, also a foreign one: it is compared with the phone that was asked. A masked one tells nothing. */
function readPayer(text: string): string | undefined {
  return parsePhone(text) ?? /^\+?(\d{9,15})$/.exec(text)?.[1];
}

const unreadable = (layers: readonly Layer[]): string =>
  layers.length > 0 ? 'no reason given' : 'unreadable answer';
