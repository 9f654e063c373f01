import type { AdminAction } from '../../shared/admin.ts';
import type { Quote } from '../../shared/conversation.ts';

/** What somebody wants with a message, which says no more than the wish's name. */
export type Wish =
  | { readonly kind: 'confirm'; readonly quote: Quote }
  /** "I paid but got nothing", perhaps about an order of somebody else's. */
  | { readonly kind: 'complain'; readonly orderNo: string; readonly receipt: string }
  /** What an admin has confirmed in the chat. */
  | { readonly kind: 'admin'; readonly action: AdminAction };

/** All that was ever wished in a chat, by the text that wishes it. */
export class Wishes {
  readonly #wishes = new Map<string, Wish>();

  add(name: string, wish: Wish): void {
    this.#wishes.set(name, wish);
  }

  of(text: string): Wish {
    const wish = this.#wishes.get(text);
    if (!wish) throw new Error(`Nobody has ever wished ${text}`);
    return wish;
  }
}

/** Admin of every shop; set by its owner. */
export const OWNER = '254700000801';
/** Admin of the platform. */
export const PLATFORM_ADMIN = '254700000802';
export const adminPhones: readonly string[] = [OWNER, PLATFORM_ADMIN];
