import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { Config } from '../../config.ts';
import { callerHost, isWrite } from './request-kind.ts';
import type { Session, Sessions } from './sessions.ts';

const formSchema = z.looseObject({ _csrf: z.string().optional() });

/**
 * Protects what a cookie opens: a browser sends cookies along with requests that another site's page made it send.
 * Whatever changes something needs the token of the session and must come from a page of ours; so must a WebSocket, which
 * no same-origin policy protects.
 * @throws AppError `forbidden`
 */
export function checkCsrf(
  request: FastifyRequest,
  session: Session,
  sessions: Sessions,
  config: Config,
): void {
  const upgrade = request.headers.upgrade !== undefined;
  if (!isWrite(request) && !upgrade) return;
  if (!isOwnHost(request, config, callerHost(request))) {
    throw new AppError('forbidden', 'This request does not come from a page of this site');
  }
  if (upgrade && !isWrite(request)) return;
  const header = request.headers['x-csrf-token'];
  const token = typeof header === 'string' ? header : readForm(request.body)?._csrf;
  if (token === undefined || !sessions.isCsrfToken(session, token)) {
    throw new AppError('forbidden', 'The page is out of date. Reload it and try again');
  }
}

/** For what strangers may send (the sign-in form, for one): a browser that says where it comes from must come from here. */
export function checkOriginIfTold(request: FastifyRequest, config: Config): void {
  if (!isWrite(request) && request.headers.upgrade === undefined) return;
  if (request.headers.origin === undefined) return;
  if (!isOwnHost(request, config, callerHost(request))) {
    throw new AppError('forbidden', 'This request does not come from a page of this site');
  }
}

/** Takes the token out of a form, so that the route's schema sees only its own fields. */
export function withoutCsrfField(body: unknown): unknown {
  const form = readForm(body);
  if (form?._csrf === undefined) return body;
  const { _csrf, ...fields } = form;
  return fields;
}

/** An uploaded file is no form, though each of its bytes could be read as a field. */
function readForm(body: unknown): z.infer<typeof formSchema> | undefined {
  return Buffer.isBuffer(body) ? undefined : formSchema.safeParse(body).data;
}

function isOwnHost(request: FastifyRequest, config: Config, host: string | undefined): boolean {
  if (host === undefined) return false;
  const asked = `${request.protocol}://${request.host}`;
  // Read as an address, because only that drops a port that the scheme implies.
  if (URL.canParse(asked) && host === new URL(asked).host) return true;
  return config.baseUrl !== undefined && host === new URL(config.baseUrl).host;
}
