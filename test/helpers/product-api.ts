import { z } from 'zod';
import { type Faults, type PhoneView, phoneViewSchema } from '../../shared/world.ts';
import {
  type ApiClient,
  type ApiLedger,
  type ApiMessage,
  type ApiOrder,
  apiClientSchema,
  apiErrorSchema,
  apiLedgerSchema,
  apiMessageSchema,
  apiOrderPageSchema,
  itemsOf,
} from './api-shapes.ts';
import { waitFor } from './wait.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A running product's API as its admin uses it, wherever the product runs. */
export abstract class ProductApi {
  abstract get url(): string;
  abstract readonly token: string;

  waitFor<T>(
    what: string,
    probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  ): Promise<T> {
    return waitFor(what, probe);
  }

  /** One call of the API as the admin; never throws for a status. */
  async api(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, body: json ? JSON.parse(text) : text };
  }

  /** Gives a client a welcome picture. @throws Error unless it was taken */
  async givePicture(clientId: string, bytes: Buffer): Promise<{ readonly id: string }> {
    const response = await fetch(new URL(`/api/v1/clients/${clientId}/picture`, this.url), {
      method: 'PUT',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'image/png' },
      body: new Uint8Array(bytes),
    });
    if (!response.ok) throw new Error(`The picture was refused: ${await response.text()}`);
    return z.object({ id: z.string() }).parse(await response.json());
  }

  /** A call that must succeed, its answer checked against the contract. */
  async call<T extends z.ZodType>(
    schema: T,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<z.infer<T>> {
    const answer = await this.api(method, path, body);
    if (answer.status >= 300) {
      const told = apiErrorSchema.safeParse(answer.body);
      throw new Error(
        `${method} ${path}: ${answer.status} ${told.success ? told.data.error.message : JSON.stringify(answer.body)}`,
      );
    }
    return schema.parse(answer.body);
  }

  /** A new sandbox client whose bot answers already. */
  async sandboxClient(name = 'Test shop'): Promise<ApiClient> {
    const { id } = await this.call(apiClientSchema, 'POST', '/api/v1/clients', { name, mode: 'sandbox' });
    return this.readyClient(id);
  }

  readyClient(clientId: string): Promise<ApiClient> {
    return this.waitFor(`client ${clientId} to be ready`, async () => {
      const client = await this.client(clientId);
      return client.state === 'ready' && client;
    });
  }

  client(clientId: string): Promise<ApiClient> {
    return this.call(apiClientSchema, 'GET', `/api/v1/clients/${clientId}`);
  }

  /** Every order, oldest first. */
  async orders(filter: Readonly<Record<string, string>> = {}): Promise<readonly ApiOrder[]> {
    const orders: ApiOrder[] = [];
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ limit: '100', ...filter, ...(cursor ? { cursor } : {}) });
      const page = await this.call(apiOrderPageSchema, 'GET', `/api/v1/orders?${query}`);
      orders.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return orders.reverse();
  }

  messages(clientId: string, phone: string, after?: string): Promise<readonly ApiMessage[]> {
    const query = new URLSearchParams({ phone, ...(after ? { after } : {}) });
    const path = `/api/v1/sandbox/${clientId}/messages?${query}`;
    return this.call(itemsOf(apiMessageSchema), 'GET', path).then(({ items }) => items);
  }

  phone(phone: string): Promise<PhoneView> {
    return this.call(phoneViewSchema, 'GET', `/api/v1/sandbox/phones/${phone}`);
  }

  ledger(): Promise<ApiLedger> {
    return this.call(apiLedgerSchema, 'GET', '/api/v1/sandbox/ledger');
  }

  async faults(faults: Faults): Promise<void> {
    await this.call(z.unknown(), 'PUT', '/api/v1/sandbox/faults', faults);
  }
}
