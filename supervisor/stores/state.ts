import { z } from 'zod';
import { type AccessRecord, accessRecordSchema } from '../../shared/access.ts';
import { type Alert, alertSchema } from '../../shared/alert.ts';
import { type Ban, banKey, banSchema } from '../../shared/ban.ts';
import { type Client, clientSchema } from '../../shared/client.ts';
import {
  type Conversation,
  conversationSchema,
  type OutboxEntry,
  outboxEntrySchema,
} from '../../shared/conversation.ts';
import { type CredentialSet, credentialSetSchema } from '../../shared/credentials.ts';
import { type EarlyCallback, earlyCallbackKey, earlyCallbackSchema } from '../../shared/delivery-callback.ts';
import { type Order, orderSchema } from '../../shared/order.ts';
import { type RestartHistory, restartHistorySchema } from '../../shared/restart.ts';
import { settingsPatchSchema } from '../../shared/settings.ts';
import { type OwnTexts, ownTextsSchema } from '../../shared/texts.ts';
import { Collection } from './collection.ts';
import { ObjectTable } from './object-table.ts';
import { OrderTableReader } from './order-reader.ts';
import { OutboxIndex } from './outbox-index.ts';
import { PackedTable } from './packed-table.ts';
import { conversationKey, type StoredSettings } from './types.ts';

export interface StateOptions {
  /** True: whoever changes a value that he read or put gets an error. Costs a microsecond per record. */
  readonly freeze: boolean;
  /** Refuses a change of an order by throwing. Not asked again when the journal is replayed. */
  readonly checkOrderChange?: ((before: Order | undefined, after: Order) => void) | undefined;
}

const storedSettingsSchema = z.object({ id: z.literal('platform'), values: settingsPatchSchema });

/** Everything that is in memory, and nothing about files. */
export class State {
  readonly clients: Collection<Client>;
  readonly orders: Collection<Order>;
  readonly settings: Collection<StoredSettings>;
  readonly conversations: Collection<Conversation>;
  readonly outbox: Collection<OutboxEntry>;
  readonly credentials: Collection<CredentialSet>;
  readonly callbacks: Collection<EarlyCallback>;
  readonly bans: Collection<Ban>;
  readonly texts: Collection<OwnTexts>;
  readonly alerts: Collection<Alert>;
  readonly access: Collection<AccessRecord>;
  readonly restarts: Collection<RestartHistory>;
  readonly orderTable: PackedTable<Order>;
  readonly orderReader: OrderTableReader;
  readonly outboxIndex = new OutboxIndex();

  constructor({ freeze, checkOrderChange }: StateOptions) {
    this.orderTable = new PackedTable<Order>({ freeze });
    this.orderReader = new OrderTableReader(this.orderTable);
    this.clients = new Collection<Client>({
      name: 'clients',
      schema: clientSchema,
      table: new ObjectTable(),
      freeze,
      keyOf: (client) => client.id,
      toChange: (key, before, after) => ({ collection: 'clients', key, before, after }),
    });
    this.orders = new Collection<Order>({
      name: 'orders',
      schema: orderSchema,
      table: this.orderTable,
      freeze,
      keyOf: (order) => order.orderNo,
      toChange: (key, before, after) => ({ collection: 'orders', key, before, after }),
      check: checkOrderChange,
    });
    this.settings = new Collection<StoredSettings>({
      name: 'settings',
      schema: storedSettingsSchema,
      table: new ObjectTable(),
      freeze,
      keyOf: (settings) => settings.id,
      toChange: (key, before, after) => ({ collection: 'settings', key, before, after }),
    });
    this.conversations = new Collection<Conversation>({
      name: 'conversations',
      schema: conversationSchema,
      table: new PackedTable({ freeze }),
      freeze,
      keyOf: (conversation) => conversationKey(conversation.clientId, conversation.chatId),
      toChange: (key, before, after) => ({ collection: 'conversations', key, before, after }),
    });
    this.outbox = new Collection<OutboxEntry>({
      name: 'outbox',
      schema: outboxEntrySchema,
      table: new ObjectTable(this.outboxIndex),
      freeze,
      keyOf: (entry) => entry.id,
      toChange: (key, before, after) => ({ collection: 'outbox', key, before, after }),
    });
    this.credentials = new Collection<CredentialSet>({
      name: 'credentials',
      schema: credentialSetSchema,
      table: new ObjectTable(),
      freeze,
      keyOf: (set) => set.setId,
      toChange: (key, before, after) => ({ collection: 'credentials', key, before, after }),
    });
    this.callbacks = new Collection<EarlyCallback>({
      name: 'callbacks',
      schema: earlyCallbackSchema,
      table: new ObjectTable(),
      freeze,
      keyOf: earlyCallbackKey,
      toChange: (key, before, after) => ({ collection: 'callbacks', key, before, after }),
    });
    this.bans = new Collection<Ban>({
      name: 'bans',
      schema: banSchema,
      table: new ObjectTable(),
      freeze,
      keyOf: (ban) => banKey(ban.person, ban.clientId),
      toChange: (key, before, after) => ({ collection: 'bans', key, before, after }),
    });
    this.texts = new Collection<OwnTexts>({
      name: 'texts',
      schema: ownTextsSchema,
      table: new ObjectTable(),
      freeze,
      keyOf: (texts) => texts.id,
      toChange: (key, before, after) => ({ collection: 'texts', key, before, after }),
    });
    this.alerts = new Collection<Alert>({
      name: 'alerts',
      schema: alertSchema,
      table: new ObjectTable(),
      freeze,
      keyOf: (alert) => alert.id,
      toChange: (key, before, after) => ({ collection: 'alerts', key, before, after }),
    });
    this.access = new Collection<AccessRecord>({
      name: 'access',
      schema: accessRecordSchema,
      table: new ObjectTable(),
      freeze,
      keyOf: (record) => record.id,
      toChange: (key, before, after) => ({ collection: 'access', key, before, after }),
    });
    this.restarts = new Collection<RestartHistory>({
      name: 'restarts',
      schema: restartHistorySchema,
      table: new ObjectTable(),
      freeze,
      keyOf: ({ clientId }) => clientId,
      toChange: (key, before, after) => ({ collection: 'restarts', key, before, after }),
    });
  }

  get collections(): readonly AnyCollection[] {
    return [
      this.clients,
      this.orders,
      this.settings,
      this.conversations,
      this.outbox,
      this.credentials,
      this.callbacks,
      this.bans,
      this.texts,
      this.alerts,
      this.access,
      this.restarts,
    ];
  }

  /** Checks a record against its collection's schema. @returns its key. @throws when it does not fit. */
  checkRecord(collection: string, value: unknown): string {
    const known = this.collections.find(({ name }) => name === collection);
    if (!known) throw new Error(`There is no collection "${collection}"`);
    return known.checkRecord(value);
  }
}

/** A collection for code that handles all of them alike. */
export type AnyCollection = Pick<Collection<unknown>, 'name' | 'load' | 'replay' | 'capture' | 'checkRecord'>;
