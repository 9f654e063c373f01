import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import {
  type ChatMessage,
  customerMessageSchema,
  faultsSchema,
  promptAnswerSchema,
  type WorldEvent,
  type WorldFile,
} from '../../shared/world.ts';
import type { ChatBook } from './chat-book.ts';
import type { StoredMessage } from './chat-events.ts';
import { setFaults } from './faults.ts';
import { type Exchange, header, readJson, sendEmpty, sendJson } from './http-exchange.ts';
import { jsonLine } from './json-line.ts';
import type { LedgerBook } from './ledger.ts';
import type { Mpesa } from './mpesa.ts';
import { sameSecret } from './same-secret.ts';
import { WORLD_VERSION } from './world-file.ts';

/** A listener that reads so slowly is cut off. */
const MAX_UNSENT_BYTES = 4 * 1024 * 1024;

interface Context {
  readonly book: LedgerBook;
  readonly chats: ChatBook;
  readonly mpesa: Mpesa;
  readonly clock: Clock;
  readonly token: WorldFile['token'];
}

const phoneSchema = z.string().regex(/^254[17]\d{8}$/, 'Expected a phone such as 254700000001');
const messageSchema = customerMessageSchema.extend({ from: phoneSchema });
const editSchema = z.strictObject({ text: customerMessageSchema.shape.text.unwrap() });
const callbackSchema = z.strictObject({
  url: z.url({ protocol: /^http$/, message: 'Expected an http:// address' }).max(2_000),
});

/** The world's own interface (shared/world.ts): what the supervisor and tests may ask of it. */
export class ControlApi {
  readonly #context: Context;
  readonly #listeners = new Set<ServerResponse>();
  #lastContactAt: number;

  constructor(context: Context) {
    this.#context = context;
    this.#lastContactAt = context.clock.now();
  }

  /** When a supervisor was last heard of; now, while one listens to the events. */
  get lastContactAt(): number {
    return this.#listeners.size > 0 ? this.#context.clock.now() : this.#lastContactAt;
  }

  publish(event: WorldEvent): void {
    if (this.#listeners.size === 0) return;
    const line = jsonLine(event);
    for (const listener of this.#listeners) {
      listener.write(line);
      if (listener.writableLength > MAX_UNSENT_BYTES) listener.destroy();
    }
  }

  /** False: there is no such path. @throws AppError, answered by the caller. */
  async serve(exchange: Exchange): Promise<boolean> {
    const { request, response, url } = exchange;
    if (!sameSecret(header(request, 'x-world-token'), this.#context.token)) {
      throw new AppError('unauthorized', 'The header x-world-token is missing or wrong');
    }
    this.#lastContactAt = this.#context.clock.now();
    const [, , area = '', id = '', detail = '', item = '', ...rest] = url.pathname.split('/').map(decodePart);
    if (rest.length > 0) return false;
    switch (`${request.method} ${area}${id && '/*'}${detail && `/${detail}`}${item && '/*'}`) {
      case 'GET health':
        sendJson(response, 200, { pid: process.pid, version: WORLD_VERSION });
        return true;
      case 'PUT callback':
        return this.#setCallback(exchange);
      case 'PUT faults':
        setFaults(this.#context.book, this.#context.clock, read(faultsSchema, await readJson(request)));
        sendEmpty(response, 204);
        return true;
      case 'GET ledger':
        sendJson(response, 200, this.#context.book.view(this.#context.clock.now()));
        return true;
      case 'GET events':
        this.#listen(exchange);
        return true;
      case 'POST chats/*/messages':
        return this.#receive(exchange, id);
      case 'PATCH chats/*/messages/*':
        return this.#edit(exchange, id, item);
      case 'DELETE chats/*/messages/*':
        this.#context.chats.delete(clientIdOf(id), item);
        sendEmpty(response, 204);
        return true;
      case 'GET chats/*/messages':
        return this.#history(exchange, id);
      case 'GET phones/*':
        sendJson(response, 200, this.#phoneView(id));
        return true;
      case 'POST phones/*/prompt':
        return this.#answerPrompt(exchange, id);
      default:
        return false;
    }
  }

  async #setCallback({ request, response }: Exchange): Promise<true> {
    const { url } = read(callbackSchema, await readJson(request));
    const { book, clock } = this.#context;
    if (book.callbackUrl !== url) book.record({ type: 'callback-url', at: clock.now(), url });
    sendEmpty(response, 204);
    return true;
  }

  async #receive({ request, response }: Exchange, clientId: string): Promise<true> {
    const { from, ...sent } = read(messageSchema, await readJson(request));
    const message = this.#context.chats.receive(clientIdOf(clientId), from, sent);
    sendJson(response, 202, { id: message.id });
    return true;
  }

  async #edit({ request, response }: Exchange, clientId: string, id: string): Promise<true> {
    const { text } = read(editSchema, await readJson(request));
    this.#context.chats.edit(clientIdOf(clientId), id, text);
    sendEmpty(response, 204);
    return true;
  }

  #history({ response, url }: Exchange, clientId: string): true {
    const phone = read(phoneSchema, url.searchParams.get('phone'), 'phone');
    const after = url.searchParams.get('after') ?? undefined;
    const items = this.#context.chats.history(clientIdOf(clientId), phone, after).map(chatMessage);
    sendJson(response, 200, { items });
    return true;
  }

  async #answerPrompt({ request, response }: Exchange, phone: string): Promise<true> {
    const answer = read(promptAnswerSchema, await readJson(request));
    sendJson(response, 200, this.#context.mpesa.answer(read(phoneSchema, phone, 'phone'), answer));
    return true;
  }

  #phoneView(phone: string): object {
    return this.#context.book.phoneView(read(phoneSchema, phone, 'phone'), this.#context.clock.now());
  }

  #listen({ response }: Exchange): void {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.flushHeaders();
    this.#listeners.add(response);
    response.on('close', () => {
      this.#listeners.delete(response);
      this.#lastContactAt = this.#context.clock.now();
    });
    response.on('error', () => response.destroy());
  }
}

/** A stored message as the outside sees it. */
export function chatMessage({ clientId, phone, mark, ...message }: StoredMessage): ChatMessage {
  return message;
}

function clientIdOf(part: string): string {
  if (part.length > 100)
    throw new AppError('invalid', 'A client id has at most 100 characters', { field: 'clientId' });
  return part;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    throw new AppError('bad-request', 'The path is not properly encoded', { cause: error });
  }
}

/** @throws AppError `invalid`, naming the field. */
function read<T>(schema: z.ZodType<T>, value: unknown, field?: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const at = field ?? issue?.path.join('.') ?? '';
  throw new AppError('invalid', issue?.message ?? 'Not understood', at === '' ? {} : { field: at });
}
