import type { Ban } from '../../shared/ban.ts';

/** Somebody who has ordered lately. */
export interface CustomerRow {
  /** By whom a ban would be: the phone, else the chat. */
  readonly person: string;
  readonly orders: number;
  readonly lastOrderAt: number;
  readonly lastOrderNo: string;
  /** Set when the list is of more than one bot. */
  readonly clientName?: string;
}

export interface BansModel {
  readonly now: number;
  /** Whose bans: one bot's, or those that hold on every bot. */
  readonly client?: { readonly id: string; readonly name: string };
  /** Newest first. */
  readonly bans: readonly Ban[];
  /** For admins of the platform: what single bots have banned. */
  readonly others: readonly { readonly ban: Ban; readonly clientName: string }[];
  /** The latest first. */
  readonly customers: readonly CustomerRow[];
  /** Whom to ban, from a link. */
  readonly who: string;
}
