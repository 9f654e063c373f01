import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../../shared/errors.ts';
import type { Identity } from '../types.ts';

/** A route that declares no role does not start: nobody can forget to decide who may call it. */
export function requireDeclaredRoles(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.role === undefined) {
      throw new Error(`${String(route.method)} ${route.url} declares no role (config.role)`);
    }
  });
}

/** The signed-in caller; for handlers of routes that are not public. */
export function identityOf(request: FastifyRequest): Identity {
  if (!request.identity) throw new AppError('unauthorized', 'Sign in first');
  return request.identity;
}

/** The only client whose things the caller may see; undefined: all. */
export function scopeOf(request: FastifyRequest): string | undefined {
  const identity = identityOf(request);
  return identity.role === 'owner' ? identity.clientId : undefined;
}

/**
 * Lets admins and the client's own owner pass. Another owner hears what he would hear of a client that does not exist.
 * @throws AppError `not-found`
 */
export function requireClientAccess(identity: Identity, clientId: string, what = 'client'): void {
  if (identity.role === 'owner' && identity.clientId !== clientId) {
    throw new AppError('not-found', `There is no such ${what}`);
  }
}
