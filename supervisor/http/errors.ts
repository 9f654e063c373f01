import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import { isFragmentRequest, wantsPage } from './auth/request-kind.ts';

export interface ErrorPage {
  readonly status: number;
  readonly title: string;
  readonly message: string;
}
/** Makes a whole HTML page; escapes what it is given. */
export type RenderErrorPage = (page: ErrorPage) => string;

/** Looking for addresses by trying them must be slow. */
const NOT_FOUND_PER_MINUTE = 60;

/** One error handler for everything: the caller learns what is his to mend, never what is inside. */
export function registerErrors(app: FastifyInstance, renderErrorPage: RenderErrorPage): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const told = toAppError(error);
    if (told.status === 500) request.log.error({ err: error, method: request.method }, 'A request failed');
    return answerError(request, reply, told, renderErrorPage);
  });

  const slowDown = app.rateLimit({ max: NOT_FOUND_PER_MINUTE, timeWindow: '1 minute' });
  app.setNotFoundHandler({ preHandler: slowDown }, (request, reply) => {
    const what = wantsPage(request) ? 'There is no such page' : 'There is no such address';
    return answerError(request, reply, new AppError('not-found', what), renderErrorPage);
  });
}

/** Tells an error in the form that the caller can use: a page, or JSON. */
export function answerError(
  request: FastifyRequest,
  reply: FastifyReply,
  error: AppError,
  renderErrorPage: RenderErrorPage,
): FastifyReply {
  const { status, code, field } = error;
  // The answer may have been begun as something else (a CSV download).
  reply.code(status).removeHeader('content-disposition');
  if (wantsPage(request)) {
    return reply
      .type('text/html; charset=utf-8')
      .send(renderErrorPage({ status, title: titles[code], message: forPage(request, error) }));
  }
  // The page keeps what it shows; its script tells the message.
  if (isFragmentRequest(request)) reply.header('hx-reswap', 'none');
  return reply
    .type('application/json; charset=utf-8')
    .send(
      JSON.stringify({ error: { code, message: forProgram(request, error), ...(field ? { field } : {}) } }),
    );
}

const titles: Record<ErrorCode, string> = {
  'bad-request': 'That did not work',
  unauthorized: 'Please sign in',
  forbidden: 'Not allowed',
  'not-found': 'Not found',
  conflict: 'Not possible now',
  'payload-too-large': 'Too large',
  'unsupported-media-type': 'That did not work',
  invalid: 'Please check your input',
  'too-many-requests': 'Slow down',
  internal: 'Something went wrong',
  'not-supported': 'Not possible',
  unavailable: 'Not available just now',
  'storage-full': 'The disk is full',
};

function forPage(request: FastifyRequest, { status, message }: AppError): string {
  return status === 500 ? `It has been noted as ${request.id}. Please try again.` : message;
}

function forProgram(request: FastifyRequest, { status, message }: AppError): string {
  return status === 500 ? `Something went wrong on our side; it is in the log as ${request.id}` : message;
}

/** What a caller may know of whatever was thrown. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const status = statusOf(error);
  if (status === 413) return new AppError('payload-too-large', 'The body is too large');
  if (status === 415)
    return new AppError('unsupported-media-type', 'Send the body as JSON (application/json)');
  if (status === 429) return new AppError('too-many-requests', 'Too many requests. Try again in a minute');
  if (status === 503) return new AppError('unavailable', 'The server is stopping. Try again in a moment');
  if (status >= 400 && status < 500) return new AppError('bad-request', badRequestText(error));
  return new AppError('internal', 'Something went wrong', { cause: error });
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return 500;
  return typeof error.statusCode === 'number' ? error.statusCode : 500;
}

function badRequestText(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return 'The body is empty, but its type says JSON';
  if (code === 'FST_ERR_CTP_INVALID_JSON_BODY' || error instanceof SyntaxError)
    return 'The body is not valid JSON';
  return 'The request is malformed';
}

/** Until the pages bring a better one. */
export const plainErrorPage: RenderErrorPage = ({ status, title, message }) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title><h1>${status} ${escapeHtml(title)}</h1><p>${escapeHtml(message)}</p><p><a href="/">Back to the start</a></p></html>`;

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
