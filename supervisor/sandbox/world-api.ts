import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { z } from 'zod';
import { SECOND_MS } from '../../shared/clock.ts';
import { AppError, type ErrorCode, errorStatuses } from '../../shared/errors.ts';
import {
  type ChatMessage,
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
/** Longer than the world's longest possible line. */
const MAX_EVENT_CHARS = 2_000_000;

const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), field: z.string().optional() }),
});
const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorStatuses, code);

/**
 * Calls of the world's control interface at one address (shared/world.ts). The world's refusals are thrown as they are; AppError
 * `unavailable` says that it did not answer.
 */
export class WorldApi {
  readonly #file: WorldFile;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(file: WorldFile) {
    this.#file = file;
  }

  health(): Promise<z.infer<typeof worldHealthSchema>> {
    return this.#call('GET', '/control/health', worldHealthSchema);
  }

  async setCallbackUrl(url: string): Promise<void> {
    await this.#call('PUT', '/control/callback', z.undefined(), { url });
  }

  async setFaults(faults: Faults): Promise<void> {
    await this.#call('PUT', '/control/faults', z.undefined(), faults);
  }

  sendMessage(clientId: string, from: string, text: string): Promise<{ id: string }> {
    const path = `/control/chats/${encodeURIComponent(clientId)}/messages`;
    return this.#call('POST', path, z.object({ id: z.string() }), { from, text });
  }

  async messages(
    clientId: string,
    phone: string,
    after: string | undefined,
  ): Promise<readonly ChatMessage[]> {
    const query = new URLSearchParams({ phone, ...(after === undefined ? {} : { after }) });
    const path = `/control/chats/${encodeURIComponent(clientId)}/messages?${query}`;
    return (await this.#call('GET', path, z.object({ items: z.array(chatMessageSchema) }))).items;
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
    const response = await this.#open('GET', '/control/events', undefined, signal);
    if (response.statusCode !== 200) throw await refusal(response);
    let rest = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onEvent(worldEventSchema.parse(JSON.parse(line)));
      if (rest.length > MAX_EVENT_CHARS) response.destroy();
    });
    // An aborted or reset stream reports an error as well; its end is all that matters here.
    response.on('error', () => response.destroy());
    response.on('close', onEnd);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #call<T>(method: string, path: string, schema: z.ZodType<T>, body?: object): Promise<T> {
    const response = await this.#open(method, path, body, AbortSignal.timeout(CALL_TIMEOUT_MS));
    if ((response.statusCode ?? 0) >= 300) throw await refusal(response);
    const text = await textOf(response);
    return schema.parse(text === '' ? undefined : JSON.parse(text));
  }

  async #open(
    method: string,
    path: string,
    body: object | undefined,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const calling = request({
      host: '127.0.0.1',
      port: this.#file.httpPort,
      agent: this.#agent,
      method,
      path,
      signal,
      headers: {
        'x-world-token': this.#file.token,
        ...(text === '' ? {} : { 'content-type': 'application/json' }),
        'content-length': Buffer.byteLength(text),
      },
    });
    // Once the response has begun it reports a broken connection itself; the request says the same a second time.
    calling.on('error', () => undefined);
    calling.end(text);
    try {
      const [response]: IncomingMessage[] = await once(calling, 'response');
      if (!response) throw new Error('A response event came without a response');
      return response;
    } catch (error) {
      throw silent(error);
    }
  }
}

const silent = (cause: unknown): AppError =>
  new AppError('unavailable', 'The simulated world does not answer just now; it is being started again', {
    cause,
  });

async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  try {
    for await (const chunk of response) text += chunk;
  } catch (error) {
    throw silent(error);
  }
  return text;
}

async function refusal(response: IncomingMessage): Promise<AppError> {
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
