import { Customer, screens } from '../helpers/customer.ts';
import type { Product } from '../helpers/product.ts';
import type { Random } from '../simulation/random.ts';

/** How long a shopper waits for an answer before he starts again or goes away. */
const PATIENCE_MS = 20_000;

/** A stream of customers, each with a phone of his own, buying while the product is being killed. They give up, the product must not. */
export class Shoppers {
  readonly #product: Product;
  readonly #random: Random;
  readonly #clientIds: readonly string[];
  #next = 100;
  #open = true;
  /** What people have got done so far: messages answered, prompts answered. */
  steps = 0;
  /** Purchases whose customer was told that the airtime is on its way. */
  served = 0;

  constructor(product: Product, random: Random, clientIds: readonly string[]) {
    this.#product = product;
    this.#random = random;
    this.#clientIds = clientIds;
  }

  /** Shops with so many people at a time until {@link close}; resolves when the last has left. */
  async shop(people: number): Promise<void> {
    this.#open = true;
    await Promise.all(
      Array.from({ length: people }, async () => {
        while (this.#open) await this.#purchase();
      }),
    );
  }

  close(): void {
    this.#open = false;
  }

  async #purchase(): Promise<void> {
    const phone = `254700000${this.#next}`;
    this.#next = this.#next === 999 ? 100 : this.#next + 1;
    const customer = new Customer(this.#product, this.#random.pick(this.#clientIds), phone);
    const amountKes = this.#random.int(5, 900);
    const steps = [
      ['hi', screens.menu],
      ['1', screens.who],
      ['1', screens.amount],
      [String(amountKes), screens.confirm],
      ['1', screens.ordering],
    ] as const;
    for (const [text, answer] of steps) {
      const heard = await this.#patiently(async () => {
        await customer.send(text);
        await customer.next(answer);
      });
      if (!heard) return;
    }
    const answered = await this.#patiently(async () => {
      await customer.prompt();
      await customer.answer(
        this.#random.pick(['pay', 'pay', 'pay', 'pay', 'pay', 'pay', 'cancel', 'wrong-pin']),
      );
    });
    if (answered && (await this.#patiently(() => customer.next(screens.airtime)))) this.served += 1;
  }

  /** @returns false when it failed or took too long: a product that is down is what this is about. */
  async #patiently(deed: () => Promise<unknown>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tired = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), PATIENCE_MS);
    });
    const done = deed().then(
      () => {
        this.steps += 1;
        return true;
      },
      () => false,
    );
    try {
      return await Promise.race([done, tired]);
    } finally {
      clearTimeout(timer);
    }
  }
}
