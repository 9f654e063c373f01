import type { Clock, Timer } from '../../shared/clock.ts';
import {
  afterReady,
  cleanHistory,
  decideRestart,
  type Failure,
  type FailureHistory,
  type RestartDecision,
  type RestartPolicy,
  storedHistory,
} from './restart-policy.ts';

interface Parts {
  /** As an earlier supervisor left it. */
  readonly retryCount: number;
  /** Asked at each use: its values are settings. */
  readonly policy: () => RestartPolicy;
  readonly clock: Clock;
  readonly random: () => number;
  /** The count is another one: it is to outlive the supervisor. */
  readonly onRetryCount: (retryCount: number) => void;
}

/** What a client's worker has failed at lately. Being ready for long enough, or a person's word, forgets it. */
export class Retries {
  readonly #parts: Parts;
  #history: FailureHistory;
  #stableTimer: Timer | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#history = storedHistory(parts.policy(), parts.retryCount);
  }

  /** What follows a failure, which counts from now on. */
  failed(failure: Failure): RestartDecision {
    const { policy, random } = this.#parts;
    const decision = decideRestart(policy(), this.#history, failure, random());
    this.#set(decision.history);
    return decision;
  }

  /** The worker has come to be ready. */
  ready(): void {
    const { clock, policy } = this.#parts;
    this.#history = afterReady(this.#history);
    this.#stableTimer = clock.schedule(policy().stableAfterMs, () => this.forget());
  }

  /** It is ready no more, or is being ended. */
  notReady(): void {
    this.#stableTimer?.cancel();
  }

  forget(): void {
    this.#set(cleanHistory);
  }

  #set(history: FailureHistory): void {
    const changed = history.retryCount !== this.#history.retryCount;
    this.#history = history;
    if (changed) this.#parts.onRetryCount(history.retryCount);
  }
}
