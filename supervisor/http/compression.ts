import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

const compress = promisify(gzip);
/** Smaller answers fit into one packet as they are. */
const WORTH_BYTES = 1_400;
const COMPRESSED = /^(?:text\/html|application\/json)\b/;
const TAKES_GZIP = /(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?:1|0\.\d*[1-9])\d*\s*)?(?:,|$)/i;

/**
 * Sends pages and JSON gzipped to whoever takes it: a page of a slow phone's network shrinks to a seventh. Done on zlib's threads, not on the
 * event loop. Static files are compressed by the build (assets.ts).
 *
 * A listener on the line may guess at what stands in a page by its length; the CSRF token found so is worth nothing without the
 * browser's own cookie and the right Origin.
 */
export function registerCompression(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' || payload.length < WORTH_BYTES) return payload;
    if (!COMPRESSED.test(String(reply.getHeader('content-type') ?? ''))) return payload;
    if (reply.hasHeader('content-encoding')) return payload;
    reply.header('vary', 'accept-encoding');
    if (!TAKES_GZIP.test(request.headers['accept-encoding'] ?? '')) return payload;
    const compressed = await compress(payload, { level: constants.Z_BEST_SPEED + 3 });
    reply.header('content-encoding', 'gzip').removeHeader('content-length');
    return compressed;
  });
}
