import { type Client, clientSchema } from '../../../shared/client.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Order } from '../../../shared/order.ts';
import type { World } from '../../../supervisor/sandbox/types.ts';
import { refuseWhatIsForAdmins } from '../../../supervisor/workers/client-changes.ts';
import type {
  ClientService,
  ClientSnapshot,
  WorkerHistory,
  WorkerStatus,
} from '../../../supervisor/workers/types.ts';
import { aClient } from '../../helpers/a-client.ts';
import type { FakeStores } from './fake-stores.ts';

/** A client service that keeps clients in the fake stores and remembers each call, with who made it. */
export class FakeClients {
  readonly calls: { readonly what: string; readonly by: string }[] = [];
  readonly workers = new Map<string, WorkerStatus>();
  memory: WorkerHistory['memory'] = [];
  readonly #stores: FakeStores;
  #made = 0;

  constructor(stores: FakeStores) {
    this.#stores = stores;
  }

  asService(): ClientService {
    const get = (id: string): ClientSnapshot => {
      const client = this.#stores.clients.get(id);
      if (!client) throw new AppError('not-found', 'There is no such client');
      return { client, worker: this.workers.get(id) ?? { state: 'ready', restarts: 0, pid: 4_242 } };
    };
    return {
      list: () => [...this.#stores.clients.keys()].map(get),
      get,
      create: async (request, by, made = {}) => {
        this.calls.push({ what: `create ${JSON.stringify(request)}`, by });
        const { adminPhones = [], overrides = {}, ...rest } = request;
        this.#made += 1;
        const client = makeClient({
          id: this.#made === 1 ? 'cl_new' : `cl_new${this.#made}`,
          adminPhones,
          overrides,
          ...rest,
          ...made,
        });
        this.#stores.clients.set(client.id, client);
        return get(client.id);
      },
      patch: async (id, request, by, rights) => {
        if (rights === 'owner') refuseWhatIsForAdmins(request);
        this.calls.push({ what: `patch ${id} ${JSON.stringify(request)}`, by });
        const { client } = get(id);
        const { shadowPay: _collects, statum: _delivers, overrides: wish, ...fields } = request;
        const overrides = typeof wish === 'function' ? wish(client.overrides) : (wish ?? client.overrides);
        this.#stores.clients.set(id, clientSchema.parse({ ...client, ...fields, overrides }));
        return get(id);
      },
      remove: async (id, by) => {
        get(id);
        this.#stores.clients.delete(id);
        this.calls.push({ what: `remove ${id}`, by });
        this.#stores.clients.delete(id);
        return 'none';
      },
      command: async (id, command, by) => {
        this.calls.push({ what: `${command} ${id}`, by });
        return get(id);
      },
      pairingCode: async (id, phone, by) => {
        get(id);
        this.calls.push({ what: `pairing-code ${id} ${phone}`, by });
        return 'ABCD2345';
      },
      onChange: () => () => undefined,
      onLogLine: () => () => undefined,
      history: (id) => {
        get(id);
        return { restarts: this.#stores.restarts.get(id)?.restarts ?? [], memory: this.memory };
      },
      logLines: () => [],
    };
  }
}

/** A world that remembers what it was asked to do. */
export class FakeWorld {
  readonly calls: string[] = [];
  /** Who listens to its events. */
  readonly listeners = new Set<Parameters<World['onEvent']>[0]>();

  asWorld(): World {
    const note = (what: string): void => {
      this.calls.push(what);
    };
    return {
      file: {
        pid: 1,
        pidStartTime: '1',
        httpPort: 1,
        chatPort: 1,
        token: 'world-token',
        shadowPay: { apiKey: 'k', apiSecret: 's', accountId: 1 },
        statum: { consumerKey: 'k', consumerSecret: 's' },
      },
      shadowPayBaseUrl: 'http://127.0.0.1:1/shadow-pay/api/v2/',
      statumBaseUrl: 'http://127.0.0.1:1/statum/api/v2/',
      setCallbackUrl: async () => undefined,
      sendMessage: async (clientId, from, message) => {
        note(`message ${clientId} ${from} ${message.text ?? JSON.stringify(message)}`);
        return { id: 'm1' };
      },
      editMessage: async (clientId, id, text) => {
        note(`edit ${clientId} ${id} ${text}`);
      },
      deleteMessage: async (clientId, id) => {
        note(`delete ${clientId} ${id}`);
      },
      messages: async (clientId, phone, after) => {
        note(`messages ${clientId} ${phone} ${after ?? '-'}`);
        return [{ id: 'm1', direction: 'in', text: 'hi', at: 1_700_000_000_000 }];
      },
      phone: async (phone) => {
        note(`phone ${phone}`);
        return {
          prompt: { checkoutRequestId: 'ws_CO_1', amountKes: 50, reference: 'A2345678' },
          airtimeKes: 20,
        };
      },
      answerPrompt: async (phone, answer) => {
        note(`answer ${phone} ${answer.answer}`);
        return { prompt: null, airtimeKes: 70 };
      },
      setFaults: async (faults) => note(`faults ${JSON.stringify(faults)}`),
      ledger: async () => ({
        prompts: [],
        topUps: [{ requestId: 'r1', phone: '254700000001', amountKes: 50, at: 1_700_000_000_000 }],
      }),
      onEvent: (listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
      onRestart: () => () => undefined,
      close: async () => undefined,
    };
  }
}

export function makeOrder(wish: Partial<Order> = {}): Order {
  return {
    orderNo: 'A2345678',
    clientId: 'cl_one',
    mode: 'sandbox',
    chatId: '254700000001',
    confirmId: 'cf_1',
    customerPhone: '254700000001',
    payerPhone: '254700000001',
    recipientPhone: '254700000002',
    amountKes: 50,
    payableKes: 48,
    discountPercent: 5,
    payment: {
      state: 'paid',
      credentials: { setId: 'simulated', version: 1 },
      requestedAt: 1_700_000_000_000,
      receipt: 'SG722NMVXQ',
    },
    delivery: {
      state: 'sent',
      attempts: 1,
      credentials: { setId: 'simulated', version: 1 },
      requestId: 'r1',
    },
    attention: [],
    createdAt: 1_700_000_000_000,
    updatedAt: 1_700_000_060_000,
    ...wish,
  };
}

export function makeClient({ id = 'cl_one', ...wish }: Partial<Client> = {}): Client {
  const created = { createdAt: 1_700_000_000_000, updatedAt: 1_700_000_000_000 };
  return aClient(id, { name: 'Duka Moja', ...created, ...wish });
}
