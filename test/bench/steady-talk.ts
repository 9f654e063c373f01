import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { screens } from '../helpers/customer.ts';
import type { Product } from '../helpers/product.ts';
import { PhoneNetwork } from '../simulate/network.ts';
import { Samples } from '../simulate/samples.ts';

/** How often one of the customers writes. */
const EVERY_MS = 50;
/** So many that none of them writes more than a person does. */
const CUSTOMERS = 100;
const ANSWER_WITHIN_MS = 30_000;

/**
 * Customers of one shop who ask for the menu one after another, at a pace that does not follow the answers. An answer's time is from
 * before the call that sends the question to the answer's arrival in the stream of events.
 */
export class SteadyTalk {
  readonly #network: PhoneNetwork;
  readonly #clientId: string;
  readonly #asked = new Map<string, { readonly atMs: number; readonly into: Samples }>();
  readonly #problems: string[] = [];
  #into = new Samples();
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(network: PhoneNetwork, clientId: string) {
    this.#network = network;
    this.#clientId = clientId;
  }

  static async begin(target: Product, clientId: string): Promise<SteadyTalk> {
    await target.call(z.unknown(), 'PATCH', '/api/v1/settings', { messagesInARow: 1_000 });
    const talk = new SteadyTalk(new PhoneNetwork(target), clientId);
    await talk.#begin();
    return talk;
  }

  /** What is asked from now on is counted apart. */
  phase(): Samples {
    this.#into = new Samples();
    return this.#into;
  }

  /** Asks no more, and waits for the answers that are due. @throws Error when one does not come */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    const untilMs = performance.now() + ANSWER_WITHIN_MS;
    while (this.#asked.size > 0 && performance.now() < untilMs) await delay(20);
    await this.#network.close();
    if (this.#asked.size > 0) this.#problems.push(`${this.#asked.size} questions have no answer`);
    if (this.#problems.length > 0) throw new Error(this.#problems.join('; '));
  }

  async #begin(): Promise<void> {
    const phones = Array.from(
      { length: CUSTOMERS },
      (_, index) => `25470000${String(index).padStart(4, '0')}`,
    );
    for (const phone of phones) {
      this.#network.join(this.#clientId, phone, {
        onMessage: (direction, text, { hereMs }) => {
          const asked = this.#asked.get(phone);
          if (direction !== 'out' || !asked || !screens.menu.test(text)) return;
          this.#asked.delete(phone);
          asked.into.add(hereMs - asked.atMs);
        },
        onPrompt: () => undefined,
      });
    }
    await this.#network.listen((error) => this.#problems.push(error.message));
    this.#timer = setInterval(() => {
      const phone = phones[this.#turn++ % phones.length];
      if (phone === undefined || this.#asked.has(phone)) return;
      this.#asked.set(phone, { atMs: performance.now(), into: this.#into });
      this.#network
        .send(this.#clientId, phone, 'menu')
        .catch((error: unknown) => this.#problems.push(String(error)));
    }, EVERY_MS);
  }
}

export function latencies(samples: Samples): string {
  const ms = (share: number): string => samples.quantile(share)?.toFixed(0) ?? '?';
  return `${ms(0.5)} / ${ms(0.99)} / ${ms(1)} ms (${samples.count})`;
}
