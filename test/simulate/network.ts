import { once } from 'node:events';
import { Pool } from 'undici';
import { z } from 'zod';
import type { PromptAnswer } from '../../shared/world.ts';

const eventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message'),
    clientId: z.string(),
    phone: z.string(),
    message: z.object({ id: z.string(), direction: z.enum(['in', 'out']), text: z.string(), at: z.string() }),
  }),
  z.object({
    type: z.literal('phone'),
    phone: z.string(),
    view: z.object({ prompt: z.object({ checkoutRequestId: z.string() }).nullable() }),
  }),
]);

/** What a customer's phone shows. */
export interface PhoneListener {
  /** @param at when it was sent, by the chat network's clock (epoch) and by this process's (performance.now) */
  onMessage(direction: 'in' | 'out', text: string, at: { networkMs: number; hereMs: number }): void;
  onPrompt(checkoutRequestId: string | undefined): void;
}

/**
 * The customers' side of the sandbox API: messages and prompt answers go out over kept connections, and everything the phones show
 * comes in over one stream of events, so that nobody has to poll.
 */
export class PhoneNetwork {
  readonly #pool: Pool;
  readonly #headers: Record<string, string>;
  readonly #listeners = new Map<string, PhoneListener>();
  readonly #abort = new AbortController();
  #onLost: (error: Error) => void = () => undefined;

  constructor(target: { url: string; token: string }) {
    this.#pool = new Pool(new URL(target.url).origin, { connections: 32, pipelining: 1 });
    this.#headers = { authorization: `Bearer ${target.token}` };
  }

  /** Resolves when the stream has begun. @param onLost the stream has ended, and with it the run */
  async listen(onLost: (error: Error) => void): Promise<void> {
    this.#onLost = onLost;
    const { statusCode, body } = await this.#pool.request({
      method: 'GET',
      path: '/api/v1/sandbox/events',
      headers: this.#headers,
      signal: this.#abort.signal,
      bodyTimeout: 0,
    });
    if (statusCode !== 200) throw new Error(`The stream of events answered ${statusCode}`);
    let rest = '';
    body.setEncoding('utf8');
    body.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') this.#tell(line);
    });
    body.on('error', (error: Error) => this.#lost(error));
    body.on('end', () => this.#lost(new Error('it ended')));
    await once(body, 'data');
  }

  join(clientId: string, phone: string, listener: PhoneListener): void {
    this.#listeners.set(phone, listener);
    this.#listeners.set(`${clientId}/${phone}`, listener);
  }

  leave(clientId: string, phone: string): void {
    this.#listeners.delete(phone);
    this.#listeners.delete(`${clientId}/${phone}`);
  }

  send(clientId: string, phone: string, text: string): Promise<void> {
    return this.#post(`/api/v1/sandbox/${clientId}/messages`, { from: phone, text });
  }

  answerPrompt(phone: string, answer: PromptAnswer): Promise<void> {
    return this.#post(`/api/v1/sandbox/phones/${phone}/prompt`, answer);
  }

  async close(): Promise<void> {
    this.#onLost = () => undefined;
    this.#abort.abort();
    await this.#pool.destroy();
  }

  #tell(line: string): void {
    const event = eventSchema.parse(JSON.parse(line));
    if (event.type === 'phone') {
      this.#listeners.get(event.phone)?.onPrompt(event.view.prompt?.checkoutRequestId);
    } else {
      const { direction, text, at } = event.message;
      this.#listeners
        .get(`${event.clientId}/${event.phone}`)
        ?.onMessage(direction, text, { networkMs: Date.parse(at), hereMs: performance.now() });
    }
  }

  #lost(error: Error): void {
    if (!this.#abort.signal.aborted)
      this.#onLost(new Error(`The stream of events was lost: ${error.message}`));
  }

  async #post(path: string, body: object): Promise<void> {
    const { statusCode, body: answer } = await this.#pool.request({
      method: 'POST',
      path,
      headers: { ...this.#headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (statusCode >= 300) throw new Error(`POST ${path}: ${statusCode} ${text.slice(0, 300)}`);
  }
}
