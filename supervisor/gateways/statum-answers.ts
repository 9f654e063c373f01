import { asRecord, cleanReason, idOf, type Layer, layersOf, numberOf, textOf } from './answer-fields.ts';
import type { CallResult } from './http-call.ts';
import type { AirtimeAnswer, BalanceAnswer } from './types.ts';

/** Reads Statum's answers by meaning (docs/gateways.md, section 2). Pure. */

/** A 429 is taken as "not sent" only when it says so in words. */
const SAYS_NOT_SENT = /\bnot\s+(been\s+)?(sent|processed|accepted|submitted|queued)\b/i;

const isOk = (status: number): boolean => status >= 200 && status < 300;

/** @param secrets never appear in a reason, even if the gateway repeats them. */
export function readAirtime(result: CallResult, secrets: readonly string[]): AirtimeAnswer {
  const clean = (text: string) => cleanReason(text, secrets);
  if (result.kind === 'not-sent') {
    return { outcome: 'held', cause: 'gateway', reason: clean(`Not sent: ${result.reason}`) };
  }
  if (result.kind === 'no-answer')
    return { outcome: 'unknown', reason: clean(`No answer: ${result.reason}`) };
  const layers = layersOf(result.body);
  const reason = clean(describe(result.status, layers));
  const unknown: AirtimeAnswer = { outcome: 'unknown', reason };

  switch (meaningCode(result.status, layers)) {
    case 200: {
      const requestId = idOf(layers, ['request_id'], secrets);
      return requestId === undefined
        ? { outcome: 'unknown', reason: clean(`${reason} (no request_id)`) }
        : { outcome: 'accepted', requestId };
    }
    case 401:
    case 403:
      return { outcome: 'held', cause: 'credentials', reason };
    case 402:
      return layers.length > 0 ? { outcome: 'held', cause: 'float', reason } : unknown;
    case 422:
      return layers.length > 0 ? { outcome: 'rejected', reason } : unknown;
    case 429:
      return SAYS_NOT_SENT.test(reason) ? { outcome: 'held', cause: 'gateway', reason } : unknown;
    default:
      return unknown;
  }
}

/**
 * The code to judge by: the body's where HTTP says 200, else HTTP's. Undefined where the two cannot both be true: a refusal by HTTP
 * whose body says 200, or an HTTP 200 without any code.
 */
function meaningCode(status: number, layers: readonly Layer[]): number | undefined {
  const bodyCode = numberOf(layers, ['status_code']);
  if (isOk(status)) return bodyCode;
  if (status >= 400 && status < 500) return bodyCode === 200 ? undefined : status;
  return undefined;
}

/** @param secrets never appear in a reason, even if the gateway repeats them. */
export function readBalance(result: CallResult, secrets: readonly string[]): BalanceAnswer {
  if (result.kind !== 'answered')
    return { outcome: 'unavailable', reason: cleanReason(result.reason, secrets) };
  const layers = layersOf(result.body);
  const bodyCode = numberOf(layers, ['status_code']);
  if (isOk(result.status) && (bodyCode === undefined || bodyCode === 200)) {
    const balanceKes = numberOf(withAccountDetails(layers), ['available_balance']);
    if (balanceKes !== undefined) return { outcome: 'known', balanceKes };
  }
  return { outcome: 'unavailable', reason: cleanReason(describe(result.status, layers), secrets) };
}

/** Whether the old balance endpoint may know what account-details did not tell: not when the keys or the load are the trouble. */
export function mayAskLegacyBalance(result: CallResult): boolean {
  if (result.kind !== 'answered' || [401, 403, 429].includes(result.status)) return false;
  const bodyCode = numberOf(layersOf(result.body), ['status_code']);
  return bodyCode !== 401 && bodyCode !== 403 && bodyCode !== 429;
}

/** `organization.details` of account-details, after the layers that the legacy answer uses. */
function withAccountDetails(layers: readonly Layer[]): readonly Layer[] {
  return layers.flatMap((layer) => {
    const details = asRecord(asRecord(layer.organization)?.details);
    return details ? [details, layer] : [layer];
  });
}

function describe(status: number, layers: readonly Layer[]): string {
  const words = textOf(layers, ['description', 'message', 'error']);
  const problems = validationProblems(layers);
  const text = [words, ...problems].filter(Boolean).join(' ');
  const fallback = layers.length > 0 ? 'no reason given' : 'unreadable answer';
  return `HTTP ${status}: ${text || fallback}`;
}

/** The texts of `validation_errors`, or of the lists that stand at the root instead. */
function validationProblems(layers: readonly Layer[]): string[] {
  return layers.flatMap((layer) => {
    const errors = asRecord(layer.validation_errors);
    const found = errors ? Object.values(errors).flat() : Object.values(layer).filter(Array.isArray).flat();
    return found.filter((text) => typeof text === 'string');
  });
}
