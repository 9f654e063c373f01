import type { FastifyRequest } from 'fastify';

/** Answers of these are for programs, whatever the Accept header says. */
const PROGRAM_PATHS = ['/api/', '/health', '/metrics', '/callbacks/', '/assets/'];

/** A fragment that htmx asked for: it must not be answered with a whole page. */
export function isFragmentRequest(request: FastifyRequest): boolean {
  return request.headers['hx-request'] === 'true';
}

/** A browser that shows what it gets: a page that was opened, or a form that was sent. */
export function wantsPage(request: FastifyRequest): boolean {
  if (PROGRAM_PATHS.some((path) => request.url.startsWith(path)) || isFragmentRequest(request)) return false;
  return request.headers.accept?.includes('text/html') === true;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** True for requests that change something. */
export function isWrite(request: FastifyRequest): boolean {
  return !SAFE_METHODS.has(request.method);
}

/** The host that a browser was on when it made the request, by Origin or else Referer; undefined when neither says. */
export function callerHost(request: FastifyRequest): string | undefined {
  const source = request.headers.origin ?? request.headers.referer;
  if (source === undefined || !URL.canParse(source)) return undefined;
  return new URL(source).host;
}
