import type { Dispatcher } from 'undici';
import { SECOND_MS } from '../../shared/clock.ts';
import { type CallObserver, type CallResult, HttpCaller } from './http-call.ts';
import { mayAskLegacyBalance, readAirtime, readBalance } from './statum-answers.ts';
import type { AirtimeAnswer, BalanceAnswer, Statum, StatumKeys } from './types.ts';

export interface StatumTimeouts {
  readonly connectMs: number;
  readonly airtimeMs: number;
  readonly balanceMs: number;
}

/** Statum's own SDKs wait 30 s (docs/gateways.md, section 2). */
const TIMEOUTS: StatumTimeouts = {
  connectMs: 10 * SECOND_MS,
  airtimeMs: 30 * SECOND_MS,
  balanceMs: 15 * SECOND_MS,
};

/**
 * Statum's API at `baseUrl`: airtime and the float's balance. One top-up is one HTTP request: nothing is ever repeated here.
 * @param options.dispatcher replaces the connection pool, time-outs of connecting included.
 */
export function createStatum(options: {
  readonly baseUrl: string;
  readonly timeouts?: Partial<StatumTimeouts>;
  readonly dispatcher?: Dispatcher;
}): Statum {
  return new StatumClient(options);
}

class StatumClient implements Statum {
  readonly #timeouts: StatumTimeouts;
  readonly #http: HttpCaller;

  constructor({ baseUrl, timeouts, dispatcher }: Parameters<typeof createStatum>[0]) {
    this.#timeouts = { ...TIMEOUTS, ...timeouts };
    this.#http = new HttpCaller({
      baseUrl,
      connectTimeoutMs: this.#timeouts.connectMs,
      ...(dispatcher ? { dispatcher } : {}),
    });
  }

  async sendAirtime(
    keys: StatumKeys,
    { phone, amountKes }: { readonly phone: string; readonly amountKes: number },
    observe?: CallObserver,
  ): Promise<AirtimeAnswer> {
    if (!Number.isSafeInteger(amountKes) || amountKes < 1) {
      throw new RangeError(`Airtime is sold in whole shillings, not ${amountKes}`);
    }
    const result = await this.#http.call({
      method: 'POST',
      path: 'airtime',
      headers: authorization(keys),
      // Both are strings (docs/gateways.md, fact 9).
      body: { phone_number: phone, amount: String(amountKes) },
      timeoutMs: this.#timeouts.airtimeMs,
      observe,
    });
    return readAirtime(result, secretsOf(keys));
  }

  async balance(keys: StatumKeys, observe?: CallObserver): Promise<BalanceAnswer> {
    const details = await this.#get(keys, 'account-details', observe);
    const answer = readBalance(details, secretsOf(keys));
    if (answer.outcome === 'known' || !mayAskLegacyBalance(details)) return answer;
    const legacy = readBalance(await this.#get(keys, 'account-balance', observe), secretsOf(keys));
    return legacy.outcome === 'known' ? legacy : answer;
  }

  #get(keys: StatumKeys, path: string, observe: CallObserver | undefined): Promise<CallResult> {
    const headers = authorization(keys);
    return this.#http.call({ method: 'GET', path, headers, timeoutMs: this.#timeouts.balanceMs, observe });
  }
}

const basic = ({ consumerKey, consumerSecret }: StatumKeys): string =>
  Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64');
const authorization = (keys: StatumKeys) => ({ authorization: `Basic ${basic(keys)}` });
const secretsOf = (keys: StatumKeys): string[] => [basic(keys), keys.consumerKey, keys.consumerSecret];
