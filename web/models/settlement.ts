import { z } from 'zod';
import type { ClientMode } from '../../shared/client.ts';
import { DAY_MS } from '../../shared/clock.ts';
import { formatDayInput, parseDay, startOfDay, startOfMonth } from '../../shared/nairobi.ts';
import type { SettlementSums } from '../../shared/settlement.ts';

const text = (max: number) => z.string().trim().max(max).catch('').default('');

/** Whose sums of which days (Nairobi's, both included). */
export const settlementQuerySchema = z.object({ clientId: text(100), from: text(10), to: text(10) });
export type SettlementQuery = z.infer<typeof settlementQuerySchema>;

/** What one client took in and gave out with one pair of keys. Whole shillings. */
export interface SettlementLine extends SettlementSums {
  readonly clientId: string;
  readonly clientName: string;
  readonly mode: ClientMode;
  /** Whose Shadow Pay keys took the money, in words. */
  readonly collectedBy: string;
  /** Whose float the airtime came from, in words. */
  readonly floatOf: string;
}

export interface SettlementModel {
  readonly now: number;
  /** With days filled in where the address had none. */
  readonly query: SettlementQuery;
  readonly lines: readonly SettlementLine[];
  readonly clients: readonly { readonly id: string; readonly name: string }[];
  readonly appName: string;
}

export function settlementHref(
  query: SettlementQuery,
  page: '/settlement' | '/settlement.csv' = '/settlement',
): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ''));
  return search.size === 0 ? page : `${page}?${search}`;
}

/** A day that is missing or no day is the present month's: from its first day, to today. */
export function completeQuery(query: SettlementQuery, now: number): SettlementQuery {
  return {
    ...query,
    from: parseDay(query.from) === undefined ? formatDayInput(startOfMonth(now)) : query.from,
    to: parseDay(query.to) === undefined ? formatDayInput(now) : query.to,
  };
}

/** The periods that are asked for most. */
export function presets(
  now: number,
): readonly { readonly label: string; readonly from: string; readonly to: string }[] {
  const today = startOfDay(now);
  const month = startOfMonth(now);
  const lastMonth = startOfMonth(month - DAY_MS);
  const period = (label: string, from: number, to: number) => ({
    label,
    from: formatDayInput(from),
    to: formatDayInput(to),
  });
  return [
    period('Today', today, today),
    period('Yesterday', today - DAY_MS, today - DAY_MS),
    period('This month', month, today),
    period('Last month', lastMonth, month - DAY_MS),
  ];
}
