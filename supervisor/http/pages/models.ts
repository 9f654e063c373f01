import type { WorkerState } from '../../../shared/client.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Order } from '../../../shared/order.ts';
import type {
  ClientCard,
  ClientModel,
  FloatModel,
  OrderModel,
  OrderRow,
  OverviewModel,
  PhoneFrame,
  PhoneModel,
} from '../../../web/view-models.ts';
import type { ClientSnapshot } from '../../workers/types.ts';
import type { Services } from '../types.ts';
import type { TodaysTakings } from './takings.ts';

/** Turns what the services know into what pages draw; the same for a page's first load and for its live updates. */
export interface Models {
  overview(): Promise<OverviewModel>;
  client(clientId: string): Promise<ClientModel>;
  order(orderNo: string): Promise<OrderModel>;
  phone(clientId: string, phone: string): Promise<PhoneModel>;
  row(order: Order): OrderRow;
}

/** A float that several clients share. */
function sharedFloatName(source: string): string {
  return source === 'simulated' ? 'Simulated float' : 'The platform’s float';
}

const LATEST_ORDERS = 8;
const ATTENTION_ORDERS = 5;
const LOG_LINES = 60;
/** A phone's screen need not scroll back for ever. */
const CHAT_MESSAGES = 80;
const ORDERS_SEARCHED = 10;

/** The numbers offered on the simulated phone: of a range that no network has given to anybody yet. */
export const SANDBOX_PHONES = ['254700000001', '254700000002', '254700000003', '254700000004'] as const;

/** Problems first, then by name. */
const urgency: Record<WorkerState, number> = {
  failed: 0,
  'logged-out': 1,
  'awaiting-scan': 2,
  'backing-off': 3,
  reconnecting: 4,
  authenticating: 5,
  starting: 5,
  stopping: 5,
  ready: 6,
  stopped: 7,
};

export function byUrgency(a: ClientCard, b: ClientCard): number {
  const attention = Number(b.attentionOrders > 0) - Number(a.attentionOrders > 0);
  return urgency[a.state] - urgency[b.state] || attention || a.name.localeCompare(b.name);
}

export function createModels(services: Services, takings: TodaysTakings): Models {
  const { stores, clients, clock, world } = services;

  const clientName = (clientId: string): string => stores.clients.get(clientId)?.name ?? 'A deleted bot';
  const row = (order: Order): OrderRow => ({ order, clientName: clientName(order.clientId) });

  function card({ client, worker }: ClientSnapshot): ClientCard {
    const counts = stores.orders.countByStatus(client.id);
    const { live, simulated } = takings.read(clock.now(), client.id);
    return {
      id: client.id,
      name: client.name,
      mode: client.mode,
      desired: client.desired,
      state: worker.state,
      ...(worker.stateReason === undefined ? {} : { stateReason: worker.stateReason }),
      paused: client.paused,
      ...(client.phone === undefined ? {} : { phone: client.phone }),
      ...(worker.lastMessageAt === undefined ? {} : { lastMessageAt: worker.lastMessageAt }),
      ...(worker.readySince === undefined ? {} : { readySince: worker.readySince }),
      restarts: worker.restarts,
      ...(worker.memoryBytes === undefined ? {} : { memoryBytes: worker.memoryBytes }),
      createdAt: client.createdAt,
      today: client.mode === 'live' ? live : simulated,
      openOrders: counts.open,
      attentionOrders: counts.attention,
    };
  }

  function floats(): FloatModel[] {
    return services.float
      .list()
      .map(({ source, clientId, ...view }) => ({
        name: clientId === undefined ? sharedFloatName(source) : clientName(clientId),
        ...view,
        // A balance may have cents; what can be sold is whole shillings.
        ...(view.balanceKes !== undefined && { balanceKes: Math.floor(view.balanceKes) }),
      }))
      .toSorted((a, b) => Number(b.low) - Number(a.low) || a.name.localeCompare(b.name));
  }

  async function overview(): Promise<OverviewModel> {
    const counts = stores.orders.countByStatus();
    const cards = clients.list().map(card);
    const sandbox = cards.find(({ mode }) => mode === 'sandbox');
    return {
      now: clock.now(),
      floats: floats(),
      today: takings.read(clock.now()),
      openOrders: counts.open,
      attentionOrders: counts.attention,
      attention: stores.orders.page({ status: 'attention' }, { limit: ATTENTION_ORDERS }).items.map(row),
      clients: cards.toSorted(byUrgency),
      latest: stores.orders.page({}, { limit: LATEST_ORDERS }).items.map(row),
      ...(sandbox ? { tryClient: { id: sandbox.id, name: sandbox.name } } : {}),
      unused: Object.values(counts).every((count) => count === 0),
    };
  }

  async function client(clientId: string): Promise<ClientModel> {
    const snapshot = clients.get(clientId);
    return {
      now: clock.now(),
      client: card(snapshot),
      latest: stores.orders.page({ clientId }, { limit: LATEST_ORDERS }).items.map(row),
      log: clients
        .logLines(clientId)
        .slice(-LOG_LINES)
        .toReversed()
        .map(({ at, level, message }) => ({ at, level, message })),
    };
  }

  async function order(orderNo: string): Promise<OrderModel> {
    const found = stores.orders.get(orderNo);
    if (!found) throw new AppError('not-found', 'There is no order with this number');
    const timeline = await stores.timelines.read(orderNo);
    return { now: clock.now(), order: found, clientName: clientName(found.clientId), timeline };
  }

  async function phone(clientId: string, number: string): Promise<PhoneModel> {
    const { client: record, worker } = clients.get(clientId);
    if (record.mode !== 'sandbox')
      throw new AppError('not-found', 'Only sandbox bots have a simulated phone');
    const [messages, view] = await Promise.all([world.messages(clientId, number), world.phone(number)]);
    const found = latestOrder(clientId, number);
    const frame: PhoneFrame = {
      clientId,
      clientName: record.name,
      phone: number,
      state: worker.state,
      paused: record.paused,
      others: SANDBOX_PHONES.some((known) => known === number) ? SANDBOX_PHONES : [...SANDBOX_PHONES, number],
    };
    return {
      now: clock.now(),
      frame,
      messages: messages.slice(-CHAT_MESSAGES),
      view,
      ...(found ? { order: { order: found, timeline: await stores.timelines.read(found.orderNo) } } : {}),
    };
  }

  /** The customer's latest order with this client, whoever pays or receives. */
  function latestOrder(clientId: string, number: string): Order | undefined {
    const { orders } = stores;
    const own = orders.page({ clientId, q: number }, { limit: ORDERS_SEARCHED }).items;
    return own.find(({ customerPhone }) => customerPhone === number) ?? own[0];
  }

  return { overview, client, order, phone, row };
}
