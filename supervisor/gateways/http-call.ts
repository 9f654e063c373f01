import { Agent, type Dispatcher, request } from 'undici';
import { HOUR_MS, SECOND_MS } from '../../shared/clock.ts';
import { errorText } from '../../shared/errors.ts';
import { Gate } from './gate.ts';

/** What became of one HTTP call, sorted by what is certain. */
export type CallResult =
  /** The other side has answered; `body` is undefined when that was not a JSON object or array. */
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly body: unknown;
      readonly retryAfterMs: number | undefined;
    }
  /** Not a byte of the request has left: no connection came about. */
  | { readonly kind: 'not-sent'; readonly reason: string }
  /** The request may have been carried out. */
  | { readonly kind: 'no-answer'; readonly reason: string };

/** What became of a call, how long it took, and the other side's clock where it told it (the header `Date`; whole seconds). */
export interface CallSeen {
  readonly result: CallResult;
  readonly durationMs: number;
  readonly serverTimeMs: number | undefined;
}
export type CallObserver = (seen: CallSeen) => void;

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  /** Relative to the base URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object;
  /** From the first byte sent to the last one read. */
  readonly timeoutMs: number;
  /** Told of the outcome; must not throw. */
  readonly observe?: CallObserver | undefined;
}

export interface HttpCallerOptions {
  readonly baseUrl: string;
  /** How long a connection may take to come about. */
  readonly connectTimeoutMs?: number;
  /** Calls at a time; further ones wait their turn. */
  readonly maxConcurrent?: number;
  readonly dispatcher?: Dispatcher;
}

const CONNECT_TIMEOUT_MS = 10 * SECOND_MS;
const MAX_CONCURRENT = 32;
const MAX_WAITING = 5_000;
const MAX_ANSWER_BYTES = 256 * 1024;
/**
 * Idle connections are given up before common servers close them (Apache: 5 s): a request that meets a closing connection would
 * count as "nobody knows", although nothing happened.
 */
const KEEP_ALIVE_MS = 3 * SECOND_MS;

/** Certificate trouble: the connection is given up before the request is written. */
const TLS_REFUSAL = /^(ERR_TLS_CERT|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;

/** Calls one gateway over HTTP. Never throws for what the network or the other side does, never follows a redirect. */
export class HttpCaller {
  readonly #baseUrl: string;
  readonly #dispatcher: Dispatcher;
  readonly #gate: Gate;

  constructor(options: HttpCallerOptions) {
    const { baseUrl, maxConcurrent = MAX_CONCURRENT } = options;
    this.#baseUrl = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`;
    this.#gate = new Gate(maxConcurrent, MAX_WAITING);
    this.#dispatcher =
      options.dispatcher ??
      new Agent({
        connect: { timeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS },
        connections: maxConcurrent,
        pipelining: 1,
        keepAliveTimeout: KEEP_ALIVE_MS,
        keepAliveMaxTimeout: 2 * KEEP_ALIVE_MS,
        maxResponseSize: MAX_ANSWER_BYTES,
      });
  }

  async call(call: HttpCall): Promise<CallResult> {
    if (!(await this.#gate.enter())) {
      return { kind: 'not-sent', reason: 'Too many calls wait for this gateway already' };
    }
    const startedAt = performance.now();
    const seen = (result: CallResult, serverTimeMs?: number): CallResult => {
      call.observe?.({ result, serverTimeMs, durationMs: performance.now() - startedAt });
      return result;
    };
    try {
      const { result, serverTimeMs } = await this.#send(call);
      return seen(result, serverTimeMs);
    } catch (error) {
      const reason = errorText(error) || 'The connection failed';
      return seen({ kind: wasNeverSent(error) ? 'not-sent' : 'no-answer', reason });
    } finally {
      this.#gate.leave();
    }
  }

  async #send({
    method,
    path,
    headers,
    body,
    timeoutMs,
  }: HttpCall): Promise<{ result: CallResult; serverTimeMs: number | undefined }> {
    const response = await request(new URL(path, this.#baseUrl), {
      method,
      dispatcher: this.#dispatcher,
      headers: { ...headers, accept: 'application/json', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    const text = await readText(response.body);
    const result: CallResult = {
      kind: 'answered',
      status: response.statusCode,
      body: parseBody(text),
      retryAfterMs: retryAfterMs(response.headers['retry-after']),
    };
    return { result, serverTimeMs: dateOf(response.headers.date) };
  }
}

function dateOf(header: string | string[] | undefined): number | undefined {
  const at = typeof header === 'string' ? Date.parse(header) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let lengthBytes = 0;
  for await (const chunk of body) {
    lengthBytes += chunk.length;
    if (lengthBytes > MAX_ANSWER_BYTES) throw new Error('The answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Undefined for HTML, an empty answer or anything else that is no JSON object or array. */
function parseBody(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Seconds only; the date form is rare and would need the other side's clock. */
function retryAfterMs(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string' || !/^\d{1,6}$/.test(header.trim())) return undefined;
  return Math.min(Number(header) * SECOND_MS, HOUR_MS);
}

function wasNeverSent(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(wasNeverSent);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const syscall = 'syscall' in error ? error.syscall : undefined;
  return (
    syscall === 'connect' ||
    syscall === 'getaddrinfo' ||
    code === 'UND_ERR_CONNECT_TIMEOUT' ||
    TLS_REFUSAL.test(code)
  );
}
