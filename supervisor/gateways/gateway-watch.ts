import type { Clock } from '../../shared/clock.ts';
import type { GatewayName } from '../../shared/credentials.ts';
import type { CredentialRef } from '../../shared/order.ts';
import type { CallObserver, CallResult } from './http-call.ts';

export type GatewayOperation = 'push' | 'status' | 'airtime' | 'balance';

/**
 * How a call ended, as far as the gateway's health is concerned: `ok` and `refused` (a 4xx) show that it is there and reads us;
 * `keys-refused` that it does not take our keys; the rest that it is out of order.
 */
export const gatewayCallResults = [
  'ok',
  'refused',
  'keys-refused',
  'server-error',
  'unreadable',
  'no-answer',
  'not-sent',
] as const;
export type GatewayCallResult = (typeof gatewayCallResults)[number];

export interface GatewayCall {
  readonly gateway: GatewayName;
  readonly operation: GatewayOperation;
  readonly result: GatewayCallResult;
  readonly durationMs: number;
}

/** What the calls made with one credential set say of its gateway. Times are milliseconds since the epoch. */
export interface GatewayHealth {
  readonly gateway: GatewayName;
  readonly setId: string;
  /** Since the set's keys were last changed. */
  readonly lastOkAt?: number;
  readonly lastCallAt: number;
  /** When the first of the present row of calls failed; absent while calls succeed. */
  readonly failingSince?: number;
  readonly failuresInARow: number;
  /** Why the last one failed, in words. */
  readonly problem?: string;
  /** The last call that reached the gateway was refused for its keys. */
  readonly keysRefused: boolean;
}

interface Record extends GatewayHealth {
  readonly version: number;
}

/** How far the clocks that gateways told were from ours: positive when ours is behind. */
const CLOCK_SAMPLES = 3;

/** Watches every call to a gateway, for alerts and metrics. Remembers one record per credential set. */
export class GatewayWatch {
  readonly #clock: Clock;
  readonly #sets = new Map<string, Record>();
  readonly #offsetsMs = new Map<GatewayName, number[]>();
  readonly #listeners = new Set<(call: GatewayCall) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Hears of one call made with these keys. */
  observer(gateway: GatewayName, ref: CredentialRef, operation: GatewayOperation): CallObserver {
    return ({ result, durationMs, serverTimeMs }) => {
      const outcome = resultOf(result);
      this.#note(gateway, ref, outcome, result);
      // The simulated world lives by this machine's clock.
      if (serverTimeMs !== undefined && ref.setId !== 'simulated')
        this.#noteClock(gateway, serverTimeMs, durationMs);
      for (const listener of this.#listeners) listener({ gateway, operation, result: outcome, durationMs });
    };
  }

  /** @returns how to stop listening */
  onCall(listener: (call: GatewayCall) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  health(): readonly GatewayHealth[] {
    return [...this.#sets.values()];
  }

  /** The gateways' clocks less ours, in milliseconds: the middle of the last three answers of each. */
  clockOffsetsMs(): ReadonlyMap<GatewayName, number> {
    const offsets = new Map<GatewayName, number>();
    for (const [gateway, samples] of this.#offsetsMs) {
      const middle = samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)];
      if (middle !== undefined && samples.length === CLOCK_SAMPLES) offsets.set(gateway, middle);
    }
    return offsets;
  }

  #note(gateway: GatewayName, ref: CredentialRef, outcome: GatewayCallResult, result: CallResult): void {
    const now = this.#clock.now();
    const key = `${gateway} ${ref.setId}`;
    const known = this.#sets.get(key);
    // An answer to old keys says nothing of the new ones.
    if (known && known.version > ref.version) return;
    const before = known?.version === ref.version ? known : undefined;
    const reached = outcome === 'ok' || outcome === 'refused' || outcome === 'keys-refused';
    const lastOkAt = reached ? now : before?.lastOkAt;
    this.#sets.set(key, {
      gateway,
      setId: ref.setId,
      version: ref.version,
      lastCallAt: now,
      ...(lastOkAt !== undefined && { lastOkAt }),
      ...(!reached && { failingSince: before?.failingSince ?? now, problem: problemOf(result) }),
      failuresInARow: reached ? 0 : (before?.failuresInARow ?? 0) + 1,
      keysRefused: reached ? outcome === 'keys-refused' : (before?.keysRefused ?? false),
    });
  }

  #noteClock(gateway: GatewayName, serverTimeMs: number, durationMs: number): void {
    // The header was written somewhere between request and answer, and its second is cut off.
    const offsetMs = serverTimeMs + 500 - (this.#clock.now() - durationMs / 2);
    const samples = [...(this.#offsetsMs.get(gateway) ?? []), offsetMs];
    this.#offsetsMs.set(gateway, samples.slice(-CLOCK_SAMPLES));
  }
}

function resultOf(result: CallResult): GatewayCallResult {
  if (result.kind !== 'answered') return result.kind;
  const { status, body } = result;
  if (status === 401 || status === 403 || saysKeys(body)) return 'keys-refused';
  if (status >= 500) return 'server-error';
  if (status >= 400) return 'refused';
  return body === undefined ? 'unreadable' : 'ok';
}

/** Shadow Pay's `AUTH_FAILED`, Statum's `status_code`: errors that came under another HTTP status. */
function saysKeys(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  if ('error_code' in body && body.error_code === 'AUTH_FAILED') return true;
  return 'status_code' in body && (body.status_code === 401 || body.status_code === 403);
}

function problemOf(result: CallResult): string {
  if (result.kind === 'not-sent') return `no connection: ${result.reason}`;
  if (result.kind === 'no-answer') return `no answer: ${result.reason}`;
  return result.body === undefined && result.status < 500
    ? 'its answers make no sense'
    : `it answers with error ${result.status}`;
}
