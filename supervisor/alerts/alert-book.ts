import { type Alert, isOpen } from '../../shared/alert.ts';
import { type Clock, DAY_MS } from '../../shared/clock.ts';
import { AppError, errorText } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { Logger } from '../../shared/logger.ts';
import { effectiveSettings } from '../stores/effective-settings.ts';
import type { Stores } from '../stores/types.ts';
import type { Judgement } from './condition.ts';
import { reconcile } from './reconcile.ts';

export interface AlertFilter {
  /** True: open ones only; false: resolved ones only. */
  readonly open?: boolean;
  /** What concerns this client alone. */
  readonly clientId?: string;
}

/** The alerts, for the API and the pages. */
export interface AlertService {
  /** Open ones first, then newest first. */
  list(filter?: AlertFilter): readonly Alert[];
  /**
   * "I have seen it": no more reminders until it becomes worse. Idempotent.
   * @param clientId the only client whose alerts the caller may touch; undefined: all
   * @throws AppError `not-found`
   */
  acknowledge(id: string, by: string, clientId?: string): Promise<Alert>;
}

/** Keeps the alerts in the stores. What cannot be written (a full disk is an alert itself) is kept in memory until it can. */
export class AlertBook implements AlertService {
  readonly #stores: Stores;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #unwritten: readonly Alert[] = [];

  constructor(options: { readonly stores: Stores; readonly clock: Clock; readonly logger: Logger }) {
    this.#stores = options.stores;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  list({ open, clientId }: AlertFilter = {}): readonly Alert[] {
    return this.#known()
      .filter((alert) => open === undefined || isOpen(alert) === open)
      .filter((alert) => clientId === undefined || alert.clientId === clientId)
      .sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)) || b.raisedAt - a.raisedAt);
  }

  async acknowledge(id: string, by: string, clientId?: string): Promise<Alert> {
    return this.#stores.transact((tx) => {
      const alert = tx.alerts.get(id);
      if (!alert || (clientId !== undefined && alert.clientId !== clientId))
        throw new AppError('not-found', 'There is no such alert');
      if (alert.acknowledgedAt !== undefined || !isOpen(alert)) return alert;
      const at = this.#clock.now();
      const acknowledged = { ...alert, acknowledgedAt: at, acknowledgedBy: by };
      tx.alerts.put(acknowledged);
      tx.audit.append({
        at,
        by,
        action: 'alert.acknowledge',
        subject: id,
        ...(alert.clientId !== null && { clientId: alert.clientId }),
        note: alert.title,
      });
      return acknowledged;
    });
  }

  /** Makes the alerts say what was found, and forgets old ones. Never rejects: a disk that takes nothing is tried again next time. */
  async apply(judgement: Judgement): Promise<void> {
    const now = this.#clock.now();
    const changed = reconcile(this.#known(), judgement, { now, newId: () => newId('al') });
    const due = new Map([...this.#unwritten, ...changed].map((alert) => [alert.id, alert]));
    const forgotten = this.#outdated(now);
    if (due.size === 0 && forgotten.length === 0) return;
    for (const alert of changed) this.#log(alert);
    this.#unwritten = [];
    try {
      await this.#stores.transact((tx) => {
        for (const alert of due.values()) tx.alerts.put(alert);
        for (const { id } of forgotten) tx.alerts.delete(id);
      });
    } catch (error) {
      this.#unwritten = [...due.values()];
      this.#logger.warn({ alerts: due.size, error: errorText(error) }, 'Alerts could not be written');
    }
  }

  /** Takes what alerts say now and the store could not take; it is written with the next {@link apply}. */
  remember(alerts: readonly Alert[]): void {
    const ids = new Set(alerts.map(({ id }) => id));
    this.#unwritten = [...this.#unwritten.filter(({ id }) => !ids.has(id)), ...alerts];
  }

  #known(): Alert[] {
    const known = new Map<string, Alert>();
    for (const alert of [...this.#stores.alerts.values(), ...this.#unwritten]) known.set(alert.id, alert);
    return [...known.values()];
  }

  #outdated(now: number): Alert[] {
    const keepMs = effectiveSettings(this.#stores.settings).alertKeepDays * DAY_MS;
    return [...this.#stores.alerts.values()].filter(
      ({ resolvedAt }) => resolvedAt !== undefined && now - resolvedAt > keepMs,
    );
  }

  #log({ key, kind, severity, clientId, title, resolvedAt, ending }: Alert): void {
    const fields = { alert: key, kind, severity, ...(clientId !== null && { clientId }) };
    if (resolvedAt !== undefined) this.#logger.info({ ...fields, ending }, `Alert over: ${title}`);
    else this.#logger.warn(fields, `Alert: ${title}`);
  }
}
