import type { Alert } from '../../shared/alert.ts';
import { type Clock, HOUR_MS } from '../../shared/clock.ts';
import { newId } from '../../shared/ids.ts';
import type { Settings } from '../../shared/settings.ts';
import type { ChatSender } from '../chats/types.ts';
import { effectiveSettings } from '../stores/effective-settings.ts';
import type { Stores, Transaction } from '../stores/types.ts';
import { type OwedMessage, owedMessages, type Recipient } from './owed.ts';
import { alertMessage } from './texts.ts';

export interface TellerOptions {
  readonly stores: Stores;
  readonly sender: Pick<ChatSender, 'canSend'>;
  readonly clock: Clock;
  /** `ADMIN_PHONES`: counted to those of the settings. */
  readonly adminPhones: readonly string[];
  readonly dashboardUrl: string | undefined;
}

/** How many times of messages are remembered per alert and phone: as many as the hourly limit may need. */
const KEPT_TIMES = 60;

/** The chat with a phone that may never have written. */
export const chatOf = (phone: string): string => `${phone}@c.us`;

/**
 * Puts alerts into the outbox for the phones of those who must know: a client's own admins through its own bot, the platform's
 * admins through bots marked as alert senders, never through anybody else's. An alert that nothing can carry just now is not
 * lost: it says itself who was told, and is looked at again.
 */
export class Teller {
  readonly #options: TellerOptions;

  constructor(options: TellerOptions) {
    this.#options = options;
  }

  /** @throws what the store throws */
  async tell(alerts: readonly Alert[]): Promise<void> {
    const { stores, clock } = this.#options;
    const settings = effectiveSettings(stores.settings);
    if (!settings.alertsByWhatsApp) return;
    const now = clock.now();
    const messages = owedMessages(alerts, (alert) => this.#recipients(alert, settings), settings, now);
    const ready = messages.flatMap((message) => {
      const carrier = message.carriers.find((clientId) => this.#canCarry(clientId, message.phone));
      return carrier === undefined ? [] : [{ message, carrier }];
    });
    if (ready.length === 0) return;
    await stores.transact((tx) => {
      for (const { message, carrier } of ready) this.#write(tx, message, carrier, settings, now);
    });
  }

  #recipients(alert: Alert, settings: Settings): readonly Recipient[] {
    const { stores, adminPhones } = this.#options;
    const client = alert.clientId === null ? undefined : stores.clients.get(alert.clientId);
    const senders = [...stores.clients.values()].filter(({ alertSender }) => alertSender === true);
    const platform = new Set([...settings.adminPhones, ...adminPhones]);
    const ways = new Map<string, string[]>();
    for (const phone of client?.adminPhones ?? []) if (client) ways.set(phone, [client.id]);
    for (const phone of platform) {
      const others = senders.map(({ id }) => id).filter((id) => !ways.get(phone)?.includes(id));
      ways.set(phone, [...(ways.get(phone) ?? []), ...others]);
    }
    return [...ways].map(([phone, carriers]) => ({ phone, carriers }));
  }

  /** A bot that still owes this phone a message would only add to the pile. */
  #canCarry(clientId: string, phone: string): boolean {
    const { sender, stores } = this.#options;
    return (
      sender.canSend(clientId) &&
      !stores.outbox.byClient(clientId).some(({ chatId }) => chatId === chatOf(phone))
    );
  }

  #write(tx: Transaction, message: OwedMessage, carrier: string, settings: Settings, now: number): void {
    const { phone } = message;
    const items = message.items.filter(({ alert }) => tx.alerts.get(alert.id) !== undefined);
    if (items.length === 0 || !tx.clients.get(carrier)) return;
    for (const { alert, about } of items) {
      const stored = tx.alerts.get(alert.id) ?? alert;
      const times = (stored.told[phone]?.at ?? []).filter((at) => now - at < HOUR_MS).slice(-KEPT_TIMES);
      const told = { believes: about === 'recovered' ? 'over' : 'open', at: [...times, now] } as const;
      tx.alerts.put({ ...stored, told: { ...stored.told, [phone]: { ...told, at: [...told.at] } } });
    }
    tx.outbox.put({
      id: newId('ob'),
      clientId: carrier,
      chatId: chatOf(phone),
      seq: tx.outbox.nextSeq(),
      text: alertMessage(items, { appName: settings.appName, dashboardUrl: this.#options.dashboardUrl }),
      createdAt: now,
    });
  }
}
