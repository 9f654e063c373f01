import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/clock.ts';
import type { CallResult } from '../../supervisor/gateways/http-call.ts';
import type { StkPushRequest } from '../../supervisor/gateways/types.ts';
import type { Engine } from './engine.ts';
import type { Post, Prompt, SetId, TopUp } from './money-facts.ts';
import type { Random } from './random.ts';

/** A time during which something is down. */
interface Window {
  readonly from: number;
  readonly to: number;
}

export interface Troubles {
  readonly shadowPay: readonly Window[];
  readonly statum: readonly Window[];
  /** Statum answers 401. */
  readonly rejectedKeys: readonly Window[];
  /** The platform has no keys at all. */
  readonly missingKeys: readonly Window[];
  /** Probability that a single call goes wrong. */
  readonly callFaults: number;
}

export interface Reply {
  readonly answer: CallResult;
  readonly answerMs: number;
}

const inside = (windows: readonly Window[], at: number): boolean =>
  windows.some(({ from, to }) => at >= from && at < to);

const answered = (status: number, body: unknown): CallResult => ({
  kind: 'answered',
  status,
  body,
  retryAfterMs: undefined,
});
const timedOut: CallResult = { kind: 'no-answer', reason: 'time-out' };
const notSent: CallResult = { kind: 'not-sent', reason: 'ECONNREFUSED' };
/** Answers that tell nothing. */
const nonsense: readonly CallResult[] = [
  answered(500, undefined),
  answered(502, { message: 'Bad gateway' }),
  answered(200, undefined),
  answered(200, []),
  timedOut,
  { kind: 'no-answer', reason: 'ECONNRESET' },
];

/**
 * Shadow Pay, the M-Pesa customers behind it, and Statum, as they really are; their raw answers are the product's to read. What is
 * kept here is the truth that everything else is judged by.
 */
export class MoneyWorld {
  readonly prompts: Prompt[] = [];
  readonly topUps: TopUp[] = [];
  /** Codes that staff have for an order beside the prompt's; `isOther`: of a payment of its own. */
  readonly byHand = new Map<string, { readonly receipt: string; readonly isOther: boolean }>();
  readonly posts: Post[] = [];
  /** Orders whose push was certainly refused. */
  readonly refusedPushes = new Set<string>();
  readonly floatKes: Record<SetId, number> = { simulated: 1_000_000, environment: 1_000_000 };
  /** Changed keys: each change makes a new version of the set. */
  readonly keyVersions: Record<SetId, number> = { simulated: 1, environment: 1 };
  readonly calls = { push: 0, status: 0, airtime: 0, balance: 0 };
  readonly #engine: Engine;
  readonly #random: Random;
  readonly #troubles: Troubles;
  readonly #byId = new Map<string, Prompt>();
  readonly #byReference = new Map<string, Prompt>();
  readonly #topUpsOf = new Map<string, TopUp[]>();
  readonly #onTopUp: (topUp: TopUp, answerMs: number) => void;

  constructor(options: {
    engine: Engine;
    random: Random;
    troubles: Troubles;
    /** Airtime was taken; `answerMs` from now the caller hears of it, if ever. */
    onTopUp: (topUp: TopUp, answerMs: number) => void;
  }) {
    this.#engine = options.engine;
    this.#random = options.random;
    this.#troubles = options.troubles;
    this.#onTopUp = options.onTopUp;
  }

  get keysMissing(): boolean {
    return inside(this.#troubles.missingKeys, this.#engine.now);
  }

  /** The first prompt that was sent for an order; there must be no other. */
  promptOf(orderNo: string): Prompt | undefined {
    return this.#byReference.get(orderNo);
  }

  /** The code of the payment that was really made for an order. */
  receiptOf(orderNo: string): string | undefined {
    const prompt = this.promptOf(orderNo);
    return prompt?.paidAt === undefined ? undefined : prompt.receipt;
  }

  /** A customer pays for an order past its prompt, at the till; the gateway knows nothing of it. @returns the code of that payment */
  payAtTill(orderNo: string): string {
    const receipt = `TL${String(this.byHand.size).padStart(8, '0')}`;
    this.byHand.set(orderNo, { receipt, isOther: true });
    return receipt;
  }

  /** Somebody reads the code of the prompt's own payment wrongly off a screen. */
  misread(orderNo: string): string {
    const receipt = `TY${String(this.byHand.size).padStart(8, '0')}`;
    this.byHand.set(orderNo, { receipt, isOther: false });
    return receipt;
  }

  /** Whether two payments were really made for an order. */
  wasPaidTwice(orderNo: string): boolean {
    return this.byHand.get(orderNo)?.isOther === true && this.receiptOf(orderNo) !== undefined;
  }

  /** Airtime that really went out for an order. */
  topUpsOf(orderNo: string): readonly TopUp[] {
    return this.#topUpsOf.get(orderNo) ?? [];
  }

  push(setId: SetId, keyVersion: number, request: StkPushRequest): Reply {
    this.calls.push += 1;
    const random = this.#random;
    const fault = this.#fault(this.#troubles.shadowPay);
    const refuse = (answer: CallResult): Reply => {
      this.refusedPushes.add(request.reference);
      return { answer, answerMs: random.int(20, 3_000) };
    };
    switch (fault) {
      case 'dead':
        return random.chance(0.5) ? refuse(notSent) : { answer: timedOut, answerMs: 30 * SECOND_MS };
      case 'before':
        return this.#nonsense(30);
      case 'refused':
        return refuse(
          random.pick([
            notSent,
            answered(200, { success: false, message: 'Insufficient service balance' }),
            answered(401, { success: false, message: 'Invalid API credentials', error_code: 'AUTH_FAILED' }),
            answered(400, { success: false, message: 'Invalid phone', error_code: 'INVALID_PHONE' }),
          ]),
        );
      case 'after':
        this.#prompt(setId, keyVersion, request, 'unheard');
        return this.#nonsense(30);
      case 'no-id':
        this.#prompt(setId, keyVersion, request, 'unheard');
        return {
          answer: answered(200, { success: true, message: 'Sent' }),
          answerMs: random.int(100, 2_000),
        };
      case undefined: {
        const { id } = this.#prompt(setId, keyVersion, request, 'heard');
        const body = { success: true, message: 'STK push sent', checkout_request_id: id };
        return {
          answer: answered(200, random.chance(0.1) ? { success: true, data: body } : body),
          answerMs: random.chance(0.05) ? random.int(5_000, 25_000) : random.int(200, 3_000),
        };
      }
    }
  }

  status(keyVersion: number, id: string): Reply {
    this.calls.status += 1;
    const random = this.#random;
    const answerMs = random.int(30, 600);
    const fault = this.#fault(this.#troubles.shadowPay);
    if (fault === 'dead') {
      return random.chance(0.5)
        ? { answer: notSent, answerMs }
        : { answer: timedOut, answerMs: 20 * SECOND_MS };
    }
    const prompt = this.#byId.get(id);
    // "success: false" says that Shadow Pay could not tell, whatever status stands beside it.
    const couldNotTell = answered(200, {
      success: false,
      status: random.pick(['failed', 'pending', 'completed']),
      message: 'Could not query the transaction',
    });
    if (prompt?.keyVersion !== keyVersion || fault === 'refused') return { answer: couldNotTell, answerMs };
    if (fault) return this.#nonsense(20);
    const now = this.#engine.now;
    if (prompt.visibleAt !== undefined && now >= prompt.visibleAt)
      return { answer: this.#completed(prompt), answerMs };
    if (prompt.failsAt !== undefined && now >= prompt.failsAt) {
      prompt.saidFailed = true;
      const body = {
        success: true,
        status: prompt.failCode === '1032' && random.chance(0.5) ? 'cancelled' : 'failed',
        result_code: prompt.failCode,
        message: 'The request was not completed',
        // A transaction field beside "failed" is no proof of anything.
        ...(random.chance(0.2) && { transaction: 'FAILED0000' }),
      };
      return { answer: answered(200, body), answerMs };
    }
    const pending = random.pick([
      answered(200, { success: true, status: 'pending', message: 'Waiting' }),
      answered(200, {
        success: true,
        status: 'failed',
        result_code: '4999',
        message: 'Still being processed',
      }),
      answered(200, { success: true, message: 'Nothing yet' }),
      couldNotTell,
    ]);
    return { answer: pending, answerMs };
  }

  /** @param claim the order whose claim this POST belongs to, as far as anybody can tell. */
  airtime(setId: SetId, request: { phone: string; amountKes: number }, claim: string): Reply {
    this.calls.airtime += 1;
    const random = this.#random;
    const answerMs = random.chance(0.1) ? random.int(3_000, 25_000) : random.int(200, 2_500);
    const note = (possiblyAccepted: boolean): void => {
      this.posts.push({ at: this.#engine.now, orderNo: claim, setId, possiblyAccepted, ...request });
    };
    const refuse = (answer: CallResult): Reply => {
      note(false);
      return { answer, answerMs };
    };
    const fault = this.#fault(this.#troubles.statum);
    if (fault === 'dead' || fault === 'before') {
      if (fault === 'dead' && random.chance(0.7)) return refuse(notSent);
      note(true);
      return this.#nonsense(30);
    }
    if (inside(this.#troubles.rejectedKeys, this.#engine.now))
      return refuse(answered(401, { status_code: 401, description: 'Unauthorized' }));
    if (fault === 'refused') {
      return refuse(
        random.pick([
          answered(422, { status_code: 422, description: 'Validation failed.', request_id: 'refused' }),
          answered(429, {
            status_code: 429,
            description: 'Too many requests; the request was not processed',
          }),
          notSent,
        ]),
      );
    }
    if (this.floatKes[setId] < request.amountKes) {
      return refuse(
        answered(402, { status_code: 402, description: 'Insufficient funds.', request_id: 'refused' }),
      );
    }
    note(true);
    const lost = fault === 'after' || fault === 'no-id';
    const reply = lost ? this.#nonsense(30) : undefined;
    const requestId = this.#topUp(setId, request, claim, reply?.answerMs ?? answerMs);
    if (reply) return reply;
    return {
      answer: answered(200, {
        status_code: random.chance(0.3) ? '200' : 200,
        description: 'Operation successful.',
        request_id: requestId,
      }),
      answerMs,
    };
  }

  balance(setId: SetId): Reply {
    this.calls.balance += 1;
    const answerMs = this.#random.int(50, 800);
    const fault = this.#fault(this.#troubles.statum);
    if (fault === 'dead') return { answer: notSent, answerMs };
    if (fault) return this.#nonsense(15);
    return {
      answer: answered(200, {
        status_code: 200,
        description: 'ok',
        organization: { name: 'Platform', details: { available_balance: this.floatKes[setId] + 0.15 } },
      }),
      answerMs,
    };
  }

  #completed(prompt: Prompt): CallResult {
    const random = this.#random;
    const { echo, receipt, amountKes, phone } = prompt;
    const other = this.prompts.find(({ id, visibleAt }) => id !== prompt.id && visibleAt !== undefined);
    const facts = {
      success: true,
      status: random.pick(['completed', 'Completed', 'success']),
      ...(echo !== 'no-receipt' && {
        [random.pick(['transaction_code', 'mpesa_receipt', 'tx'])]:
          echo === 'used-receipt' ? (other?.receipt ?? receipt) : receipt,
      }),
      ...(echo === 'right' && { amount: amountKes, phone }),
      ...(echo === 'wrong-amount' && { amount: amountKes + 1 }),
      ...(echo === 'wrong-phone' && { phone_number: '254700999999' }),
    };
    return answered(200, random.chance(0.15) ? { success: true, data: facts } : facts);
  }

  #nonsense(timeoutSeconds: number): Reply {
    const answer = this.#random.pick(nonsense);
    return {
      answer,
      answerMs: answer === timedOut ? timeoutSeconds * SECOND_MS : this.#random.int(50, 10_000),
    };
  }

  #fault(dead: readonly Window[]): 'dead' | 'before' | 'after' | 'no-id' | 'refused' | undefined {
    if (inside(dead, this.#engine.now)) return 'dead';
    if (!this.#random.chance(this.#troubles.callFaults)) return undefined;
    return this.#random.pick(['before', 'after', 'no-id', 'refused']);
  }

  #prompt(setId: SetId, keyVersion: number, request: StkPushRequest, answer: 'heard' | 'unheard'): Prompt {
    const random = this.#random;
    const at = this.#engine.now;
    const closesAt = at + random.int(60, 100) * SECOND_MS;
    const fate = random.weighted({ pays: 76, declines: 9, ignores: 7, late: answer === 'heard' ? 8 : 0 });
    const paidAt =
      fate === 'pays' ? at + random.int(4, 50) * SECOND_MS : fate === 'late' ? closesAt : undefined;
    // What the gateway knows comes some time after what happened; what it learns late it may have denied before.
    const lateMs = random.chance(0.7) ? random.int(1, 90) * MINUTE_MS : random.int(1, 20) * HOUR_MS;
    const slowMs = random.chance(0.1) ? random.int(1, 20) * MINUTE_MS : random.int(0, 15) * SECOND_MS;
    const denied = fate === 'late' ? random.chance(0.6) : fate !== 'pays' && random.chance(0.85);
    const prompt: Prompt = {
      id: `ws_CO_${this.prompts.length + 1}`,
      setId,
      keyVersion,
      reference: request.reference,
      phone: request.phone,
      amountKes: request.amountKes,
      at,
      closesAt,
      paidAt,
      receipt: receiptNo(this.prompts.length),
      failsAt: denied ? (fate === 'declines' ? at + random.int(5, 50) * SECOND_MS : closesAt) : undefined,
      failCode: fate === 'declines' ? random.pick(['1032', '2001', '1']) : '1037',
      visibleAt: paidAt === undefined ? undefined : paidAt + (fate === 'late' ? lateMs : slowMs),
      echo: random.weighted({
        nothing: 50,
        right: 40,
        'wrong-amount': 1.5,
        'wrong-phone': 1.5,
        'used-receipt': 2,
        'no-receipt': 3,
      }),
      saidFailed: false,
    };
    this.prompts.push(prompt);
    this.#byId.set(prompt.id, prompt);
    if (!this.#byReference.has(prompt.reference)) this.#byReference.set(prompt.reference, prompt);
    return prompt;
  }

  #topUp(
    setId: SetId,
    request: { phone: string; amountKes: number },
    orderNo: string,
    answerMs: number,
  ): string {
    const topUp: TopUp = {
      requestId: `rq-${this.topUps.length + 1}`,
      setId,
      orderNo,
      at: this.#engine.now,
      acknowledged: new Set(),
      called: new Set(),
      ...request,
    };
    this.floatKes[setId] -= request.amountKes;
    this.topUps.push(topUp);
    this.#topUpsOf.set(orderNo, [...this.topUpsOf(orderNo), topUp]);
    this.#onTopUp(topUp, answerMs);
    return topUp.requestId;
  }
}

/** Ten upper-case alphanumerics, each number another. */
function receiptNo(n: number): string {
  return `SG${n.toString(36).toUpperCase().padStart(8, '0')}`;
}
