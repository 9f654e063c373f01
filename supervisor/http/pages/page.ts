import type { FastifyReply, FastifyRequest } from 'fastify';
import type { JSX } from 'preact';
import { render } from 'preact-render-to-string';
import { AppError } from '../../../shared/errors.ts';
import { defaultSettings } from '../../../shared/settings.ts';
import type { PageContext } from '../../../web/page-context.ts';
import { assetUrl } from '../assets.ts';
import type { Services } from '../types.ts';

/** What frames the page that answers `request`. */
export function pageContext(request: FastifyRequest, { stores, clock }: Services): PageContext {
  const { identity, csrfToken } = request;
  const user =
    identity && csrfToken !== undefined
      ? {
          name: identity.name,
          csrfToken,
          role: identity.role,
          ...(identity.role === 'owner' && { clientId: identity.clientId }),
        }
      : undefined;
  return {
    appName: stores.settings.get('platform')?.values.appName ?? defaultSettings.appName,
    now: clock.now(),
    asset: assetUrl,
    path: request.url.split('?', 1)[0] ?? '/',
    ...(user ? { user } : {}),
  };
}

/** Sends a whole page. A page shows people's money and is never kept by a browser or a proxy. */
export function sendPage(reply: FastifyReply, page: JSX.Element): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(`<!doctype html>${render(page)}`);
}

/** Answers a command: nothing to swap, a toast with the result. */
export function sendToast(
  reply: FastifyReply,
  text: string,
  kind: 'success' | 'info' = 'success',
): FastifyReply {
  return reply
    .header('hx-trigger', triggerHeader({ toast: { target: 'body', kind, text } }))
    .code(204)
    .send();
}

/**
 * Sends a part of a page that takes the place of another, with a toast about what was done.
 * @param refused the part shows what is wrong with what was sent; htmx swaps it all the same
 */
export function sendFragment(
  reply: FastifyReply,
  fragment: JSX.Element,
  { toast, refused = false }: { toast?: string; refused?: boolean } = {},
): FastifyReply {
  const events = {
    ...(toast === undefined ? {} : { toast: { target: 'body', kind: 'success', text: toast } }),
    ...(refused ? { refused: { target: 'body' } } : {}),
  };
  return reply
    .code(refused ? 422 : 200)
    .header('hx-trigger', triggerHeader(events))
    .type('text/html; charset=utf-8')
    .send(render(fragment));
}

/** A header takes ASCII only; JSON can say everything else with escapes. */
function triggerHeader(events: object): string {
  return JSON.stringify(events).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The name under which deeds are written down. */
export function staffName(request: FastifyRequest): string {
  if (!request.identity) throw new AppError('unauthorized', 'Sign in first');
  return request.identity.name;
}
