import type { FastifyInstance } from 'fastify';
import { AppError } from '../../shared/errors.ts';
import type { Stores } from '../stores/types.ts';
import { isWrite } from './auth/request-kind.ts';

/** These tell nothing of what is stored, or must answer when storage does not. */
const INDEPENDENT_PATHS = ['/health', '/assets/', '/metrics'];

/**
 * Two rules of the stores, kept once for all routes:
 * - Nobody is told what could still be lost. A read sees changes before they are on disk, so each answer waits for the disk
 *   after its handler has read. (A stream is read later; whoever streams waits by himself.)
 * - While nothing can be written, requests that would write are refused before they do anything.
 */
export function registerStorageRules(app: FastifyInstance, stores: Stores): void {
  app.addHook('preHandler', async (request) => {
    if (request.is404 || !isWrite(request) || request.routeOptions.config.worksWithoutStorage) return;
    if (!stores.status().writable) {
      throw new AppError(
        'unavailable',
        'Nothing can be saved just now: storage is out of order. Nothing was done',
      );
    }
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const independent = INDEPENDENT_PATHS.some((path) => request.url.startsWith(path));
    // A failure tells nothing of the stores; waiting for a broken disk would turn each failure into another one.
    if (independent || reply.statusCode >= 500) return payload;
    try {
      await stores.durable();
    } catch (error) {
      // A full disk took back what somebody else was just writing and this request may have read.
      if (isWrite(request) || !(error instanceof AppError) || error.code !== 'storage-full') throw error;
      throw new AppError('unavailable', 'The disk is full and what was read could not be kept. Ask again', {
        cause: error,
      });
    }
    return payload;
  });
}
