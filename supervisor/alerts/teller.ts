import { type Alert, type AlertTold, isOpen } from '../../shared/alert.ts';
import { type Clock, HOUR_MS } from '../../shared/clock.ts';
import { newId } from '../../shared/ids.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Settings } from '../../shared/settings.ts';
import type { ChatSender } from '../chats/types.ts';
import { effectiveSettings } from '../stores/effective-settings.ts';
import type { Stores, Transaction } from '../stores/types.ts';
import { type OwedItem, type OwedMessage, owedMessages, type Recipient } from './owed.ts';
import { alertMessage } from './texts.ts';

export interface TellerOptions {
  readonly stores: Stores;
  readonly sender: Pick<ChatSender, 'canSend' | 'send'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `ADMIN_PHONES`: counted to those of the settings. */
  readonly adminPhones: readonly string[];
  readonly dashboardUrl: string | undefined;
}

/** A message and the bot that carries it. */
interface Ready {
  readonly message: OwedMessage;
  readonly carrier: string;
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

  /**
   * @returns alerts that say anew who was told, where the store could not take that
   * @throws what the store throws
   */
  async tell(alerts: readonly Alert[]): Promise<readonly Alert[]> {
    const { stores, clock } = this.#options;
    const settings = effectiveSettings(stores.settings);
    if (!settings.alertsByWhatsApp) return [];
    const now = clock.now();
    const messages = owedMessages(alerts, (alert) => this.#recipients(alert, settings), settings, now);
    const ready = messages.flatMap((message) => {
      const carrier = message.carriers.find((clientId) => this.#canCarry(clientId, message.phone));
      return carrier === undefined ? [] : [{ message, carrier }];
    });
    if (!stores.status().writable) return this.#sayAtOnce(ready, settings, now);
    if (ready.length === 0) return [];
    await stores.transact((tx) => {
      for (const { message, carrier } of ready) this.#write(tx, message, carrier, settings, now);
    });
    return [];
  }

  /**
   * A disk that takes nothing has no outbox either. That trouble alone is said all the same, once, without the promise that it gets
   * through: nothing goes on until somebody has made room.
   */
  async #sayAtOnce(ready: readonly Ready[], settings: Settings, now: number): Promise<readonly Alert[]> {
    const told = new Map<string, Alert>();
    for (const { message, carrier } of ready) {
      const { phone } = message;
      const items = message.items.filter(({ alert }) => alert.kind === 'storage' && isOpen(alert));
      if (items.length === 0) continue;
      const { outcome } = await this.#options.sender.send({
        clientId: carrier,
        outboxId: newId('ob'),
        chatId: chatOf(phone),
        text: this.#text(items, settings),
        lookFirst: false,
      });
      this.#options.logger.info({ clientId: carrier, outcome }, 'A full disk was told to an admin directly');
      if (outcome === 'not-sent') continue;
      for (const { alert } of items)
        told.set(alert.id, nowTold(told.get(alert.id) ?? alert, phone, 'open', now));
    }
    return [...told.values()];
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
      tx.alerts.put(nowTold(stored, phone, about === 'recovered' ? 'over' : 'open', now));
    }
    tx.outbox.put({
      id: newId('ob'),
      clientId: carrier,
      chatId: chatOf(phone),
      seq: tx.outbox.nextSeq(),
      text: this.#text(items, settings),
      createdAt: now,
    });
  }

  #text(items: readonly OwedItem[], { appName }: Settings): string {
    return alertMessage(items, { appName, dashboardUrl: this.#options.dashboardUrl });
  }
}

/** The alert, with `phone` knowing of it. */
function nowTold(alert: Alert, phone: string, believes: AlertTold['believes'], now: number): Alert {
  const times = (alert.told[phone]?.at ?? []).filter((at) => now - at < HOUR_MS).slice(-KEPT_TIMES);
  return { ...alert, told: { ...alert.told, [phone]: { believes, at: [...times, now] } } };
}
