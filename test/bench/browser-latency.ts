import { Samples } from '../simulate/samples.ts';
import type { SimulatedWhatsApp } from '../whatsapp-web/simulated/server.ts';
import { messages } from './script.ts';
import { type Fleet, PlainFleet, productFleet } from './whatsapp-fleets.ts';

const ROUNDS = 4;
const CUSTOMERS = 20;

/** Customers of one shop who write in turn, each going on with the script when all others have. */
class Crowd {
  readonly #whatsapp: SimulatedWhatsApp;
  readonly #shop: string;
  #next = 0;

  constructor(whatsapp: SimulatedWhatsApp, shop: string) {
    this.#whatsapp = whatsapp;
    this.#shop = shop;
  }

  /** The next customer writes. @returns milliseconds until WhatsApp's server has an answer */
  async say(): Promise<number> {
    const turn = this.#next++;
    const chat = `2547000005${String(turn % CUSTOMERS).padStart(2, '0')}@c.us`;
    const body = messages[Math.floor(turn / CUSTOMERS) % messages.length] ?? 'hi';
    const account = this.#whatsapp.account(this.#shop);
    // What is said from here on; a customer's other answers have come before he writes again.
    const from = account.messages.length;
    const startedMs = performance.now();
    this.#whatsapp.receive(this.#shop, { from: chat, body });
    await this.#whatsapp.until(`an answer of ${this.#shop} to "${body}"`, () =>
      account.messages.slice(from).some((message) => message.fromMe && message.chat === chat),
    );
    return performance.now() - startedMs;
  }
}

/** One message after the other in each of the shops, all shops at the same time. */
async function talk(crowds: readonly Crowd[], messagesEach: number, into: Samples): Promise<void> {
  await Promise.all(
    crowds.map(async (crowd) => {
      for (let count = 0; count < messagesEach; count += 1) into.add(await crowd.say());
    }),
  );
}

/** Both fleets in turn, round by round, so that whatever else the machine does meets them alike. */
async function compare(
  whatsapp: SimulatedWhatsApp,
  fleets: readonly Fleet[],
  bots: number,
  messagesEach: number,
) {
  const crowds = fleets.map(({ phones }) => phones.slice(0, bots).map((phone) => new Crowd(whatsapp, phone)));
  const samples = fleets.map(() => new Samples());
  // Cold code and new chats are not what is asked for.
  for (const shops of crowds) await talk(shops, CUSTOMERS, new Samples());
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, shops] of crowds.entries()) {
      const into = samples[index];
      if (into) await talk(shops, Math.ceil(messagesEach / ROUNDS), into);
    }
  }
  return samples;
}

/** Inbound message → reply, one bot and all of them busy. */
export async function latencyTable(options: {
  readonly whatsapp: SimulatedWhatsApp;
  readonly executablePath: string;
  /** Our flags, for the plain library as well: what is compared is not the browser. */
  readonly ours: readonly string[];
  readonly clients: number;
  readonly messages: number;
}): Promise<void> {
  const { whatsapp, executablePath, ours: args, clients, messages: count } = options;
  const plain = new PlainFleet(whatsapp, { name: "the plain library's echo", executablePath, args });
  const product = await productFleet(whatsapp, executablePath);
  const fleets = [plain, product];
  try {
    for (const fleet of fleets) await fleet.add();
    console.log('\n| message → reply, ms | bots | messages | p50 | p90 | p99 |');
    console.log('|---|---:|---:|---:|---:|---:|');
    const print = (bots: number, samples: readonly Samples[]): void => {
      for (const [index, each] of samples.entries()) {
        const figures = [0.5, 0.9, 0.99].map((share) => each.quantile(share)?.toFixed(1) ?? '–');
        console.log(`| ${fleets[index]?.name} | ${bots} | ${each.count} | ${figures.join(' | ')} |`);
      }
      const [theirs, ours] = samples;
      const more = [0.5, 0.9, 0.99].map((share) =>
        ((ours?.quantile(share) ?? 0) - (theirs?.quantile(share) ?? 0)).toFixed(1),
      );
      console.log(`| ours less theirs | ${bots} | | ${more.join(' | ')} |`);
    };
    print(1, await compare(whatsapp, fleets, 1, count));
    for (const fleet of fleets) while (fleet.phones.length < clients) await fleet.add();
    print(clients, await compare(whatsapp, fleets, clients, Math.ceil(count / clients)));
  } finally {
    for (const fleet of fleets) await fleet.close();
  }
}
