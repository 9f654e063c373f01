import fastifyCookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../../shared/errors.ts';
import { isStartPageOpen } from '../public/start-bots.ts';
import type { Identity, Services } from '../types.ts';
import { type AccessBook, createAccessBook } from './access-book.ts';
import { loadAdminToken, tokenMatcher } from './admin-token.ts';
import { type Attempts, BEARER_ATTEMPTS, createAttempts } from './attempts.ts';
import { checkCsrf, checkOriginIfTold, withoutCsrfField } from './csrf.ts';
import { signInPath } from './next-path.ts';
import { createOneTimeLinks, type OneTimeLinks } from './one-time-links.ts';
import { isFragmentRequest, wantsPage } from './request-kind.ts';
import { requireClientAccess, requireDeclaredRoles } from './roles.ts';
import { loadSecretFile } from './secret-file.ts';
import { createSessions, type Session, type SessionOwner, type Sessions } from './sessions.ts';

/** Signs cookies; beside the data. Deleting it signs everybody out. */
const SESSION_KEY_FILE = 'session-key';
export const SESSION_COOKIE = 'session';
const TOKEN_IDENTITY: Identity = { role: 'admin', name: 'API token', via: 'token' };

export interface Auth {
  readonly sessions: Sessions;
  readonly book: AccessBook;
  readonly links: OneTimeLinks;
  readonly isAdminToken: (candidate: string) => boolean;
  /** Gives the browser a session. */
  signIn(request: FastifyRequest, reply: FastifyReply, who: SessionOwner): Session;
  /** Takes the browser's cookie away. */
  signOut(request: FastifyRequest, reply: FastifyReply): void;
  /** Undefined for whoever came with the admin token, or with nothing. */
  sessionIdOf(request: FastifyRequest): string | undefined;
  /** Voids the session that the request came with, if it came with one. */
  endSession(request: FastifyRequest): Promise<void>;
}

/** Who calls, whether he may, and the cookie's protection, for every route of `app`, pages and WebSockets included. */
export async function registerAuth(app: FastifyInstance, services: Services): Promise<Auth> {
  const { config, clock } = services;
  const adminToken = await loadAdminToken(config);
  const secret = await loadSecretFile(config.dataDir, SESSION_KEY_FILE);
  const sessions = createSessions({ secret, adminToken, clock });
  const book = createAccessBook(services);
  const isAdminToken = tokenMatcher(adminToken);
  const bearerAttempts = createAttempts(app, BEARER_ATTEMPTS);
  const sessionOf = new WeakMap<FastifyRequest, Session>();

  await app.register(fastifyCookie);
  app.decorateRequest('identity');
  app.decorateRequest('csrfToken');
  app.decorate('declaredRoutes', requireDeclaredRoles(app));
  app.decorate('mayStay', (request: FastifyRequest) => {
    const session = sessionOf.get(request);
    if (session) return session.expiresAt > clock.now() && book.stillCounts(session);
    return request.identity !== undefined;
  });

  function readCookieSession(request: FastifyRequest): void {
    const value = request.cookies[SESSION_COOKIE];
    const session = value === undefined ? undefined : sessions.read(value);
    if (!session || !book.stillCounts(session)) return;
    sessionOf.set(request, session);
    request.identity = { ...session.who, via: 'cookie' };
    request.csrfToken = sessions.csrfToken(session);
  }

  /** Where strangers who just open the site come: to the start page, if it has anything for them. */
  const front = (): string => (isStartPageOpen(services) ? '/start' : '/sign-in');

  app.addHook('onRequest', async (request, reply) => {
    const role = request.is404 ? 'public' : request.routeOptions.config.role;
    const bearer = bearerToken(request);
    if (bearer !== undefined) {
      const refusal = await checkBearer(request, bearer, isAdminToken, bearerAttempts);
      // A public route answers strangers, so a wrong token there makes a stranger of its sender.
      if (refusal && role !== 'public') throw refusal;
      if (!refusal) request.identity = TOKEN_IDENTITY;
    } else {
      readCookieSession(request);
    }
    if (role === 'public') return;
    if (!request.identity) return askToSignIn(request, reply, front);
    if (role === 'owner') requireOwnClient(request, request.identity);
    else if (request.identity.role !== 'admin') {
      throw new AppError('forbidden', 'Only admins of the platform may do this');
    }
  });

  // After parsing, because a form carries its token in the body.
  app.addHook('preValidation', async (request) => {
    const session = sessionOf.get(request);
    const isPublic = request.routeOptions.config.role === 'public';
    if (session && !isPublic) checkCsrf(request, session, sessions, config);
    else if (request.identity?.via !== 'token') checkOriginIfTold(request, config);
    request.body = withoutCsrfField(request.body);
  });

  const secureSite = config.baseUrl?.startsWith('https:') === true;
  const cookieOptions = (request: FastifyRequest) => ({
    path: '/',
    httpOnly: true,
    sameSite: 'lax' as const,
    secure: secureSite || request.protocol === 'https',
  });
  return {
    sessions,
    book,
    links: createOneTimeLinks(clock),
    isAdminToken,
    signIn(request, reply, who) {
      const { value, session } = sessions.issue(who, {
        ttlMs: book.sessionTtlMs(who),
        epoch: book.epochOf(who),
      });
      reply.setCookie(SESSION_COOKIE, value, {
        ...cookieOptions(request),
        expires: new Date(session.expiresAt),
      });
      return session;
    },
    signOut(request, reply) {
      reply.clearCookie(SESSION_COOKIE, cookieOptions(request));
    },
    sessionIdOf: (request) => sessionOf.get(request)?.id,
    async endSession(request) {
      const session = sessionOf.get(request);
      if (session) await book.endSession(session);
    },
  };
}

function bearerToken(request: FastifyRequest): string | undefined {
  return /^Bearer +(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1];
}

async function checkBearer(
  request: FastifyRequest,
  token: string,
  isAdminToken: (candidate: string) => boolean,
  attempts: Attempts,
): Promise<AppError | undefined> {
  try {
    await attempts.try(request, () => {
      if (!isAdminToken(token)) throw new AppError('unauthorized', 'The token is not valid');
      return true;
    });
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** Pages lead to the sign-in page and back; programs hear a 401. */
function askToSignIn(request: FastifyRequest, reply: FastifyReply, front: () => string): FastifyReply {
  const next = request.method === 'GET' ? request.url : undefined;
  if (wantsPage(request)) return reply.redirect(next === '/' ? front() : signInPath(next), 303);
  if (isFragmentRequest(request)) reply.header('hx-redirect', signInPath(currentPage(request)));
  throw new AppError('unauthorized', 'Sign in, or send the header "Authorization: Bearer <admin token>"');
}

/** The page that an htmx fragment belongs to. */
function currentPage(request: FastifyRequest): string | undefined {
  const url = request.headers['hx-current-url'];
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** Where the route's address names a client (`:clientId`), it must be the owner's own. */
function requireOwnClient(request: FastifyRequest, identity: Identity): void {
  const { params } = request;
  if (typeof params !== 'object' || params === null || !('clientId' in params)) return;
  requireClientAccess(identity, String(params.clientId));
}
