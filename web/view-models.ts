import type { ClientMode, DesiredState, WorkerState } from '../shared/client.ts';
import type { Order, TimelineEntry } from '../shared/order.ts';
import type { ChatMessage, PhoneView } from '../shared/world.ts';

/** What pages and fragments are drawn from: plain data, made by supervisor/http/pages. Times are milliseconds. */

export interface OrderRow {
  readonly order: Order;
  readonly clientName: string;
}

export interface ClientCard {
  readonly id: string;
  readonly name: string;
  readonly mode: ClientMode;
  readonly desired: DesiredState;
  readonly state: WorkerState;
  readonly stateReason?: string;
  readonly paused: boolean;
  readonly phone?: string;
  readonly lastMessageAt?: number;
  readonly readySince?: number;
  readonly restarts: number;
  readonly memoryBytes?: number;
  readonly createdAt: number;
  /** Paid today, by Nairobi's clock. */
  readonly today: Takings;
  readonly openOrders: number;
  readonly attentionOrders: number;
}

export interface Takings {
  readonly sumKes: number;
  readonly sales: number;
}

/** A prepaid airtime balance. */
export interface FloatModel {
  readonly name: string;
  /** Absent: not known yet. */
  readonly balanceKes?: number;
  /** Promised to open orders. */
  readonly reservedKes: number;
  readonly checkedAt?: number;
  readonly problem?: string;
  readonly low: boolean;
}

export interface OverviewModel {
  readonly now: number;
  /** One per credential set in use; low ones first. */
  readonly floats: readonly FloatModel[];
  readonly today: { readonly live: Takings; readonly simulated: Takings };
  readonly openOrders: number;
  readonly attentionOrders: number;
  readonly attention: readonly OrderRow[];
  /** Problems first. */
  readonly clients: readonly ClientCard[];
  readonly latest: readonly OrderRow[];
  /** The first sandbox client: where the call to try it leads. */
  readonly tryClient?: { readonly id: string; readonly name: string };
  /** True while nobody has bought anything yet. */
  readonly unused: boolean;
}

export interface LogLine {
  readonly at: number;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
}

export interface ClientModel {
  readonly now: number;
  readonly client: ClientCard;
  readonly latest: readonly OrderRow[];
  readonly log: readonly LogLine[];
}

export interface OrderModel {
  readonly now: number;
  readonly order: Order;
  readonly clientName: string;
  readonly timeline: readonly TimelineEntry[];
}

export interface OrdersModel {
  readonly now: number;
  readonly rows: readonly OrderRow[];
  readonly filter: {
    readonly status: string;
    readonly clientId: string;
    readonly q: string;
    readonly from: string;
    readonly to: string;
  };
  readonly clients: readonly { readonly id: string; readonly name: string }[];
  /** Address of the next, older page. */
  readonly nextHref?: string;
  /** True when this is not the newest page. */
  readonly older: boolean;
  /** Why the filter could not be used as written. */
  readonly problem?: string;
}

/** Who holds the simulated phone, and the bot that is written to. */
export interface PhoneFrame {
  readonly clientId: string;
  readonly clientName: string;
  /** `2547…` */
  readonly phone: string;
  readonly state: WorkerState;
  readonly paused: boolean;
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
