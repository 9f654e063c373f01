import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { Config } from '../config.ts';
import type { Services } from './types.ts';

/** The address to enter in Statum's dashboard: absolute where the public URL is known, else its path. */
export function statumCallbackUrl(token: string, { baseUrl }: Pick<Config, 'baseUrl'>): string {
  const path = `callbacks/statum/${token}`;
  return baseUrl === undefined ? `/${path}` : new URL(path, baseUrl).href;
}

const paramsSchema = z.object({ token: z.string() });

/**
 * Where Statum tells that airtime arrived. It signs nothing, so the address holds a secret; the log never shows it.
 * Whatever it sends is handed on, read as JSON or as a form if it is any: refusing a body for its content type would lose the message.
 */
export async function registerCallbacks(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    const parseJson = scope.getDefaultJsonParser('error', 'error');
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
      const text = String(body);
      parseJson(request, text, (error, value) => done(null, error ? readForm(text) : value));
    });
    // Fastify refuses what is no content type before it looks for a parser.
    scope.addHook('onRequest', async (request) => {
      request.headers['content-type'] = 'application/json';
    });

    scope.post('/callbacks/statum/:token', { config: { role: 'public' } }, async (request) => {
      const params = paramsSchema.safeParse(request.params);
      const known = params.success && (await services.statumCallback(params.data.token, request.body));
      if (!known) throw new AppError('not-found', 'There is no such address');
      return { ok: true };
    });
  });
}

/** The fields of a form; the text itself where it is none. */
function readForm(text: string): Record<string, string> | string {
  return /^[\w.]+=/.test(text) ? Object.fromEntries(new URLSearchParams(text)) : text;
}
