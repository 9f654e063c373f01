import { type Dispatcher, Pool } from 'undici';
import { z } from 'zod';
import { SECOND_MS } from '../../shared/clock.ts';
import { AppError, type ErrorCode, errorStatuses } from '../../shared/errors.ts';
import {
  type ChatMessage,
  type CustomerMessage,
  chatMessageSchema,
  type Faults,
  type Ledger,
  ledgerSchema,
  type PhoneView,
  type PromptAnswer,
  phoneViewSchema,
  type WorldEvent,
  type WorldFile,
  worldEventSchema,
  worldHealthSchema,
} from '../../shared/world.ts';

const CALL_TIMEOUT_MS = 5 * SECOND_MS;
const MAX_CONNECTIONS = 64;
/** Longer than the world's longest possible line. */
const MAX_EVENT_CHARS = 2_000_000;

const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), field: z.string().optional() }),
});
// Made once: making a schema takes longer than all else in a call.
const nothingSchema = z.undefined();
const sentSchema = z.object({ id: z.string() });
const messagesSchema = z.object({ items: z.array(chatMessageSchema) });
const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorStatuses, code);

/**
 * Calls of the world's control interface at one address (shared/world.ts). The world's refusals are thrown as they are; AppError
 * `unavailable` says that it did not answer.
 */
export class WorldApi {
  readonly #file: WorldFile;
  readonly #pool: Pool;

  /** @param timeoutMs to connect, to be answered, and between two pieces of an answer */
  constructor(file: WorldFile, timeoutMs = CALL_TIMEOUT_MS) {
    this.#file = file;
    this.#pool = new Pool(`http://127.0.0.1:${file.httpPort}`, {
      connections: MAX_CONNECTIONS,
      connectTimeout: timeoutMs,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
  }

  health(): Promise<z.infer<typeof worldHealthSchema>> {
    return this.#call('GET', '/control/health', worldHealthSchema);
  }

  async setCallbackUrl(url: string): Promise<void> {
    await this.#call('PUT', '/control/callback', nothingSchema, { url });
  }

  async setFaults(faults: Faults): Promise<void> {
    await this.#call('PUT', '/control/faults', nothingSchema, faults);
  }

  sendMessage(clientId: string, from: string, message: CustomerMessage): Promise<{ id: string }> {
    const path = `/control/chats/${encodeURIComponent(clientId)}/messages`;
    return this.#call('POST', path, sentSchema, { from, ...message });
  }

  async editMessage(clientId: string, id: string, text: string): Promise<void> {
    await this.#call('PATCH', messagePath(clientId, id), nothingSchema, { text });
  }

  async deleteMessage(clientId: string, id: string): Promise<void> {
    await this.#call('DELETE', messagePath(clientId, id), nothingSchema);
  }

  async messages(
    clientId: string,
    phone: string,
    after: string | undefined,
  ): Promise<readonly ChatMessage[]> {
    const query = new URLSearchParams({ phone, ...(after === undefined ? {} : { after }) });
    const path = `/control/chats/${encodeURIComponent(clientId)}/messages?${query}`;
    return (await this.#call('GET', path, messagesSchema)).items;
  }

  phone(phone: string): Promise<PhoneView> {
    return this.#call('GET', `/control/phones/${encodeURIComponent(phone)}`, phoneViewSchema);
  }

  answerPrompt(phone: string, answer: PromptAnswer): Promise<PhoneView> {
    return this.#call('POST', `/control/phones/${encodeURIComponent(phone)}/prompt`, phoneViewSchema, answer);
  }

  ledger(): Promise<Ledger> {
    return this.#call('GET', '/control/ledger', ledgerSchema);
  }

  /** Listens until the world hangs up or `signal` aborts, then `onEnd` runs once. Resolves when the world has begun to tell. */
  async listen(onEvent: (event: WorldEvent) => void, onEnd: () => void, signal: AbortSignal): Promise<void> {
    const response = await this.#open('GET', '/control/events', { endless: signal });
    if (response.statusCode !== 200) throw await refusal(response);
    const { body } = response;
    let rest = '';
    body.setEncoding('utf8');
    body.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onEvent(worldEventSchema.parse(JSON.parse(line)));
      if (rest.length > MAX_EVENT_CHARS) body.destroy();
    });
    // An aborted or reset stream reports an error as well; its end is all that matters here.
    body.on('error', () => body.destroy());
    body.on('close', onEnd);
  }

  close(): void {
    void this.#pool.destroy();
  }

  async #call<T>(method: Method, path: string, schema: z.ZodType<T>, body?: object): Promise<T> {
    const response = await this.#open(method, path, { body });
    if (response.statusCode >= 300) throw await refusal(response);
    const text = await textOf(response);
    return schema.parse(text === '' ? undefined : JSON.parse(text));
  }

  async #open(
    method: Method,
    path: string,
    options: { readonly body?: object | undefined; readonly endless?: AbortSignal } = {},
  ): Promise<Dispatcher.ResponseData> {
    const { body, endless } = options;
    try {
      return await this.#pool.request({
        method,
        path,
        headers: {
          'x-world-token': this.#file.token,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(endless === undefined ? {} : { signal: endless, bodyTimeout: 0 }),
      });
    } catch (error) {
      throw silent(error);
    }
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const messagePath = (clientId: string, id: string): string =>
  `/control/chats/${encodeURIComponent(clientId)}/messages/${encodeURIComponent(id)}`;

const silent = (cause: unknown): AppError =>
  new AppError('unavailable', 'The simulated world does not answer just now; it is being started again', {
    cause,
  });

async function textOf({ body }: Dispatcher.ResponseData): Promise<string> {
  try {
    return await body.text();
  } catch (error) {
    throw silent(error);
  }
}

async function refusal(response: Dispatcher.ResponseData): Promise<AppError> {
  const text = await textOf(response);
  const parsed = errorSchema.safeParse(text.startsWith('{') ? JSON.parse(text) : undefined);
  if (!parsed.success)
    return new AppError('unavailable', `The simulated world answered ${response.statusCode}`);
  const { code, message, field } = parsed.data.error;
  return new AppError(
    isErrorCode(code) ? code : 'unavailable',
    message,
    field === undefined ? {} : { field },
  );
}
