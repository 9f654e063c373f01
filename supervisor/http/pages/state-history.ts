import type { WorkerState } from '../../../shared/client.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/clock.ts';
import type { Beat, BeatTone } from '../../../web/models/bots.ts';

export const BEAT_MS = 30 * MINUTE_MS;
const BEATS = (24 * HOUR_MS) / BEAT_MS;

const tones: Record<WorkerState, Exclude<BeatTone, 'none'>> = {
  stopped: 'idle',
  starting: 'busy',
  authenticating: 'busy',
  stopping: 'busy',
  ready: 'good',
  'awaiting-scan': 'warn',
  reconnecting: 'warn',
  'backing-off': 'warn',
  failed: 'bad',
  'logged-out': 'bad',
};

/** A start is part of a good half hour, an outage is not: the later in this list, the more it colours its slice. */
const weight: Record<BeatTone, number> = { none: 0, idle: 1, busy: 2, new: 3, good: 4, warn: 5, bad: 6 };

interface Watched {
  tone: BeatTone;
  /** Until when `slices` is filled in. */
  seenUntil: number;
  /** Worst tone by number of the slice since the epoch. */
  readonly slices: Map<number, BeatTone>;
}

/**
 * What state each bot was in over the last 24 hours, in slices of half an hour. Kept in memory since this process started:
 * nothing is claimed of the time before.
 */
export class StateHistory {
  readonly #clients = new Map<string, Watched>();

  /**
   * The client is in this state from now on.
   * @param isNew it waits for the first phone to be linked to it, which is no trouble
   */
  note(clientId: string, state: WorkerState, now: number, isNew = false): void {
    const tone = isNew ? 'new' : tones[state];
    const known = this.#clients.get(clientId);
    if (known) {
      fill(known, now);
      known.tone = tone;
    } else {
      this.#clients.set(clientId, { tone, seenUntil: now, slices: new Map() });
    }
    const watched = this.#clients.get(clientId);
    if (watched) colour(watched, Math.floor(now / BEAT_MS));
  }

  forget(clientId: string): void {
    this.#clients.delete(clientId);
  }

  /** Oldest first, the present slice last. */
  beats(clientId: string, now: number): readonly Beat[] {
    const watched = this.#clients.get(clientId);
    if (watched) fill(watched, now);
    const last = Math.floor(now / BEAT_MS);
    return Array.from({ length: BEATS }, (_, index) => {
      const slice = last - BEATS + 1 + index;
      return { at: slice * BEAT_MS, tone: watched?.slices.get(slice) ?? 'none' };
    });
  }
}

/** Carries the present state on to `now`, and drops what is too old to be shown. */
function fill(watched: Watched, now: number): void {
  const last = Math.floor(now / BEAT_MS);
  const first = Math.max(Math.floor(watched.seenUntil / BEAT_MS), last - BEATS + 1);
  for (let slice = first; slice <= last; slice += 1) colour(watched, slice);
  watched.seenUntil = Math.max(watched.seenUntil, now);
  for (const slice of watched.slices.keys()) if (slice <= last - BEATS) watched.slices.delete(slice);
}

function colour(watched: Watched, slice: number): void {
  const { tone } = watched;
  if (weight[tone] > weight[watched.slices.get(slice) ?? 'none']) watched.slices.set(slice, tone);
}
