import type { WorkerState } from '../shared/client.ts';
import type { Order, OrderAction, TimelineEntry } from '../shared/order.ts';
import type { Picture } from '../shared/picture.ts';
import type { ChatMessage, PhoneView } from '../shared/world.ts';

/** What pages and fragments are drawn from: plain data, made by supervisor/http/pages. Times are milliseconds. */

export interface OrderRow {
  readonly order: Order;
  readonly clientName: string;
}

export interface OrderModel {
  readonly now: number;
  readonly order: Order;
  readonly clientName: string;
  readonly timeline: readonly TimelineEntry[];
  /** Every staff action; one with a refusal is not allowed as the order stands. */
  readonly options: readonly { readonly action: OrderAction; readonly refusal?: string }[];
}

/** Who holds the simulated phone, and the bot that is written to. */
export interface PhoneFrame {
  readonly clientId: string;
  readonly clientName: string;
  /** `2547…` */
  readonly phone: string;
  readonly state: WorkerState;
  readonly paused: boolean;
  /** The picture that the bot has now; of earlier ones the phone shows that they were there. */
  readonly picture?: Picture;
  readonly others: readonly string[];
}

export interface PhoneModel {
  readonly now: number;
  readonly frame: PhoneFrame;
  /** Oldest first. */
  readonly messages: readonly ChatMessage[];
  readonly view: PhoneView;
  /** This customer's latest order with this client. */
  readonly order?: { readonly order: Order; readonly timeline: readonly TimelineEntry[] };
}
