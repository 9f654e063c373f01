import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../../shared/errors.ts';
import type { DeclaredRoute, Identity } from '../types.ts';

/**
 * A route that declares no role does not start: nobody can forget to decide who may call it.
 * @returns all routes that were registered, growing as they are
 */
export function requireDeclaredRoles(app: FastifyInstance): readonly DeclaredRoute[] {
  const declared: DeclaredRoute[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.role === undefined) {
      throw new Error(`${String(method)} ${url} declares no role (config.role)`);
    }
    // The auth hook compares `:clientId` with the owner's own; under another name a client's id would not be looked at.
    if (config.role === 'owner' && url.includes('clients/:') && !url.includes('clients/:clientId')) {
      throw new Error(`${String(method)} ${url}: owners' routes call the client's id :clientId`);
    }
    for (const one of [method].flat()) declared.push({ method: one, url, role: config.role });
  });
  return declared;
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
