import { errorText } from '../../shared/errors.ts';
import { type Chance, conversations } from './conversations.ts';
import type { PhoneNetwork } from './network.ts';
import { Pacer } from './pacer.ts';
import { HomeTime, Person } from './person.ts';
import type { Results } from './results.ts';

/** One phone gets at most this many prompts in an hour (the settings' upper limit is 20); then another customer comes. */
const PURCHASES_PER_PERSON = 9;
const FIRST_AMOUNT_KES = 20;
/** Numbers that no person has been given, by the look of them: 0700 000 000 and up. */
const FIRST_PHONE = 254_700_000_000;
/** Friends live this many numbers further on. */
const FRIENDS_FROM = 5_000_000;

export interface CrowdOptions {
  readonly clientIds: readonly string[];
  readonly customers: number;
  readonly rate: number;
  readonly seed: number;
  /** Where the phone numbers begin, so that a later run on the same product brings other people. */
  readonly firstPhone: number;
}

/** So many customers at a time, each in one conversation after another until it is time to go home. */
export class Crowd {
  readonly #options: CrowdOptions;
  readonly #network: PhoneNetwork;
  readonly #results: Results;
  readonly #pacer: Pacer;
  #nextPhone: number;
  #goHome: () => void = () => undefined;
  readonly #homeTime: Promise<void>;

  constructor(options: CrowdOptions, parts: { readonly network: PhoneNetwork; readonly results: Results }) {
    this.#options = options;
    this.#network = parts.network;
    this.#results = parts.results;
    this.#pacer = new Pacer(options.rate);
    this.#nextPhone = FIRST_PHONE + options.firstPhone;
    this.#homeTime = new Promise((resolve) => {
      this.#goHome = resolve;
    });
  }

  /** Resolves when, after {@link end}, everybody has ended what was begun. Never rejects: failures stand in the results. */
  async run(): Promise<void> {
    const { clientIds, customers, seed } = this.#options;
    const everybody = Array.from({ length: customers }, (_, index) => {
      const clientId = clientIds[index % clientIds.length] ?? '';
      return this.#comeAndGo(clientId, chanceOf(seed * 1_000_003 + index));
    });
    this.#pacer.start();
    await Promise.all(everybody);
  }

  /** No new message of a conversation that may be left; purchases are seen through. */
  end(): void {
    this.#pacer.end();
    this.#goHome();
  }

  /** One place in the crowd: a customer stays for some purchases, then another one takes his place. */
  async #comeAndGo(clientId: string, chance: Chance): Promise<void> {
    for (;;) {
      const phone = this.#nextPhone++;
      const person = new Person(
        { clientId, phone: String(phone) },
        { network: this.#network, pacer: this.#pacer, results: this.#results },
      );
      try {
        await this.#stay(person, String(phone + FRIENDS_FROM), chance);
      } catch (error) {
        if (error instanceof HomeTime) return;
        this.#results.fail(errorText(error));
      } finally {
        person.leave();
      }
    }
  }

  async #stay(person: Person, friend: string, chance: Chance): Promise<void> {
    let bought = 0;
    const scene = {
      person,
      friend,
      chance,
      results: this.#results,
      homeTime: this.#homeTime,
      newAmountKes: () => FIRST_AMOUNT_KES + bought++,
    };
    while (bought < PURCHASES_PER_PERSON) await chance.pick(conversations)(scene);
  }
}

/** A small seeded generator (mulberry32): fair enough for choices, and the same on every machine. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const number = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    number,
    pick(choices) {
      let at = number() * choices.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, choice] of choices) {
        at -= weight;
        if (at < 0) return choice;
      }
      const last = choices.at(-1);
      if (!last) throw new Error('Nothing to choose from');
      return last[1];
    },
  };
}
