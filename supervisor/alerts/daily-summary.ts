import { isOpen } from '../../shared/alert.ts';
import type { Client } from '../../shared/client.ts';
import { type Clock, DAY_MS, MINUTE_MS, type Timer } from '../../shared/clock.ts';
import { errorText } from '../../shared/errors.ts';
import { newId } from '../../shared/ids.ts';
import type { Logger } from '../../shared/logger.ts';
import { type OrderStatus, orderStatus } from '../../shared/order.ts';
import { type Settings, settingsFor } from '../../shared/settings.ts';
import { totalOf } from '../../shared/settlement.ts';
import type { ChatSender } from '../chats/types.ts';
import type { FloatView } from '../orders/float.ts';
import { settlement } from '../orders/settlement.ts';
import { effectiveSettings } from '../stores/effective-settings.ts';
import type { Stores } from '../stores/types.ts';
import type { AlertService } from './alert-book.ts';
import { type DayFacts, isQuiet, summaryText } from './summary-text.ts';
import { summaryDueAt } from './summary-time.ts';
import { chatOf } from './teller.ts';

export interface SummaryOptions {
  readonly stores: Stores;
  readonly alerts: Pick<AlertService, 'list'>;
  readonly float: { list(): readonly FloatView[] };
  readonly sender: Pick<ChatSender, 'canSend'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stopping: () => boolean;
}

const LOOK_MS = MINUTE_MS;
const PAGE = 200;

/**
 * Sends each shop's admins their day, once, by their own bot. That it has been sent stands in the client's record, written
 * together with the messages: neither a restart nor a crash sends it twice or leaves it out.
 */
export class DailySummaries {
  readonly #options: SummaryOptions;
  #timer: Timer | undefined;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: SummaryOptions) {
    this.#options = options;
  }

  start(): void {
    this.#looking = this.look().finally(() => {
      if (!this.#closed) this.#timer = this.#options.clock.schedule(LOOK_MS, () => this.start());
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#looking;
  }

  /** Sends what is due now. */
  async look(): Promise<void> {
    const { stores, sender, clock, logger, stopping } = this.#options;
    for (const client of stores.clients.values()) {
      if (this.#closed || stopping()) return;
      const settings = settingsFor(effectiveSettings(stores.settings), client.overrides);
      const dueAt = summaryDueAt(client, settings.dailySummaryTime, clock.now());
      if (!settings.dailySummary || dueAt === undefined || client.adminPhones.length === 0) continue;
      // One that waits for a bot to come back would be of a day long past, and not the only one.
      if (!sender.canSend(client.id)) continue;
      try {
        await this.#send(client, dueAt, settings);
      } catch (error) {
        logger.warn({ clientId: client.id, error: errorText(error) }, 'A daily summary could not be written');
      }
    }
  }

  async #send(client: Client, until: number, settings: Settings): Promise<void> {
    const { stores, clock } = this.#options;
    const day = await this.#facts(client, until);
    const text = isQuiet(day) && !settings.dailySummaryWhenQuiet ? undefined : summaryText(day);
    await stores.transact((tx) => {
      const now = tx.clients.get(client.id);
      if (!now || summaryDueAt(now, settings.dailySummaryTime, clock.now()) !== until) return;
      tx.clients.put({ ...now, summaryDoneAt: until });
      if (text === undefined) return;
      for (const phone of now.adminPhones) {
        tx.outbox.put({
          id: newId('ob'),
          clientId: client.id,
          chatId: chatOf(phone),
          seq: tx.outbox.nextSeq(),
          text,
          createdAt: clock.now(),
        });
      }
    });
  }

  async #facts({ id: clientId, name, mode, paused }: Client, until: number): Promise<DayFacts> {
    const { stores, alerts, float } = this.#options;
    const period = { clientId, from: until - DAY_MS, to: until };
    const { sales, paidKes, discountKes, refunds, refundedKes, outstandingKes } = totalOf(
      await settlement(stores, period),
    );
    const own = float.list().find((view) => view.clientId === clientId);
    const all = alerts.list({ clientId }).filter(({ kind }) => kind !== 'orders-attention');
    return {
      shopName: name,
      until,
      orders: await this.#countOrders(period),
      sales,
      paidKes,
      discountKes,
      refunds,
      refundedKes,
      outstandingKes,
      ...(own?.balanceKes !== undefined && { float: { balanceKes: own.balanceKes, low: own.low } }),
      attention: stores.orders.countByStatus(clientId).attention,
      openAlerts: all.filter(isOpen).map(({ title }) => title),
      pastAlerts: all.filter(({ resolvedAt = 0 }) => resolvedAt > until - DAY_MS).length,
      paused,
      simulated: mode !== 'live',
    };
  }

  async #countOrders(filter: {
    clientId: string;
    from: number;
    to: number;
  }): Promise<Record<OrderStatus, number>> {
    const { stores } = this.#options;
    const counts = { open: 0, delivered: 0, failed: 0, attention: 0, refunded: 0 };
    let cursor: string | undefined;
    do {
      const page = stores.orders.page(filter, { limit: PAGE, ...(cursor !== undefined && { cursor }) });
      for (const order of page.items) counts[orderStatus(order)] += 1;
      cursor = page.nextCursor;
      // Customers who are writing now come first.
      await new Promise((resolve) => setImmediate(resolve));
    } while (cursor !== undefined);
    return counts;
  }
}
