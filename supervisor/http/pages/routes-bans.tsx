import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { banPutSchema } from '../../../shared/ban.ts';
import type { BansModel, CustomerRow } from '../../../web/models/bans.ts';
import { BanList, BansPage, ClientBansPage } from '../../../web/pages/bans.tsx';
import type { Role, Services } from '../types.ts';
import { readAddress, readAs } from '../validation-issue.ts';
import { pageContext, sendFragment, sendPage, staffName } from './page.ts';

/** Among so many latest orders customers are looked for. */
const ORDERS_SEARCHED = 200;
const CUSTOMERS_SHOWN = 25;

const paramsSchema = z.object({ clientId: z.string() });
const querySchema = z.object({ who: z.string().max(60).catch('').default('') });
const personSchema = z.object({
  phoneOrChatId: z.string().trim().min(1, 'Whom?').max(60, 'This is too long'),
});
const banSchema = personSchema.extend(banPutSchema.shape);

/** `/bans` for the platform and `/clients/:clientId/bans` for one bot. */
export function registerBanPages(app: FastifyInstance, services: Services): void {
  const { bans, stores, clients, clock } = services;
  const owner = { config: { role: 'owner' } } as const;
  const admin = { config: { role: 'admin' } } as const;

  const clientName = (clientId: string): string => stores.clients.get(clientId)?.name ?? 'A deleted bot';

  /** Whoever ordered lately, the latest first. */
  function customers(clientId: string | undefined): readonly CustomerRow[] {
    const latest = stores.orders.page(clientId === undefined ? {} : { clientId }, { limit: ORDERS_SEARCHED });
    const rows = new Map<string, CustomerRow>();
    for (const order of latest.items) {
      const person = order.customerPhone ?? order.chatId;
      const row = rows.get(person);
      rows.set(person, {
        person,
        lastOrderAt: row?.lastOrderAt ?? order.createdAt,
        lastOrderNo: row?.lastOrderNo ?? order.orderNo,
        ...(clientId === undefined && { clientName: row?.clientName ?? clientName(order.clientId) }),
        orders: (row?.orders ?? 0) + 1,
      });
    }
    return [...rows.values()].slice(0, CUSTOMERS_SHOWN);
  }

  function model(clientId: string | undefined, who = ''): BansModel {
    const others =
      clientId === undefined
        ? [...stores.bans.values()].flatMap((ban) =>
            ban.clientId === undefined ? [] : [{ ban, clientName: clientName(ban.clientId) }],
          )
        : [];
    return {
      now: clock.now(),
      ...(clientId === undefined ? {} : { client: { id: clientId, name: clientName(clientId) } }),
      bans: bans.list(clientId),
      others: others.toSorted((a, b) => b.ban.createdAt - a.ban.createdAt),
      customers: customers(clientId),
      who,
    };
  }

  const clientOf = (request: FastifyRequest): string => readAddress(paramsSchema, request.params).clientId;

  app.get('/bans', admin, async (request, reply) => {
    const { who } = readAs(querySchema, request.query);
    return sendPage(
      reply,
      <BansPage context={pageContext(request, services)} model={model(undefined, who)} />,
    );
  });

  app.get('/clients/:clientId/bans', owner, async (request, reply) => {
    const { client } = clients.get(clientOf(request));
    const { who } = readAs(querySchema, request.query);
    const context = pageContext(request, services);
    return sendPage(
      reply,
      <ClientBansPage context={context} model={model(client.id, who)} client={client} />,
    );
  });

  for (const { base, role } of [
    { base: '/bans', role: 'admin' },
    { base: '/clients/:clientId/bans', role: 'owner' },
  ] as const) {
    const guard: { readonly config: { readonly role: Role } } = { config: { role } };
    const scope = (request: FastifyRequest): string | undefined =>
      role === 'owner' ? clientOf(request) : undefined;

    app.post(base, guard, async (request, reply) => {
      const { phoneOrChatId, ...texts } = readAs(banSchema, request.body);
      await bans.put(phoneOrChatId, texts, staffName(request), scope(request));
      return sendFragment(reply, <BanList model={model(scope(request))} />, { toast: 'Banned' });
    });

    app.post(`${base}/lift`, guard, async (request, reply) => {
      const { phoneOrChatId } = readAs(personSchema, request.body);
      await bans.lift(phoneOrChatId, staffName(request), scope(request));
      return sendFragment(reply, <BanList model={model(scope(request))} />, { toast: 'The ban is lifted' });
    });
  }
}
