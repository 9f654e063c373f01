import type { Dispatcher } from 'undici';
import { SECOND_MS } from '../../shared/clock.ts';
import { type CallObserver, type CallResult, HttpCaller } from './http-call.ts';
import { readPaymentStatus, readStkPush } from './shadow-pay-answers.ts';
import type {
  PaymentStatusAnswer,
  ShadowPay,
  ShadowPayKeys,
  StkPushAnswer,
  StkPushRequest,
} from './types.ts';

export interface ShadowPayTimeouts {
  readonly connectMs: number;
  readonly pushMs: number;
  readonly statusMs: number;
}

/** What clients in the field use (docs/gateways.md, section 1). */
const TIMEOUTS: ShadowPayTimeouts = {
  connectMs: 10 * SECOND_MS,
  pushMs: 30 * SECOND_MS,
  statusMs: 20 * SECOND_MS,
};

/**
 * Shadow Pay's API at `baseUrl`: STK pushes and their status. One call is one HTTP request: nothing is ever repeated here.
 * @param options.dispatcher replaces the connection pool, time-outs of connecting included.
 */
export function createShadowPay(options: {
  readonly baseUrl: string;
  readonly timeouts?: Partial<ShadowPayTimeouts>;
  readonly dispatcher?: Dispatcher;
}): ShadowPay {
  return new ShadowPayClient(options);
}

class ShadowPayClient implements ShadowPay {
  readonly #timeouts: ShadowPayTimeouts;
  readonly #http: HttpCaller;

  constructor({ baseUrl, timeouts, dispatcher }: Parameters<typeof createShadowPay>[0]) {
    this.#timeouts = { ...TIMEOUTS, ...timeouts };
    this.#http = new HttpCaller({
      baseUrl,
      connectTimeoutMs: this.#timeouts.connectMs,
      ...(dispatcher ? { dispatcher } : {}),
    });
  }

  async stkPush(keys: ShadowPayKeys, push: StkPushRequest, observe?: CallObserver): Promise<StkPushAnswer> {
    requireWholeShillings(push.amountKes);
    const body = {
      payment_account_id: keys.accountId,
      phone: push.phone,
      amount: push.amountKes,
      reference: push.reference,
      description: push.description,
    };
    const result = await this.#post(keys, 'stkpush.php', body, this.#timeouts.pushMs, observe);
    return readStkPush(result, secretsOf(keys));
  }

  async status(
    keys: ShadowPayKeys,
    checkoutRequestId: string,
    observe?: CallObserver,
  ): Promise<PaymentStatusAnswer> {
    const body = { checkout_request_id: checkoutRequestId };
    const result = await this.#post(keys, 'status.php', body, this.#timeouts.statusMs, observe);
    return readPaymentStatus(result, secretsOf(keys));
  }

  #post(
    keys: ShadowPayKeys,
    path: string,
    body: object,
    timeoutMs: number,
    observe: CallObserver | undefined,
  ): Promise<CallResult> {
    const headers = { 'X-API-Key': keys.apiKey, 'X-API-Secret': keys.apiSecret };
    return this.#http.call({ method: 'POST', path, headers, body, timeoutMs, observe });
  }
}

const secretsOf = ({ apiKey, apiSecret }: ShadowPayKeys): string[] => [apiKey, apiSecret];

function requireWholeShillings(amountKes: number): void {
  if (!Number.isSafeInteger(amountKes) || amountKes < 1) {
    throw new RangeError(`M-Pesa takes whole shillings only, not ${amountKes}`);
  }
}
