import { Buffer } from 'node:buffer';
import type { Clock, Timer } from '../../../shared/clock.ts';
import { SECOND_MS } from '../../../shared/clock.ts';

/** At most four frames a second for what is only looked at. */
export const FRAME_INTERVAL_MS = 250;
/** A browser that has not taken this much yet is left alone until it has. */
export const MAX_BUFFERED_BYTES = 256 * 1_024;
/** How soon a slow browser is tried again. */
const RETRY_MS = SECOND_MS;

/** The part of a WebSocket that a channel uses. */
export interface FrameSocket {
  readonly bufferedAmount: number;
  send(frame: Buffer, options: { readonly binary: boolean }): void;
}

export interface ChannelOptions {
  readonly clock: Clock;
  readonly socket: FrameSocket;
  /** What a room's picture shows that it did not show in the given version, and which version it is now. */
  readonly since: (roomKey: string, version: number) => { readonly frame: Buffer; readonly version: number };
  /** Rooms that do not wait for the next tick. */
  readonly isImmediate: (roomKey: string) => boolean;
}

/**
 * One browser's live connection: remembers which rooms have changed and what of them it has been sent, and sends the rest, coalesced.
 *
 * Nothing is queued for a slow browser: its rooms stay marked, and it gets what is true by the time it can take it.
 */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #dirty = new Set<string>();
  readonly #seen = new Map<string, number>();
  #timer: Timer | undefined;
  #closed = false;
  #lastSentAt = Number.NEGATIVE_INFINITY;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  /** The room looks different now. */
  mark(roomKey: string): void {
    if (this.#closed) return;
    this.#dirty.add(roomKey);
    const { clock, isImmediate } = this.#options;
    const dueMs = isImmediate(roomKey) ? 0 : this.#lastSentAt + FRAME_INTERVAL_MS - clock.now();
    if (dueMs <= 0) this.#flush();
    else if (!this.#timer) this.#wake(dueMs);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#dirty.clear();
  }

  #wake(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.schedule(delayMs, () => this.#flush());
  }

  #flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const { socket, since, clock } = this.#options;
    if (this.#closed) return;
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#wake(RETRY_MS);
      return;
    }
    const frames: Buffer[] = [];
    for (const key of this.#dirty) {
      const { frame, version } = since(key, this.#seen.get(key) ?? 0);
      this.#seen.set(key, version);
      if (frame.length > 0) frames.push(frame);
    }
    this.#dirty.clear();
    const [only, ...more] = frames;
    if (!only) return;
    this.#lastSentAt = clock.now();
    // One buffer for all browsers that are sent the same.
    socket.send(more.length === 0 ? only : Buffer.concat(frames), { binary: false });
  }
}
