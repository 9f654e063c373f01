import type { AlertsModel } from '../components/alert-list.tsx';
import type { OrderRow } from '../view-models.ts';
import type { ClientCard, Takings } from './bots.ts';

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

/** What was sold on one of the chart's days. */
export interface SalesDay {
  /** Midnight in Nairobi. */
  readonly dayStart: number;
  readonly live: Takings;
  readonly simulated: Takings;
}

export interface OverviewModel {
  readonly now: number;
  /** One per credential set in use; low ones first. */
  readonly floats: readonly FloatModel[];
  readonly today: { readonly live: Takings; readonly simulated: Takings };
  /** Oldest first, today last. */
  readonly days: readonly SalesDay[];
  readonly alerts: AlertsModel;
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
