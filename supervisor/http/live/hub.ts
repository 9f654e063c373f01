import { Buffer } from 'node:buffer';
import { SECOND_MS, type Timer } from '../../../shared/clock.ts';
import { AppError, errorText } from '../../../shared/errors.ts';
import type { Models } from '../pages/models.ts';
import type { Services } from '../types.ts';
import { Channel, FRAME_INTERVAL_MS, type FrameSocket } from './channel.ts';
import { roomRegions } from './fragments.tsx';
import { RoomPicture } from './picture.ts';
import { isImmediate, isTouchedBy, type Room } from './rooms.ts';

/** How often what nobody tells of is looked up for those who look at it. */
const TICK_MS = 5 * SECOND_MS;

interface OpenRoom {
  readonly room: Room;
  readonly channels: Set<Channel>;
  readonly picture: RoomPicture;
  /** The picture may not be what is true any more. */
  stale: boolean;
  drawing: boolean;
  timer: Timer | undefined;
  drawnAt: number;
}

/** How soon a picture that could not be drawn is tried again. */
const RETRY_MS = SECOND_MS;
const MAX_ROOM_INTERVAL_MS = 600;

/**
 * How long a picture is let stand before it is drawn anew. The more browsers look at one room, the more a change costs; the change
 * is on every screen within a second all the same.
 */
export function roomIntervalMs(watchers: number): number {
  return Math.min(MAX_ROOM_INTERVAL_MS, FRAME_INTERVAL_MS + watchers / 2);
}

/**
 * Who looks at what. Listens to the stores, the workers and the simulated world, and marks the rooms whose picture has
 * changed. A room is drawn once for all who look at it; each browser's {@link Channel} decides when it is told.
 */
export class LiveHub {
  readonly #services: Services;
  readonly #models: Models;
  readonly #rooms = new Map<string, OpenRoom>();
  readonly #unsubscribe: ReadonlyArray<() => void>;
  readonly #measuredAt = new Map<string, number | undefined>();
  #tick: Timer | undefined;

  constructor(services: Services, models: Models) {
    this.#services = services;
    this.#models = models;
    const { stores, clients, world } = services;
    this.#unsubscribe = [
      stores.onCommit((changes) =>
        this.#touch((room) => changes.some((change) => isTouchedBy(room, change))),
      ),
      clients.onChange((clientId) =>
        this.#touch(
          (room) =>
            room.kind === 'overview' ||
            room.kind === 'clients' ||
            (room.kind !== 'log' && 'clientId' in room && room.clientId === clientId),
        ),
      ),
      clients.onLogLine((clientId) =>
        this.#touch((room) => room.kind === 'log' && room.clientId === clientId),
      ),
      world.onEvent((event) =>
        this.#touch(
          (room) =>
            room.kind === 'phone' &&
            room.phone === event.phone &&
            (event.type === 'phone' || room.clientId === event.clientId),
        ),
      ),
      // Events may have been missed while it was away.
      world.onRestart(() => this.#touch((room) => room.kind === 'phone')),
    ];
    this.#keepTicking();
  }

  /** Connects a browser with its rooms; it gets their present frames at once, so a reconnect heals whatever it missed. */
  join(rooms: readonly Room[], socket: FrameSocket): { leave: () => void } {
    const channel = new Channel({
      clock: this.#services.clock,
      socket,
      since: (key, version) => {
        const picture = this.#rooms.get(key)?.picture;
        return picture
          ? { frame: picture.since(version), version: picture.version }
          : { frame: Buffer.alloc(0), version };
      },
      isImmediate: (key) => {
        const open = this.#rooms.get(key);
        return open !== undefined && isImmediate(open.room);
      },
    });
    for (const room of rooms) {
      const open = this.#rooms.get(room.key) ?? emptyRoom(room);
      open.channels.add(channel);
      this.#rooms.set(room.key, open);
      if (open.picture.version > 0) channel.mark(room.key);
      this.#outdate(open);
    }
    return {
      leave: () => {
        channel.close();
        for (const { key } of rooms) {
          const open = this.#rooms.get(key);
          if (!open) continue;
          open.channels.delete(channel);
          if (open.channels.size > 0) continue;
          open.timer?.cancel();
          this.#rooms.delete(key);
        }
      },
    };
  }

  close(): void {
    this.#tick?.cancel();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    for (const { timer } of this.#rooms.values()) timer?.cancel();
    this.#rooms.clear();
  }

  /** Memory, load and the like change without telling anybody; while somebody looks at them, they are looked up now and then. */
  #keepTicking(): void {
    this.#tick = this.#services.clock.schedule(TICK_MS, () => {
      this.#touch(
        (room) => room.kind === 'system' || (room.kind === 'client' && this.#isMeasuredAnew(room.clientId)),
      );
      this.#keepTicking();
    });
  }

  /** A bot's memory is measured about once a minute; its chart goes on with each measurement. */
  #isMeasuredAnew(clientId: string): boolean {
    const { stores, clients } = this.#services;
    if (!stores.clients.get(clientId)) return false;
    const measuredAt = clients.history(clientId).memory.at(-1)?.at;
    const isNew = this.#measuredAt.get(clientId) !== measuredAt;
    this.#measuredAt.set(clientId, measuredAt);
    return isNew;
  }

  #touch(isTouched: (room: Room) => boolean): void {
    for (const open of this.#rooms.values()) if (isTouched(open.room)) this.#outdate(open);
  }

  #outdate(open: OpenRoom): void {
    open.stale = true;
    if (open.drawing || open.timer) return;
    const dueMs = isImmediate(open.room)
      ? 0
      : open.drawnAt + roomIntervalMs(open.channels.size) - this.#services.clock.now();
    if (dueMs <= 0) void this.#draw(open);
    else this.#drawLater(open, dueMs);
  }

  #drawLater(open: OpenRoom, delayMs: number): void {
    open.timer = this.#services.clock.schedule(delayMs, () => {
      open.timer = undefined;
      void this.#draw(open);
    });
  }

  async #draw(open: OpenRoom): Promise<void> {
    const { stores, clock, logger } = this.#services;
    open.stale = false;
    open.drawing = true;
    let failed = false;
    try {
      const regions = await roomRegions(this.#models, open.room);
      // Nobody is shown what is not on disk yet.
      await stores.durable();
      if (open.picture.take(regions)) for (const channel of open.channels) channel.mark(open.room.key);
    } catch (error) {
      // What the room is about has been deleted: there is nothing more to tell.
      if (!(error instanceof AppError && error.code === 'not-found')) {
        // The world or a store is away for a moment; what was to be shown stays owed.
        logger.warn({ room: open.room.key, reason: errorText(error) }, 'A live picture could not be drawn');
        failed = true;
      }
    }
    open.drawing = false;
    open.drawnAt = clock.now();
    if (!this.#rooms.has(open.room.key)) return;
    if (failed) this.#drawLater(open, RETRY_MS);
    else if (open.stale) this.#outdate(open);
  }
}

function emptyRoom(room: Room): OpenRoom {
  return {
    room,
    channels: new Set(),
    picture: new RoomPicture(),
    stale: false,
    drawing: false,
    timer: undefined,
    drawnAt: Number.NEGATIVE_INFINITY,
  };
}
