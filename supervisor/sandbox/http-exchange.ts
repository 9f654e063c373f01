import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../../shared/errors.ts';

/** More than the longest chat message with every character escaped. */
const MAX_BODY_BYTES = 512 * 1024;

/** One request and its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

/** What a simulated gateway answers. */
export interface Answer {
  readonly status: number;
  readonly body: object;
}

/** @throws AppError `payload-too-large` */
export async function readBody(request: IncomingMessage): Promise<string> {
  const tooLong = new AppError('payload-too-large', `The body is longer than ${MAX_BODY_BYTES} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLong;
  const chunks: Buffer[] = [];
  let lengthBytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('A request body is read as bytes');
    lengthBytes += chunk.length;
    if (lengthBytes > MAX_BODY_BYTES) throw tooLong;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Undefined for what is not JSON: each gateway says so in its own way. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request);
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  sendText(response, status, 'application/json', JSON.stringify(body));
}

export function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

export function sendEmpty(response: ServerResponse, status: number): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-length': 0 });
  response.end();
}

/** `{ error: { code, message, field? } }`, the API's own shape of an error. */
export function sendError(response: ServerResponse, error: AppError): void {
  const { code, message, field, status } = error;
  sendJson(response, status, { error: { code, message, ...(field === undefined ? {} : { field }) } });
}

/** The header's value when it was given once. */
export function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}
