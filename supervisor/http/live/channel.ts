import type { Clock, Timer } from '../../../shared/clock.ts';
import { SECOND_MS } from '../../../shared/clock.ts';
import { errorText } from '../../../shared/errors.ts';
import type { Logger } from '../../../shared/logger.ts';

/** At most four frames a second for what is only looked at. */
export const FRAME_INTERVAL_MS = 250;
/** A browser that has not taken this much yet is left alone until it has. */
export const MAX_BUFFERED_BYTES = 256 * 1_024;
/** How soon a slow browser, or a frame that could not be made, is tried again. */
const RETRY_MS = SECOND_MS;

/** The part of a WebSocket that a channel uses. */
export interface FrameSocket {
  readonly bufferedAmount: number;
  send(frame: string): void;
}

export interface ChannelOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly socket: FrameSocket;
  /** Makes the present, complete frame of a room. */
  readonly frame: (roomKey: string) => Promise<string>;
  /** Rooms that do not wait for the next tick. */
  readonly isImmediate: (roomKey: string) => boolean;
}

/**
 * One browser's live connection: remembers which rooms have changed and sends their frames, coalesced.
 *
 * A frame is complete, so nothing is queued for a slow browser: its rooms stay marked, and it gets what is true by the time it
 * can take it. Only one frame is in the making at a time; a change meanwhile marks the room again.
 */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #dirty = new Set<string>();
  #timer: Timer | undefined;
  #sending = false;
  #closed = false;
  #lastSentAt = Number.NEGATIVE_INFINITY;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  /** The room looks different now. */
  mark(roomKey: string): void {
    this.#dirty.add(roomKey);
    this.#plan();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#dirty.clear();
  }

  #plan(): void {
    if (this.#closed || this.#sending || this.#dirty.size === 0) return;
    const { clock, isImmediate } = this.#options;
    const due = [...this.#dirty].some(isImmediate) ? 0 : this.#lastSentAt + FRAME_INTERVAL_MS - clock.now();
    this.#timer?.cancel();
    if (due <= 0) void this.#flush();
    else this.#wake(due);
  }

  #wake(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.schedule(delayMs, () => void this.#flush());
  }

  async #flush(): Promise<void> {
    if (this.#closed || this.#sending) return;
    const { socket, frame, clock, logger } = this.#options;
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) return this.#wake(RETRY_MS);
    const rooms = [...this.#dirty];
    this.#dirty.clear();
    this.#sending = true;
    let failed = false;
    try {
      const frames = await Promise.all(rooms.map(frame));
      if (this.#closed) return;
      socket.send(frames.join(''));
      this.#lastSentAt = clock.now();
    } catch (error) {
      // The world or a store is away for a moment; what was to be shown stays owed.
      logger.warn({ rooms, reason: errorText(error) }, 'A live frame could not be made');
      for (const room of rooms) this.#dirty.add(room);
      failed = true;
    } finally {
      this.#sending = false;
    }
    if (failed) this.#wake(RETRY_MS);
    else this.#plan();
  }
}
