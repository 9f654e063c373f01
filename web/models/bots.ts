import type { ClientMode, DesiredState, WorkerState } from '../../shared/client.ts';

/** What was sold on one day. */
export interface Takings {
  /** What customers paid. */
  readonly sumKes: number;
  readonly sales: number;
  /** Face value of the airtime less what was paid for it: what the shops gave away. */
  readonly discountKes: number;
}

/** The worst that a bot went through in one slice of time; `new`: not linked to a phone yet; `none`: nobody was watching. */
export type BeatTone = 'good' | 'busy' | 'new' | 'warn' | 'bad' | 'idle' | 'none';

export interface Beat {
  /** Beginning of the slice. */
  readonly at: number;
  readonly tone: BeatTone;
}

/** One bot at a glance, as the overview, the list of clients and its own page show it. */
export interface ClientCard {
  readonly id: string;
  readonly name: string;
  readonly mode: ClientMode;
  readonly desired: DesiredState;
  readonly state: WorkerState;
  readonly stateReason?: string;
  readonly paused: boolean;
  /** False: made on the start page and not let in yet. */
  readonly approved: boolean;
  readonly phone?: string;
  readonly lastMessageAt?: number;
  readonly readySince?: number;
  readonly restarts: number;
  readonly memoryBytes?: number;
  readonly createdAt: number;
  /** Paid today, by Nairobi's clock. */
  readonly today: Takings;
  readonly openOrders: number;
  readonly attentionOrders: number;
  /** The last 24 hours, oldest first. */
  readonly beats: readonly Beat[];
  /** What a live bot still lacks before it can sell, in words. */
  readonly missing: readonly string[];
}
