import {
  ADMIN_PAGE,
  type AdminAnswer,
  type AdminQuery,
  type AnswerOf,
  type StaffOrder,
} from '../../../shared/admin.ts';
import type { Client } from '../../../shared/client.ts';
import { DAY_MS } from '../../../shared/clock.ts';
import { startOfDay } from '../../../shared/nairobi.ts';
import { closedAt } from '../../../shared/opening-hours.ts';
import { mayBePaidTwice, type Order, type OrderAction, orderStatus, owedKes } from '../../../shared/order.ts';
import { settingsFor, shopOverridesSchema } from '../../../shared/settings.ts';
import { type SettlementSums, totalOf } from '../../../shared/settlement.ts';
import type { FloatView } from '../../orders/float.ts';
import { settlement } from '../../orders/settlement.ts';
import { staffOptions } from '../../orders/staff-options.ts';
import { effectiveSettings } from '../../stores/effective-settings.ts';
import type { OrderFilter, Stores } from '../../stores/types.ts';
import { findBan } from '../bans.ts';
import { storageRisk } from '../storage-risk.ts';

/** What the pool knows of a client's worker, as far as an admin is told. */
export type WorkerFacts = Pick<
  AnswerOf<'status'>,
  'state' | 'stateReason' | 'readySince' | 'restarts' | 'memoryBytes'
>;

export interface AnswerSources {
  readonly stores: Stores;
  /** This client's float, if it has one. */
  readonly floatOf: (client: Client) => FloatView | undefined;
  readonly workerOf: (clientId: string) => WorkerFacts;
  /** Payment and airtime keys can be used. */
  readonly hasKeys: (client: Client) => boolean;
  /** {@link storageRisk} */
  readonly ephemeralDisk: boolean;
}

/** Why the person who asks may not do this to an order, in words; undefined: he may, as far as rights go. */
export type OrderRights = (order: Order, action: OrderAction) => string | undefined;

/** As many as say what happened last; the dashboard has all. */
const SHOWN_TIMELINE = 4;
const WEEK_DAYS = 7;

/** What an admin's screen shows of one client. Looks at nothing of any other. */
export async function answerQuery(
  client: Client,
  query: AdminQuery,
  sources: AnswerSources & { readonly rights: OrderRights },
  now: number,
): Promise<AdminAnswer> {
  const { stores, workerOf } = sources;
  switch (query.ask) {
    case 'overview': {
      const notSelling = whyNotSelling(client, sources, now);
      return {
        ask: 'overview',
        counts: stores.orders.countByStatus(client.id),
        paused: client.paused,
        ...(notSelling !== undefined && { notSelling }),
        state: workerOf(client.id).state,
      };
    }
    case 'orders':
      return {
        ask: 'orders',
        counts: stores.orders.countByStatus(client.id),
        ...pageOf(stores, { clientId: client.id, status: query.status }, query.cursor),
      };
    case 'find':
      return { ask: 'find', ...pageOf(stores, { clientId: client.id, q: query.q }, query.cursor) };
    case 'order':
      return await orderAnswer(client, query.orderNo, stores, sources.rights);
    case 'sales':
      return await salesAnswer(client, stores, now);
    case 'float':
      return floatAnswer(client, sources);
    case 'bans': {
      const own = [...stores.bans.values()]
        .filter((ban) => ban.clientId === client.id)
        .sort((one, other) => other.createdAt - one.createdAt);
      const items = own.slice(0, ADMIN_PAGE).map(({ person, reason, createdAt }) => ({
        person,
        createdAt,
        ...(reason !== undefined && { reason }),
      }));
      return { ask: 'bans', items, total: own.length };
    }
    case 'settings': {
      const values = settingsFor(effectiveSettings(stores.settings), client.overrides);
      const keys = Object.keys(shopOverridesSchema.shape);
      return {
        ask: 'settings',
        values: Object.fromEntries(Object.entries(values).filter(([key]) => keys.includes(key))),
        own: Object.entries(client.overrides).flatMap(([key, value]) => (value === undefined ? [] : [key])),
      };
    }
    case 'status': {
      const { mode, paused, phone } = client;
      return { ask: 'status', ...workerOf(client.id), mode, paused, ...(phone !== undefined && { phone }) };
    }
  }
}

/** In the order in which somebody would mend it. The bot's own state stands beside it. */
function whyNotSelling(client: Client, sources: AnswerSources, now: number): string | undefined {
  const { stores, hasKeys, ephemeralDisk } = sources;
  const settings = settingsFor(effectiveSettings(stores.settings), client.overrides);
  if (client.approved === false) return 'this shop waits for the platform’s approval';
  if (!hasKeys(client)) return 'payment or airtime keys are missing';
  if (storageRisk(client.mode, settings, ephemeralDisk)) return 'the machine’s disk does not last';
  if (stores.status().low) return 'the machine’s disk is full';
  if (client.paused) return 'selling is paused';
  return closedAt(now, settings) ? 'outside the opening hours' : undefined;
}

function pageOf(stores: Stores, filter: OrderFilter, cursor: string | undefined) {
  const page = stores.orders.page(filter, { limit: ADMIN_PAGE, ...(cursor !== undefined && { cursor }) });
  return {
    items: page.items.map(staffView),
    ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }),
  };
}

async function orderAnswer(
  client: Client,
  orderNo: string,
  stores: Stores,
  rights: OrderRights,
): Promise<AnswerOf<'order'>> {
  const order = stores.orders.get(orderNo);
  if (order?.clientId !== client.id) return { ask: 'order', actions: [], timeline: [], banned: false };
  const timeline = await stores.timelines.read(orderNo);
  return {
    ask: 'order',
    order: staffView(order),
    actions: staffOptions(order, (action) => rights(order, action)).flatMap(({ action, refusal }) =>
      refusal === undefined ? [action] : [],
    ),
    timeline: timeline.slice(-SHOWN_TIMELINE),
    banned: findBan(stores.bans, client.id, order)?.clientId === client.id,
  };
}

function staffView(order: Order): StaffOrder {
  const { payment, delivery } = order;
  return {
    orderNo: order.orderNo,
    chatId: order.chatId,
    ...(order.customerPhone !== undefined && { customerPhone: order.customerPhone }),
    payerPhone: order.payerPhone,
    recipientPhone: order.recipientPhone,
    amountKes: order.amountKes,
    payableKes: order.payableKes,
    createdAt: order.createdAt,
    status: orderStatus(order),
    paymentState: payment.state,
    ...(payment.reason !== undefined && { paymentReason: payment.reason }),
    deliveryState: delivery.state,
    ...(delivery.reason !== undefined && { deliveryReason: delivery.reason }),
    ...(payment.receipt !== undefined && { receipt: payment.receipt }),
    owedKes: owedKes(order),
    paidTwice: mayBePaidTwice(order),
    attention: order.attention.map(({ note }) => note),
  };
}

async function salesAnswer(client: Client, stores: Stores, now: number): Promise<AnswerOf<'sales'>> {
  const today = startOfDay(now);
  const since = async (from: number) => saleOf(await settlement(stores, { clientId: client.id, from }));
  return { ask: 'sales', today: await since(today), week: await since(today - (WEEK_DAYS - 1) * DAY_MS) };
}

function saleOf(rows: readonly SettlementSums[]): AnswerOf<'sales'>['today'] {
  const { sales, amountKes: airtimeKes, paidKes, discountKes, refunds, refundedKes } = totalOf(rows);
  return { sales, airtimeKes, paidKes, discountKes, refunds, refundedKes };
}

/** The balance of a float that clients share is told to none of them; whether it runs low is everybody's business. */
function floatAnswer(client: Client, { floatOf }: AnswerSources): AnswerOf<'float'> {
  const float = floatOf(client);
  if (!float) return { ask: 'float', own: false, low: false, missing: true };
  const own = float.clientId === client.id || client.mode !== 'live';
  return {
    ask: 'float',
    own,
    low: float.low,
    missing: false,
    ...(own && {
      reservedKes: float.reservedKes,
      ...(float.balanceKes !== undefined && { balanceKes: float.balanceKes }),
      ...(float.checkedAt !== undefined && { checkedAt: float.checkedAt }),
    }),
  };
}
