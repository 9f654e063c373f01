import { AppError } from '../../../shared/errors.ts';
import type { Models } from '../pages/models.ts';
import type { Services } from '../types.ts';
import { Channel, type FrameSocket } from './channel.ts';
import { roomFrame } from './fragments.tsx';
import { isImmediate, isTouchedBy, type Room } from './rooms.ts';

interface OpenRoom {
  readonly room: Room;
  readonly channels: Set<Channel>;
  /** The present frame, made once for all who look; dropped at each change. */
  frame: Promise<string> | undefined;
}

/**
 * Who looks at what. Listens to the stores, the workers and the simulated world, and marks the rooms whose picture has
 * changed; each browser's {@link Channel} decides when it is told.
 */
export class LiveHub {
  readonly #services: Services;
  readonly #models: Models;
  readonly #rooms = new Map<string, OpenRoom>();
  readonly #unsubscribe: ReadonlyArray<() => void>;

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
            ('clientId' in room && room.clientId === clientId),
        ),
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
  }

  /** Connects a browser with its rooms; it gets their present frames at once, so a reconnect heals whatever it missed. */
  join(rooms: readonly Room[], socket: FrameSocket): { leave: () => void } {
    const channel = new Channel({
      clock: this.#services.clock,
      logger: this.#services.logger,
      socket,
      frame: (key) => this.#frame(key),
      isImmediate: (key) => {
        const open = this.#rooms.get(key);
        return open !== undefined && isImmediate(open.room);
      },
    });
    for (const room of rooms) {
      const open = this.#rooms.get(room.key) ?? { room, channels: new Set<Channel>(), frame: undefined };
      open.channels.add(channel);
      this.#rooms.set(room.key, open);
    }
    for (const { key } of rooms) channel.mark(key);
    return {
      leave: () => {
        channel.close();
        for (const { key } of rooms) {
          const open = this.#rooms.get(key);
          open?.channels.delete(channel);
          if (open?.channels.size === 0) this.#rooms.delete(key);
        }
      },
    };
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  #touch(isTouched: (room: Room) => boolean): void {
    for (const [key, open] of this.#rooms) {
      if (!isTouched(open.room)) continue;
      open.frame = undefined;
      for (const channel of open.channels) channel.mark(key);
    }
  }

  #frame(key: string): Promise<string> {
    const open = this.#rooms.get(key);
    if (!open) return Promise.resolve('');
    open.frame ??= this.#makeFrame(open);
    return open.frame;
  }

  async #makeFrame(open: OpenRoom): Promise<string> {
    try {
      const html = await roomFrame(this.#models, open.room);
      // Nobody is shown what is not on disk yet.
      await this.#services.stores.durable();
      return html;
    } catch (error) {
      open.frame = undefined;
      // What the room is about has been deleted: there is nothing more to tell.
      if (error instanceof AppError && error.code === 'not-found') return '';
      throw error;
    }
  }
}
