import type { Restart } from '../../shared/restart.ts';
import type { AlertsModel } from '../components/alert-list.tsx';
import type { MemoryPoint } from '../components/memory-chart.tsx';
import type { OrderRow } from '../view-models.ts';
import type { ClientCard } from './bots.ts';
import type { SalesDay } from './overview.ts';

export interface LogLine {
  readonly at: number;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
}

/** One bot's own page. */
export interface ClientModel {
  readonly now: number;
  readonly client: ClientCard;
  readonly latest: readonly OrderRow[];
  /** Oldest first, today last. */
  readonly days: readonly SalesDay[];
  readonly alerts: AlertsModel;
  /** Newest first. */
  readonly restarts: readonly Restart[];
  /** Oldest first. */
  readonly memory: readonly MemoryPoint[];
}

/** What a bot says of itself, newest first. */
export interface ClientLogModel {
  readonly clientId: string;
  readonly lines: readonly LogLine[];
}
