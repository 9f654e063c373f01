import fastifySwagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AccessBook } from '../auth/access-book.ts';
import type { Services } from '../types.ts';
import { registerAlerts } from './alerts.ts';
import { registerAudit } from './audit.ts';
import { registerBans } from './bans.ts';
import { registerClients } from './clients.ts';
import { registerInvites } from './invites.ts';
import { registerMoney } from './money.ts';
import { registerOrders } from './orders.ts';
import { registerPeople } from './people.ts';
import { registerPictures } from './pictures.ts';
import { registerSandbox } from './sandbox.ts';
import { registerSandboxEvents } from './sandbox-events.ts';
import { registerSettings } from './settings.ts';
import { registerTexts } from './texts.ts';

/** Every refusal and every failure looks like this, whatever was asked. */
const refusal = {
  description: 'Refused, or failed; `field` names what to mend',
  content: {
    'application/json': {
      schema: z.toJSONSchema(
        z.object({
          error: z.object({ code: z.string(), message: z.string(), field: z.string().optional() }),
        }),
        { target: 'openapi-3.0' },
      ),
    },
  },
};
/** As JSON's null it would be a body. */
const nothing = { description: 'Done', type: 'null' };

/** A route as the document tells of it: with what its own schemas leave unsaid. */
const describeRoute: typeof jsonSchemaTransform = (route) => {
  const { schema, url } = jsonSchemaTransform(route);
  const { produces = [], response } = schema;
  const streamed = produces.map((type) => [type, { schema: { type: 'string' } }]);
  const told = {
    ...(typeof response === 'object' && response),
    ...(streamed.length > 0 && { 200: { description: 'As text', content: Object.fromEntries(streamed) } }),
    default: refusal,
  };
  const { produces: _, ...rest } = schema;
  return { url, schema: { ...rest, response: '204' in told ? { ...told, 204: nothing } : told } };
};

/** The JSON API, version 1, and its description at `/api/v1/openapi.json`. */
export async function registerApi(app: FastifyInstance, services: Services, book: AccessBook): Promise<void> {
  let describe: () => object = () => ({ paths: {} });
  app.decorate('describeApi', () => describe());
  await app.register(
    async (api) => {
      await api.register(fastifySwagger, {
        openapi: {
          info: { title: 'WhatsApp airtime bots', version: services.version },
          components: {
            securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
          },
          security: [{ token: [] }],
        },
        transform: describeRoute,
      });
      describe = () => api.swagger();
      registerClients(api, services);
      await registerPictures(api, services);
      registerBans(api, services);
      registerTexts(api, services);
      registerInvites(api, services, book);
      registerOrders(api, services);
      registerPeople(api, services);
      registerMoney(api, services);
      registerSettings(api, services);
      registerAudit(api, services);
      registerAlerts(api, services);
      registerSandbox(api, services);
      registerSandboxEvents(api, services);
      api.get('/openapi.json', { config: { role: 'owner' }, schema: { hide: true } }, async () => describe());
    },
    { prefix: '/api/v1' },
  );
}
