/** How the page's keys and ids serialise themselves: before July 2026, and the two ways reported since (docs/browser.md). */
export type IdShape = 'old' | 'keys' | 'keys-and-wids';

export interface SimulatedMessage {
  readonly id: string;
  /** Chat: `2547…@c.us`, `…@lid`, `…@g.us`, `status@broadcast`, `…@newsletter`. */
  readonly chat: string;
  readonly fromMe: boolean;
  /** Who wrote it, in groups and status updates. */
  readonly author?: string;
  readonly type: string;
  readonly body: string;
  /** Seconds since the epoch. */
  readonly t: number;
  ack: number;
  /** More of the page's message fields. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** A message from a customer's phone, as a test writes it. */
export interface Incoming {
  readonly from: string;
  readonly body?: string;
  readonly type?: string;
  readonly author?: string;
  readonly at?: number;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Parts of the page: its scripts, or a frame without which it never counts as loaded. */
export type Held = 'scripts' | 'frame';

/** What a test tells a loaded page to do. */
export type PageCommand =
  | { readonly do: 'state'; readonly state: string }
  | { readonly do: 'hang'; readonly forMs: number }
  | { readonly do: 'reload' }
  /** Tells that it has synced, and is replaced while the library looks whether it is loaded into the page. */
  | { readonly do: 'reload-while-syncing' }
  | { readonly do: 'sync-again' }
  /** Is replaced when the library asks for its `n`th function in it, counted from now. */
  | { readonly do: 'reload-at-function'; readonly n: number }
  /** Only the address changes, as when a person goes to another chat. */
  | { readonly do: 'change-address'; readonly url: string }
  | { readonly do: 'load-frame' }
  | { readonly do: 'leave'; readonly url: string };
