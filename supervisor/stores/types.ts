import type { AccessRecord } from '../../shared/access.ts';
import type { Alert } from '../../shared/alert.ts';
import type { AuditEntry } from '../../shared/audit.ts';
import type { Ban } from '../../shared/ban.ts';
import type { Client } from '../../shared/client.ts';
import type { Conversation, OutboxEntry } from '../../shared/conversation.ts';
import type { CredentialSet } from '../../shared/credentials.ts';
import type { EarlyCallback } from '../../shared/delivery-callback.ts';
import type { Order, OrderStatus, TimelineEntry } from '../../shared/order.ts';
import type { RestartHistory } from '../../shared/restart.ts';
import type { SettingsPatch } from '../../shared/settings.ts';
import type { OwnTexts } from '../../shared/texts.ts';

/**
 * What the rest of the supervisor sees of the stores: collections and transactions, never files. A second backend would
 * implement exactly this.
 *
 * Rules
 * - Values are immutable: never change what a read gave; put a new object.
 * - A transaction's work is synchronous and sees its own changes. It is applied to memory when the work returns, as a whole,
 *   and the promise resolves when it is durable. Work that throws changes nothing and its error is passed on.
 * - Later transactions see an applied change before it is durable; whoever tells the outside world what he *read* awaits
 *   {@link Stores.durable} first. `onCommit` listeners hear of durable changes only.
 */
export interface Stores {
  readonly clients: Reader<Client>;
  readonly orders: OrderReader;
  readonly settings: Reader<StoredSettings>;
  readonly conversations: Reader<Conversation>;
  readonly outbox: OutboxReader;
  /** Keys in here are sealed; supervisor/secrets opens them. */
  readonly credentials: Reader<CredentialSet>;
  readonly callbacks: Reader<EarlyCallback>;
  readonly bans: Reader<Ban>;
  readonly texts: Reader<OwnTexts>;
  readonly alerts: Reader<Alert>;
  /** Owners' invites, sessions ended everywhere, the access code's digest. */
  readonly access: Reader<AccessRecord>;
  /** Why workers were restarted; by client. */
  readonly restarts: Reader<RestartHistory>;
  readonly audit: LogReader<AuditEntry> & RewrittenLog<AuditEntry>;
  readonly timelines: GroupedLogReader<TimelineEntry> & RewrittenGroups<TimelineEntry>;

  /** @throws what `work` throws; {@link import('../../shared/errors.ts').AppError} `storage-full` when the disk takes no more. */
  transact<T>(work: (tx: Transaction) => T): Promise<T>;
  /** Resolves when everything applied up to now is on disk. */
  durable(): Promise<void>;
  /** Called after each durable transaction, in order. A listener that throws is logged and cannot stop the others. */
  onCommit(listener: (changes: readonly Change[]) => void): () => void;
  /**
   * Takes what was changed or deleted before this call out of the older files too: the journal and the previous snapshots.
   * @returns false when the disk has no room for that; then they lose it with the next two snapshots
   */
  forgetPast(): Promise<boolean>;
  status(): StorageStatus;
  /** False: another process may own the data folder by now. Asked before each call that moves money; cheap and synchronous. */
  stillOwner(): boolean;
  /** Writes what is pending, snapshots if worth it, releases the lock. Nothing can be written afterwards. */
  close(): Promise<void>;
}

export interface StorageStatus {
  /** False: nothing can be written at all. */
  readonly writable: boolean;
  /** True: only the reserve is left. Gateways' answers are still recorded, new orders must not be taken. */
  readonly low: boolean;
  readonly journalBytes: number;
  readonly lastSnapshotAt: number | undefined;
}

/** The single record of the settings collection: what the UI has set, nothing else. */
export interface StoredSettings {
  readonly id: 'platform';
  readonly values: SettingsPatch;
}

export interface Reader<T> {
  get(key: string): T | undefined;
  /** In no promised order. */
  values(): IterableIterator<T>;
  readonly size: number;
}

export interface Writer<T> extends Reader<T> {
  /** @throws when the collection's own check refuses the change (an illegal state transition, for one). */
  put(value: T): void;
  delete(key: string): void;
}

export interface OrderFilter {
  readonly status?: OrderStatus;
  readonly clientId?: string;
  /** Exact order number, receipt or refund's code, or a phone (payer, recipient or customer) or its last four or more digits. */
  readonly q?: string;
  /** Creation time, milliseconds: from inclusive, to exclusive. */
  readonly from?: number;
  readonly to?: number;
}

export interface OrderPage {
  readonly items: readonly Order[];
  /** Opaque; absent on the last page. */
  readonly nextCursor?: string;
}

export interface OrderReader extends Reader<Order> {
  byConfirmId(confirmId: string): Order | undefined;
  /** Oldest first: one, save that a code typed for a simulated order may be that of a real payment. */
  byReceipt(receipt: string): readonly Order[];
  /** Whose refund was recorded with this M-Pesa code; oldest first. */
  byRefundReceipt(receipt: string): readonly Order[];
  byCheckoutRequestId(checkoutRequestId: string): Order | undefined;
  byDeliveryRequestId(requestId: string): Order | undefined;
  /** Newest first. */
  byChat(clientId: string, chatId: string, limit: number): readonly Order[];
  /** Newest first. */
  byPayer(payerPhone: string, limit: number): readonly Order[];
  /** Newest first. */
  byRecipient(recipientPhone: string, limit: number): readonly Order[];
  /** Orders for which something may still happen by itself or by staff: anything not finally settled (`isSettled` in shared/order.ts). */
  unsettled(): IterableIterator<Order>;
  countByStatus(clientId?: string): Readonly<Record<OrderStatus, number>>;
  /** Newest first. @throws AppError `invalid` for a cursor that was not made here. */
  page(filter: OrderFilter, options: { cursor?: string; limit: number }): OrderPage;
}

export interface OutboxReader extends Reader<OutboxEntry> {
  /** A client's entries by rising `seq`. */
  byClient(clientId: string): readonly OutboxEntry[];
  /** The number for the next entry. */
  nextSeq(): number;
}

export interface LogReader<T> {
  /** Newest first. */
  page(options: { cursor?: string; limit: number }): Promise<{ items: readonly T[]; nextCursor?: string }>;
}

export interface GroupedLogReader<T> {
  /** All entries of one group, oldest first; from disk where they have left memory. */
  read(group: string): Promise<readonly T[]>;
}

/** Logs grow only at their end, but what they say of people can be taken out: for retention and erasure, nothing else. */
export interface RewrittenLog<T> {
  /**
   * Looks at each durable entry, oldest first, and writes over those that change: what they said is then gone from the log's file. An entry
   * may only become shorter. Broken off at any moment it can be called again.
   * @param change gives the same object back where nothing is to change, and undefined where the entry is to be forgotten
   * @returns how many were changed
   * @throws AppError `storage-full` when the disk takes no more
   */
  rewrite(change: (entry: T) => T | undefined): Promise<number>;
}

export interface RewrittenGroups<T> {
  /** The same for the entries of some groups; none is forgotten. */
  rewrite(groups: readonly string[], change: (entry: T, group: string) => T): Promise<number>;
}

export interface Transaction {
  readonly clients: Writer<Client>;
  readonly orders: Writer<Order> & OrderReader;
  readonly settings: Writer<StoredSettings>;
  readonly conversations: Writer<Conversation>;
  readonly outbox: Writer<OutboxEntry> & OutboxReader;
  readonly credentials: Writer<CredentialSet>;
  readonly callbacks: Writer<EarlyCallback>;
  readonly bans: Writer<Ban>;
  readonly texts: Writer<OwnTexts>;
  readonly alerts: Writer<Alert>;
  readonly access: Writer<AccessRecord>;
  readonly restarts: Writer<RestartHistory>;
  readonly audit: { append(entry: AuditEntry): void };
  readonly timelines: { append(orderNo: string, entry: TimelineEntry): void };
}

export type Change =
  | {
      readonly collection: 'clients';
      readonly key: string;
      readonly before: Client | undefined;
      readonly after: Client | undefined;
    }
  | {
      readonly collection: 'orders';
      readonly key: string;
      readonly before: Order | undefined;
      readonly after: Order | undefined;
    }
  | {
      readonly collection: 'settings';
      readonly key: string;
      readonly before: StoredSettings | undefined;
      readonly after: StoredSettings | undefined;
    }
  | {
      readonly collection: 'conversations';
      readonly key: string;
      readonly before: Conversation | undefined;
      readonly after: Conversation | undefined;
    }
  | {
      readonly collection: 'outbox';
      readonly key: string;
      readonly before: OutboxEntry | undefined;
      readonly after: OutboxEntry | undefined;
    }
  | {
      readonly collection: 'credentials';
      readonly key: string;
      readonly before: CredentialSet | undefined;
      readonly after: CredentialSet | undefined;
    }
  | {
      readonly collection: 'callbacks';
      readonly key: string;
      readonly before: EarlyCallback | undefined;
      readonly after: EarlyCallback | undefined;
    }
  | {
      readonly collection: 'bans';
      readonly key: string;
      readonly before: Ban | undefined;
      readonly after: Ban | undefined;
    }
  | {
      readonly collection: 'texts';
      readonly key: string;
      readonly before: OwnTexts | undefined;
      readonly after: OwnTexts | undefined;
    }
  | {
      readonly collection: 'alerts';
      readonly key: string;
      readonly before: Alert | undefined;
      readonly after: Alert | undefined;
    }
  | {
      readonly collection: 'access';
      readonly key: string;
      readonly before: AccessRecord | undefined;
      readonly after: AccessRecord | undefined;
    }
  | {
      readonly collection: 'restarts';
      readonly key: string;
      readonly before: RestartHistory | undefined;
      readonly after: RestartHistory | undefined;
    };

/** The key of a chat's conversation record. */
export function conversationKey(clientId: string, chatId: string): string {
  return `${clientId}/${chatId}`;
}
