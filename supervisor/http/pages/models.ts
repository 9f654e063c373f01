import { type Alert, alertSeverities } from '../../../shared/alert.ts';
import { AppError } from '../../../shared/errors.ts';
import { startOfDay } from '../../../shared/nairobi.ts';
import type { Order } from '../../../shared/order.ts';
import type { AlertsModel } from '../../../web/components/alert-list.tsx';
import type { QrModel } from '../../../web/components/qr-panel.tsx';
import type { ClientCard } from '../../../web/models/bots.ts';
import type { ClientLogModel, ClientModel } from '../../../web/models/client.ts';
import type { ClientsFilter, ClientsModel } from '../../../web/models/clients.ts';
import type { OrdersModel, OrdersQuery } from '../../../web/models/orders.ts';
import type { FloatModel, OverviewModel } from '../../../web/models/overview.ts';
import type { SystemModel } from '../../../web/pages/system.tsx';
import type { OrderModel, OrderRow, PhoneFrame, PhoneModel } from '../../../web/view-models.ts';
import { staffOptions } from '../../orders/staff-options.ts';
import { phoneSeenBy } from '../phone-prompts.ts';
import type { Services } from '../types.ts';
import { byUrgency, cardMaker, fits } from './bot-models.ts';
import { ordersModel } from './orders-model.ts';
import { systemModel } from './system-model.ts';
import type { Watch } from './watch.ts';

/** Turns what the services know into what pages draw; the same for a page's first load and for its live updates. */
export interface Models {
  overview(): Promise<OverviewModel>;
  client(clientId: string): Promise<ClientModel>;
  card(clientId: string): ClientCard;
  clientLog(clientId: string): ClientLogModel;
  clients(filter: ClientsFilter): ClientsModel;
  /** A client's way to a connected number. */
  qr(clientId: string): QrModel;
  /** @param viewer who looks: an owner may do less */
  order(orderNo: string, viewer: 'admin' | 'owner'): Promise<OrderModel>;
  orders(query: OrdersQuery): OrdersModel;
  phone(clientId: string, phone: string): Promise<PhoneModel>;
  system(): Promise<SystemModel>;
  row(order: Order): OrderRow;
}

/** A float that several clients share. */
function sharedFloatName(source: string): string {
  return source === 'simulated' ? 'Simulated float' : 'The platform’s float';
}

const LATEST_ORDERS = 8;
const ATTENTION_ORDERS = 5;
/** A phone's screen need not scroll back for ever. */
const CHAT_MESSAGES = 80;
const ORDERS_SEARCHED = 10;

/** The numbers offered on the simulated phone: of a range that no network has given to anybody yet. */
export const SANDBOX_PHONES = ['254700000001', '254700000002', '254700000003', '254700000004'] as const;

export function createModels(services: Services, watch: Watch): Models {
  const { stores, clients, clock, world } = services;

  const clientName = (clientId: string): string => stores.clients.get(clientId)?.name ?? 'A deleted bot';
  const card = cardMaker(services, watch);
  const row = (order: Order): OrderRow => ({ order, clientName: clientName(order.clientId) });

  /** Open ones; those that nobody has seen yet first, then the most urgent. */
  function alerts(clientId?: string): AlertsModel {
    const open = services.alerts.list({ open: true, ...(clientId !== undefined && { clientId }) });
    const rank = ({ severity, acknowledgedAt }: Alert): number =>
      alertSeverities.indexOf(severity) - (acknowledgedAt === undefined ? 0 : alertSeverities.length);
    return {
      now: clock.now(),
      alerts: open
        .toSorted((a, b) => rank(b) - rank(a))
        .map((alert) => ({
          alert,
          // On a bot's own page its name would be noise.
          ...(alert.clientId !== null &&
            clientId === undefined && { clientName: clientName(alert.clientId) }),
        })),
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
    const now = clock.now();
    const today = watch.takings.read(now);
    const counts = stores.orders.countByStatus();
    const cards = clients.list().map(card);
    const sandbox = cards.find(({ mode }) => mode === 'sandbox');
    return {
      now,
      floats: floats(),
      today,
      alerts: alerts(),
      days: [...watch.sales.read(now), { dayStart: startOfDay(now), ...today }],
      openOrders: counts.open,
      attentionOrders: counts.attention,
      attention: stores.orders.page({ status: 'attention' }, { limit: ATTENTION_ORDERS }).items.map(row),
      clients: cards.toSorted(byUrgency),
      latest: stores.orders.page({}, { limit: LATEST_ORDERS }).items.map(row),
      ...(sandbox ? { tryClient: { id: sandbox.id, name: sandbox.name } } : {}),
      unused: Object.values(counts).every((count) => count === 0),
    };
  }

  function clientList(filter: ClientsFilter): ClientsModel {
    const all = clients.list();
    const found = all.map(card).filter((one) => fits(one, filter));
    return { now: clock.now(), filter, clients: found.toSorted(byUrgency), total: all.length };
  }

  async function client(clientId: string): Promise<ClientModel> {
    const snapshot = clients.get(clientId);
    const now = clock.now();
    const today = { dayStart: startOfDay(now), ...watch.takings.read(now, clientId) };
    return {
      now,
      client: card(snapshot),
      latest: stores.orders.page({ clientId }, { limit: LATEST_ORDERS }).items.map(row),
      days: [...watch.sales.read(now, clientId), today],
      alerts: alerts(clientId),
      ...clients.history(clientId),
    };
  }

  function clientLog(clientId: string): ClientLogModel {
    const lines = clients.logLines(clientId).toReversed();
    return { clientId, lines: lines.map(({ at, level, message }) => ({ at, level, message })) };
  }

  function qr(clientId: string): QrModel {
    const { client: record, worker } = clients.get(clientId);
    return {
      clientId,
      clientName: record.name,
      state: worker.state,
      now: clock.now(),
      ...(worker.stateReason !== undefined && { stateReason: worker.stateReason }),
      ...(worker.qr && { qr: worker.qr }),
      ...(record.phone !== undefined && { phone: record.phone }),
    };
  }

  async function order(orderNo: string, viewer: 'admin' | 'owner'): Promise<OrderModel> {
    const found = stores.orders.get(orderNo);
    if (!found) throw new AppError('not-found', 'There is no order with this number');
    const timeline = await stores.timelines.read(orderNo);
    return {
      now: clock.now(),
      order: found,
      clientName: clientName(found.clientId),
      timeline,
      options: staffOptions(found, (action) =>
        viewer === 'owner' ? services.orders.ownerRefusal(found, action) : undefined,
      ),
    };
  }

  const orders = (query: OrdersQuery): OrdersModel => ordersModel(services, row, query);

  async function phone(clientId: string, number: string): Promise<PhoneModel> {
    const { client: record, worker } = clients.get(clientId);
    if (record.mode !== 'sandbox')
      throw new AppError('not-found', 'Only sandbox bots have a simulated phone');
    const [messages, phoneNow] = await Promise.all([world.messages(clientId, number), world.phone(number)]);
    const found = latestOrder(clientId, number);
    const frame: PhoneFrame = {
      clientId,
      clientName: record.name,
      phone: number,
      state: worker.state,
      paused: record.paused,
      ...(record.picture && { picture: record.picture }),
      others: SANDBOX_PHONES.some((known) => known === number) ? SANDBOX_PHONES : [...SANDBOX_PHONES, number],
    };
    return {
      now: clock.now(),
      frame,
      messages: messages.slice(-CHAT_MESSAGES),
      view: phoneSeenBy(clientId, phoneNow, stores.orders),
      ...(found ? { order: { order: found, timeline: await stores.timelines.read(found.orderNo) } } : {}),
    };
  }

  /** The customer's latest order with this client, whoever pays or receives. */
  function latestOrder(clientId: string, number: string): Order | undefined {
    const { orders } = stores;
    const own = orders.page({ clientId, q: number }, { limit: ORDERS_SEARCHED }).items;
    return own.find(({ customerPhone }) => customerPhone === number) ?? own[0];
  }

  return {
    system: () => systemModel(services),
    overview,
    clients: clientList,
    client,
    card: (clientId) => card(clients.get(clientId)),
    clientLog,
    qr,
    order,
    orders,
    phone,
    row,
  };
}
