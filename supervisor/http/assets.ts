import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';

/** The build's assets, seen from `dist/supervisor/http` as well as from the sources. */
const builtRoot = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/web/assets/' : '../../web/assets/', import.meta.url),
);

const HASH_LENGTH = 16;
const ONE_YEAR_SECONDS = 31_536_000;

interface Hashed {
  readonly mtimeMs: number;
  readonly size: number;
  readonly hash: string;
}
const hashes = new Map<string, Hashed>();

/** The longest of ours has a third of it; file systems refuse a name of over 255 bytes with an error, not as missing. */
const MAX_NAME_LENGTH = 200;

/** The content's hash; undefined when there is no such asset. Read again only when the file has changed. */
function contentHash(root: string, name: string): string | undefined {
  if (name.length > MAX_NAME_LENGTH || !/^[\w./-]+$/.test(name)) return undefined;
  const file = resolve(root, name);
  if (!file.startsWith(resolve(root) + sep)) return undefined;
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile()) return undefined;
  const known = hashes.get(file);
  if (known && known.mtimeMs === stats.mtimeMs && known.size === stats.size) return known.hash;
  const hash = createHash('sha256').update(readFileSync(file)).digest('base64url').slice(0, HASH_LENGTH);
  hashes.set(file, { mtimeMs: stats.mtimeMs, size: stats.size, hash });
  return hash;
}

/**
 * The address of a static file, with its content's hash so that browsers may keep it for ever.
 * @param name path below `dist/web/assets`, such as `styles/app.css`
 */
export function assetUrl(name: string): string {
  return hashedUrl(builtRoot, name);
}

function hashedUrl(root: string, name: string): string {
  const hash = contentHash(root, name);
  return hash === undefined ? `/assets/${name}` : `/assets/${name}?v=${hash}`;
}

const paramsSchema = z.object({ '*': z.string().min(1) });
const querySchema = z.object({ v: z.string().optional() });

/**
 * Serves `/assets/*`.
 * @param root the build's assets, unless a test brings its own
 * @returns what {@link assetUrl} is for the build's assets
 */
export async function registerAssets(
  app: FastifyInstance,
  root: string = builtRoot,
): Promise<(name: string) => string> {
  // `serve: false`: the route is ours, so that it declares its role like every other.
  await app.register(fastifyStatic, {
    root: join(root),
    serve: false,
    dotfiles: 'deny',
    index: false,
    cacheControl: false,
    // The build puts a .br and a .gz beside each file that gets smaller by it.
    preCompressed: true,
  });
  app.get('/assets/*', { config: { role: 'public' } }, async (request, reply) => {
    const params = paramsSchema.safeParse(request.params);
    const query = querySchema.safeParse(request.query);
    const name = params.success ? params.data['*'] : undefined;
    const hash = name === undefined ? undefined : contentHash(root, name);
    if (name === undefined || hash === undefined) throw new AppError('not-found', 'There is no such file');
    // Only the present content may be kept under its hash; an outdated page's request is answered, but not remembered.
    const current = query.success && query.data.v === hash;
    reply.header('vary', 'accept-encoding');
    reply.header('cache-control', current ? `public, max-age=${ONE_YEAR_SECONDS}, immutable` : 'no-cache');
    return reply.sendFile(name);
  });
  return (name) => hashedUrl(root, name);
}
