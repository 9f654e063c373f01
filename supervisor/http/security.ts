import fastifyHelmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../../shared/errors.ts';
import type { Config } from '../config.ts';

/** Longer than any address of ours with all its filters. */
export const MAX_URL_LENGTH = 2_048;
/** Forms and JSON of ours are a few hundred bytes; texts at most some thousand. */
export const BODY_LIMIT_BYTES = 64 * 1_024;

const HSTS_SECONDS = 15_552_000;

/** Headers that make a browser strict, and bounds on what is read. No inline script or style is allowed anywhere. */
export async function registerSecurity(app: FastifyInstance, config: Config): Promise<void> {
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      // helmet's defaults allow inline styles, and upgrade-insecure-requests breaks plain HTTP in a local network.
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        // Older Safari does not count a WebSocket of the same host as 'self'.
        connectSrc: ["'self'", ({ headers }) => socketSource(headers.host)],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        objectSrc: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: config.baseUrl?.startsWith('https:')
      ? { maxAge: HSTS_SECONDS, includeSubDomains: false }
      : false,
    // Means nothing without HTTPS, and browsers complain of it there.
    crossOriginOpenerPolicy: config.baseUrl?.startsWith('https:') ? { policy: 'same-origin' } : false,
    originAgentCluster: false,
  });

  app.addHook('onRequest', async (request, reply) => {
    if (request.url.length > MAX_URL_LENGTH) throw new AppError('bad-request', 'The address is too long');
    // What is answered is about people and money; only what says otherwise is kept anywhere.
    reply.header('cache-control', 'no-store');
  });
}

/** The Host header is the caller's to choose, so only what cannot break out of the policy gets into it. */
function socketSource(host: string | undefined): string {
  return host !== undefined && /^[a-z0-9.-]+(:\d{1,5})?$/i.test(host)
    ? `ws://${host} wss://${host}`
    : "'self'";
}
