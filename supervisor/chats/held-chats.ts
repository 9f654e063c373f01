import { type Clock, MINUTE_MS, type Timer } from '../../shared/clock.ts';
import type { OverLimit, Room } from './send-allowance.ts';

/** The limit is a setting, and midnight comes: whether there is room again is looked at this often. */
const LOOK_AGAIN_MS = 1 * MINUTE_MS;

interface HeldOfClient<Chat> {
  readonly chats: Map<Chat, OverLimit['kind']>;
  timer: Timer | undefined;
}

/**
 * Chats that wait for the next day's limit, client by client. One timer and one look for all of a client's chats: a bot whose limit is
 * reached in the morning may have thousands of them by night.
 */
export class HeldChats<Chat> {
  readonly #options: HeldChatsOptions<Chat>;
  readonly #clients = new Map<string, HeldOfClient<Chat>>();
  #closed = false;

  constructor(options: HeldChatsOptions<Chat>) {
    this.#options = options;
  }

  hold(clientId: string, chat: Chat, { kind, reason }: OverLimit): void {
    if (this.#closed) return;
    const held = this.#clients.get(clientId) ?? { chats: new Map(), timer: undefined };
    this.#clients.set(clientId, held);
    held.chats.set(chat, kind);
    this.#options.note(clientId, reason);
    this.#arm(clientId, held);
  }

  /** It waits no longer, or has nothing to say any more. */
  letGo(clientId: string, chat: Chat): void {
    const held = this.#clients.get(clientId);
    if (!held?.chats.delete(chat) || held.chats.size > 0) return;
    held.timer?.cancel();
    this.#clients.delete(clientId);
    this.#options.note(clientId, undefined);
  }

  close(): void {
    this.#closed = true;
    for (const { timer } of this.#clients.values()) timer?.cancel();
  }

  #arm(clientId: string, held: HeldOfClient<Chat>): void {
    held.timer ??= this.#options.clock.schedule(LOOK_AGAIN_MS, () => {
      held.timer = undefined;
      const room = this.#options.room(clientId);
      for (const [chat, kind] of [...held.chats]) if (room[kind]) this.#options.lookAgain(chat);
      if (held.chats.size > 0 && !this.#closed) this.#arm(clientId, held);
    });
  }
}

interface HeldChatsOptions<Chat> {
  readonly clock: Clock;
  /** Says of a client why its messages wait; undefined: none does any more. */
  readonly note: (clientId: string, reason: string | undefined) => void;
  /** What may go out now. */
  readonly room: (clientId: string) => Room;
  /** Tries whether a chat may go on; it is held again, or let go of, by what comes of it. */
  readonly lookAgain: (chat: Chat) => void;
}
