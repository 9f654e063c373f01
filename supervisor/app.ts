import fastifyFormbody from '@fastify/formbody';
import fastifyRateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import { newId } from '../shared/ids.ts';
import { registerApi } from './http/api/register.ts';
import { registerAssets } from './http/assets.ts';
import { registerAuth } from './http/auth/auth.ts';
import { registerSignIn, registerSignOutEverywhere } from './http/auth/sign-in.ts';
import { registerCallbacks } from './http/callbacks.ts';
import { registerCompression } from './http/compression.ts';
import { limitConnections } from './http/connection-limit.ts';
import { registerDrain } from './http/drain.ts';
import {
  answerError,
  plainErrorPage,
  type RenderErrorPage,
  registerErrors,
  toAppError,
} from './http/errors.ts';
import { registerHealth } from './http/health.ts';
import { registerMetrics } from './http/metrics/register.ts';
import { fastifyLogger, registerRequestLog } from './http/request-log.ts';
import { BODY_LIMIT_BYTES, registerSecurity } from './http/security.ts';
import { registerStorageRules } from './http/storage-rules.ts';
import type { Services } from './http/types.ts';
import { zodValidator } from './http/validation-issue.ts';

const REQUEST_TIMEOUT_MS = 30_000;
const MAX_PARAM_LENGTH = 128;

/** What the pages' side brings; handed in by the composition root, so that nothing here imports it. */
export interface AppParts {
  readonly pages?: (app: FastifyInstance, services: Services) => void | Promise<void>;
  readonly live?: (app: FastifyInstance, services: Services) => void | Promise<void>;
  readonly renderErrorPage?: RenderErrorPage;
}

/**
 * The whole HTTP side, not yet listening; tests `inject` into it. What holds for every route (headers, auth, errors, storage)
 * is registered before the first route, because Fastify applies hooks only to routes that come after them.
 */
export async function buildApp(services: Services, parts: AppParts = {}): Promise<FastifyInstance> {
  const { config, logger, stores } = services;
  const trustedHops = config.trustedProxyHops ?? 0;
  const renderErrorPage = parts.renderErrorPage ?? plainErrorPage;
  const app = Fastify({
    loggerInstance: fastifyLogger(logger),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => newId('rq'),
    trustProxy: (_address: string, hop: number) => hop < trustedHops,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // After registerDrain's wait: browsers hold connections open for minutes, a shutdown has seconds.
    forceCloseConnections: true,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    // Addresses that the router cannot even read do not come to the error handler.
    frameworkErrors: (error, request, reply) =>
      answerError(request, reply, toAppError(error), renderErrorPage),
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
  });
  limitConnections(app, logger);
  app.setValidatorCompiler(zodValidator);
  app.setSerializerCompiler(serializerCompiler);

  registerRequestLog(app);
  registerDrain(app);
  await registerSecurity(app, config);
  registerCompression(app);
  await app.register(fastifyFormbody);
  await app.register(fastifyRateLimit, { global: false });
  registerErrors(app, renderErrorPage);
  const auth = await registerAuth(app, services);
  app.decorate('auth', auth);
  app.decorate('createOneTimeLink', () => auth.links.create());
  registerStorageRules(app, stores);

  await registerAssets(app);
  registerHealth(app, services);
  registerMetrics(app, services);
  await registerCallbacks(app, services);
  registerSignIn(app, services, auth);
  registerSignOutEverywhere(app, auth);
  await registerApi(app, services, auth.book);
  await parts.pages?.(app, services);
  await parts.live?.(app, services);
  return app;
}
