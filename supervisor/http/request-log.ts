import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from '../../shared/logger.ts';

/** Paths whose last part opens something by itself. */
const SECRET_PATHS = [/^(\/callbacks\/[^/]+\/)[^/]+/, /^(\/sign-in\/once\/)[^/]+/, /^(\/invite\/)[^/]+/];
/** Asked every few seconds by monitors and pages; they would drown the rest. */
const QUIET_PATHS = ['/health', '/metrics', '/assets/'];
const MAX_LOGGED_URL = 300;

/** What of an address may be logged: the path without secrets. Queries hold phones and tokens, so they stay out. */
export function loggedPath(url: string): string {
  let path = url.split(/[?#]/, 1)[0] ?? '';
  for (const pattern of SECRET_PATHS) path = path.replace(pattern, '$1***');
  return path.length > MAX_LOGGED_URL ? `${path.slice(0, MAX_LOGGED_URL)}…` : path;
}

/** One line per answered request. Fastify's own lines are off: they carry whole addresses. */
export function registerRequestLog(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const path = loggedPath(request.url);
    const level = QUIET_PATHS.some((quiet) => path.startsWith(quiet)) ? 'debug' : 'info';
    request.log[level](
      {
        method: request.method,
        path,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
        ip: request.ip,
        ...(request.identity ? { by: request.identity.name } : {}),
      },
      'request',
    );
  });
}

/** Fastify's idea of a logger on top of ours. */
export function fastifyLogger(logger: Logger): FastifyBaseLogger {
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (first: unknown, message?: unknown): void => {
      if (typeof first === 'string') logger[level]({}, first);
      else logger[level](loggable(first), typeof message === 'string' ? message : 'http');
    };
  return {
    // The level is the inner logger's business; Fastify only shows this one.
    level: 'info',
    silent: () => undefined,
    trace: write('debug'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('error'),
    child: (bindings) => fastifyLogger(logger.child(bindings)),
  };
}

/** Raw requests and replies never get into a line: their headers hold cookies and tokens. */
function loggable(fields: unknown): object {
  if (fields instanceof Error) return { err: fields };
  if (typeof fields !== 'object' || fields === null) return { value: fields };
  const { req, res, request, reply, ...rest } = fields as Record<string, unknown>;
  const asked = req ?? request;
  return isRequest(asked) ? { ...rest, method: asked.method, path: loggedPath(asked.url) } : rest;
}

function isRequest(value: unknown): value is Pick<FastifyRequest, 'method' | 'url'> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'method' in value &&
    'url' in value &&
    typeof value.url === 'string'
  );
}
