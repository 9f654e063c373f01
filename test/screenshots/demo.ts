import { z } from 'zod';
import type { PromptAnswer } from '../../shared/world.ts';
import { apiClientSchema } from '../helpers/api-shapes.ts';
import { browserPath } from '../helpers/browser.ts';
import { Customer, screens } from '../helpers/customer.ts';
import { Product } from '../helpers/product.ts';
import { newClient, qrOf } from '../whatsapp-web/shop.ts';
import { SimulatedWhatsApp } from '../whatsapp-web/simulated/server.ts';

const DAY_MS = 86_400_000;
const PAST_DAYS = 4;
/** Opens the start page. */
export const ACCESS_CODE = 'karibu-4711';
const PHONES = { prompted: '254700000001', served: '254700000002' } as const;
const anything = z.unknown();
const inviteSchema = z.object({ link: z.string() });

/** What the pictures are taken of: a running product with some days of history, and the things in it worth a picture. */
export interface Demo {
  readonly product: Product;
  /** Just installed: nothing has been made or sold on it. */
  readonly fresh: Product;
  /** Leads a shop's owner in, once each. */
  readonly inviteFor: (ownerName: string) => Promise<string>;
  readonly shopId: string;
  readonly troubledId: string;
  /** One order each, by what became of it. */
  readonly orders: Readonly<
    Record<'delivered' | 'declined' | 'open' | 'unknown' | 'held' | 'refunded' | 'complaint', string>
  >;
  /** Customers' phones: one in the middle of a purchase, one that has its airtime. */
  readonly phones: Readonly<Record<'prompted' | 'served', string>>;
  /** A bot on WhatsApp whose QR code waits to be scanned. */
  readonly unscannedId: string;
  readonly whatsapp: SimulatedWhatsApp;
}

/** Makes a small business's week: sales on several days, and today one order of every outcome. */
export async function startDemo(): Promise<Demo> {
  const whatsapp = await SimulatedWhatsApp.start();
  const product = new Product({
    env: {
      ACCESS_CODE,
      PUPPETEER_EXECUTABLE_PATH: browserPath(),
      CHROME_EXTRA_ARGS: whatsapp.chromeExtraArgs,
    },
  });
  const fresh = new Product({});
  try {
    await product.restart({ laterByMs: -PAST_DAYS * DAY_MS });
    await fresh.restart();
    return { fresh, whatsapp, ...(await fill(product)) };
  } catch (error) {
    await closeAll([product, fresh, whatsapp]);
    throw error;
  }
}

/** Ends what {@link startDemo} started. */
export async function closeDemo({ product, fresh, whatsapp }: Demo): Promise<void> {
  await closeAll([product, fresh, whatsapp]);
}

async function closeAll(parts: ReadonlyArray<{ close(): Promise<void> }>): Promise<void> {
  await Promise.allSettled(parts.map((part) => part.close()));
}

async function fill(product: Product): Promise<Omit<Demo, 'fresh' | 'whatsapp'>> {
  const shop = await product.sandboxClient('Mama Njeri Airtime');
  const second = await product.sandboxClient('Kibanda ya Juma');
  const troubled = await product.call(apiClientSchema, 'POST', '/api/v1/clients', {
    name: 'Westgate Phones',
    mode: 'live',
  });
  await product.call(anything, 'POST', `/api/v1/clients/${troubled.id}/stop`);
  for (const id of [shop.id, second.id]) {
    await product.call(anything, 'PATCH', `/api/v1/clients/${id}`, {
      overrides: { promptsPerPayerPerHour: 20, ...(id === shop.id && { discountPercent: 4 }) },
    });
  }
  const people = new People(product);
  for (let day = 0; day < PAST_DAYS; day += 1) {
    const sales = 2 + ((day * 3) % 4);
    await people.sell(shop.id, sales);
    await people.sell(second.id, 1 + (day % 2));
    await product.restart({ laterByMs: DAY_MS });
    await Promise.all([shop.id, second.id].map((id) => product.readyClient(id)));
  }
  await people.sell(second.id, 2);
  const outcomes = await everyOutcome(product, people, shop.id);
  await product.call(anything, 'POST', `/api/v1/clients/${second.id}/pause`);
  await product.call(anything, 'PUT', `/api/v1/clients/${shop.id}/bans/254700000042`, {
    reason: 'Sent the same forged M-Pesa message five times',
  });
  await product.call(anything, 'PUT', `/api/v1/clients/${second.id}/bans/254700000043`, {
    reason: 'Abusive',
    message: 'Please visit the shop.',
  });
  const inviteFor = async (ownerName: string): Promise<string> => {
    const { link } = await product.call(inviteSchema, 'POST', `/api/v1/clients/${shop.id}/invites`, {
      ownerName,
    });
    return link;
  };
  const unscanned = await newClient(product, 'Soko Airtime');
  await qrOf(product, unscanned.id);
  // Last, because a prompt does not wait long.
  await new Customer(product, shop.id, PHONES.prompted).upToPrompt(100);
  return {
    product,
    inviteFor,
    shopId: shop.id,
    troubledId: troubled.id,
    unscannedId: unscanned.id,
    phones: PHONES,
    orders: outcomes,
  };
}

async function everyOutcome(product: Product, people: People, shopId: string): Promise<Demo['orders']> {
  const [delivered] = await people.sell(shopId, 3);
  const declined = await people.buy(shopId, 100, 'wrong-pin');
  await people.buy(shopId, 250, 'no-funds');
  await people.buy(shopId, 50, 'cancel');
  await product.faults({ statum: { mode: 'error-500', times: 1 } });
  const unknown = await people.buy(shopId, 200, 'pay', screens.lastWord);
  const refunded = await people.buy(shopId, 150, 'pay');
  await act(product, refunded, {
    action: 'mark-refunded',
    reason: 'Bought for the wrong number',
    receipt: 'SKA1B2C3D4',
    amountKes: 100,
  });
  const complaint = await people.buy(shopId, 500, 'cancel');
  await complain(people, shopId, complaint);
  const served = new Customer(product, shopId, PHONES.served);
  await served.upToPrompt(50);
  await served.answer('pay');
  await served.next(screens.airtime);
  await product.faults({ statum: { mode: 'insufficient' } });
  const held = await people.buy(shopId, 300, 'pay', screens.paid);
  const open = await people.buy(shopId, 1_000, undefined);
  return { delivered: delivered ?? open, declined, open, unknown, held, refunded, complaint };
}

async function act(product: Product, orderNo: string, body: object): Promise<void> {
  await product.call(anything, 'POST', `/api/v1/orders/${orderNo}/actions`, body);
}

/** "I paid but got nothing", from the customer of an order that no payment has reached. */
async function complain(people: People, shopId: string, orderNo: string): Promise<void> {
  const customer = people.customerOf(orderNo, shopId);
  await customer.send(orderNo);
  await customer.next(/I paid but got nothing/);
  await customer.send('2');
  await customer.next(/What is the M-Pesa code/);
  await customer.send('SKB7XNMVXQ Confirmed. Ksh480.00 sent to MAMA NJERI AIRTIME');
  await customer.next(/SKB7XNMVXQ/);
}

const amounts = [20, 50, 100, 1_000, 200, 500, 75, 150] as const;

/** Customers with phones of a range that no network has given to anybody. */
class People {
  readonly #product: Product;
  readonly #phones = new Map<string, string>();
  #next = 10;

  constructor(product: Product) {
    this.#product = product;
  }

  #customer(clientId: string): Customer {
    this.#next += 1;
    return new Customer(this.#product, clientId, `2547000000${String(this.#next).padStart(2, '0')}`);
  }

  customerOf(orderNo: string, clientId: string): Customer {
    return new Customer(this.#product, clientId, this.#phones.get(orderNo) ?? '');
  }

  /** Purchases that go well, side by side. @returns their order numbers */
  sell(clientId: string, count: number): Promise<readonly string[]> {
    return Promise.all(
      Array.from({ length: count }, (_, index) =>
        this.buy(clientId, amounts[(this.#next + index) % amounts.length] ?? 50, 'pay'),
      ),
    );
  }

  /** One purchase. @param answer what the customer does with the prompt; undefined: nothing yet */
  async buy(
    clientId: string,
    amountKes: number,
    answer: PromptAnswer['answer'] | undefined,
    until?: RegExp,
  ): Promise<string> {
    const customer = this.#customer(clientId);
    await customer.upToPrompt(amountKes);
    const { reference } = await customer.prompt();
    this.#phones.set(reference, customer.phone);
    if (answer === undefined) return reference;
    await customer.answer(answer);
    await customer.next(until ?? (answer === 'pay' ? screens.airtime : screens.tryAgain));
    return reference;
  }
}
