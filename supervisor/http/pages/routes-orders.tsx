import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { parseAmount } from '../../../shared/money.ts';
import {
  type Order,
  type OrderAction,
  type OrderActionRequest,
  orderActionSchema,
  orderActions,
} from '../../../shared/order.ts';
import { QuickLook } from '../../../web/components/quick-look.tsx';
import { actionResult, questionFor } from '../../../web/models/order-actions.ts';
import { ordersQuerySchema } from '../../../web/models/orders.ts';
import { OrderPage } from '../../../web/pages/order.tsx';
import { OrdersPage } from '../../../web/pages/orders.tsx';
import { requireMayAct } from '../auth/may-act.ts';
import { identityOf, requireClientAccess, scopeOf } from '../auth/roles.ts';
import type { Services } from '../types.ts';
import { readAddress, readAs } from '../validation-issue.ts';
import { botChoices } from './bot-choices.ts';
import type { Models } from './models.ts';
import { pageContext, sendFragment, sendPage, sendToast, staffName } from './page.ts';

const orderParams = z.object({ orderNo: z.string().toUpperCase() });
const actionParams = orderParams.extend({ action: z.enum(orderActions) });
const answersSchema = z.object({
  reason: z.string().max(2_000).optional(),
  receipt: z.string().max(40).optional(),
  amountKes: z.string().max(40).optional(),
});

export function registerOrderPages(app: FastifyInstance, services: Services, models: Models): void {
  const { stores, orders } = services;
  const owner = { config: { role: 'owner' } } as const;

  /** @throws AppError `not-found` for an order that is not, or is not the caller's */
  function ownOrder(request: FastifyRequest, orderNo: string): Order {
    const order = stores.orders.get(orderNo);
    if (!order) throw new AppError('not-found', 'There is no order with this number');
    requireClientAccess(identityOf(request), order.clientId, 'order');
    return order;
  }

  app.get('/orders', owner, async (request, reply) => {
    const own = scopeOf(request);
    const asked = readAs(ordersQuerySchema, request.query);
    const query = own === undefined ? asked : { ...asked, clientId: own };
    const model = { ...models.orders(query), clients: botChoices(stores, own) };
    return sendPage(reply, <OrdersPage context={pageContext(request, services)} model={model} />);
  });

  app.get('/orders/:orderNo', owner, async (request, reply) => {
    const { orderNo } = ownOrder(request, readAddress(orderParams, request.params).orderNo);
    const model = await models.order(orderNo, identityOf(request).role);
    return sendPage(reply, <OrderPage context={pageContext(request, services)} model={model} />);
  });

  app.get('/orders/:orderNo/quick', owner, async (request, reply) => {
    const { orderNo } = ownOrder(request, readAddress(orderParams, request.params).orderNo);
    return sendFragment(reply, <QuickLook model={await models.order(orderNo, identityOf(request).role)} />);
  });

  app.post('/orders/:orderNo/actions/:action', owner, async (request, reply) => {
    const params = actionParams.safeParse(request.params);
    if (!params.success) throw new AppError('not-found', 'There is no such action');
    const { action } = params.data;
    const order = ownOrder(request, params.data.orderNo);
    requireMayAct(orders, identityOf(request), order, action);
    const answers = readAnswers(action, order, request.body);
    const after = await orders.act(order.orderNo, answers, staffName(request));
    return sendToast(reply, actionResult(action, after));
  });
}

/** What was answered in the dialog before an action. @throws AppError `invalid` naming the field */
function readAnswers(action: OrderAction, order: Order, body: unknown): OrderActionRequest {
  const all = answersSchema.catch({}).parse(body ?? {});
  for (const { name } of questionFor(action, order)?.fields ?? []) {
    if (!all[name]?.trim()) throw new AppError('invalid', missing[name], { field: name });
  }
  const { amountKes, ...answers } = all;
  const given = Object.entries(answers).filter(([, answer]) => answer !== undefined && answer.trim() !== '');
  return readAs(orderActionSchema, {
    action,
    ...Object.fromEntries(given),
    ...(amountKes?.trim() && { amountKes: readAmount(amountKes) }),
  });
}

const missing = {
  reason: 'Write the reason: whoever looks at this order later must understand it',
  receipt: 'Type the M-Pesa code, such as SG722NMVXQ',
  amountKes: 'Type the amount in whole shillings',
} as const;

function readAmount(written: string): number {
  const amount = parseAmount(written);
  if (amount.ok && amount.amountKes > 0) return amount.amountKes;
  throw new AppError('invalid', `“${written.trim()}” is not an amount in whole shillings, such as 100`, {
    field: 'amountKes',
  });
}
