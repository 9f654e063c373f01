import { MINUTE_MS, SECOND_MS } from '../../shared/clock.ts';
import type { Quote } from '../../shared/conversation.ts';
import { payableFor } from '../../shared/money.ts';
import { settingsFor } from '../../shared/settings.ts';
import { effectiveSettings } from '../../supervisor/stores/effective-settings.ts';
import type { ChatNetwork, Inbound } from './chat-network.ts';
import type { Engine } from './engine.ts';
import type { Random } from './random.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { Content } from './tables.ts';

const CHATS = 160;
/** Everybody sends airtime to these now and then, in the same few amounts. */
const favourites = ['254700000901', '254700000902', '254700000903'];

const phoneOf = (person: number): string => `254700000${String(person).padStart(3, '0')}`;

/** Customers with confirm screens in front of them: they say yes once, twice at once, late, and in two chats for one payer. */
export class Customers {
  /** What was shown on each confirm screen. */
  readonly quotes = new Map<string, Quote>();
  readonly #engine: Engine;
  readonly #random: Random;
  readonly #chats: ChatNetwork;
  readonly #content: Content;
  readonly #process: () => SimulatedProcess | undefined;
  /** How many messages they have sent. */
  written = 0;

  constructor(parts: {
    engine: Engine;
    random: Random;
    chats: ChatNetwork;
    content: Content;
    process: () => SimulatedProcess | undefined;
  }) {
    this.#engine = parts.engine;
    this.#random = parts.random;
    this.#chats = parts.chats;
    this.#content = parts.content;
    this.#process = parts.process;
  }

  buy(purchases: number, withinMs: number): void {
    for (let n = 1; n <= purchases; n += 1) {
      this.#engine.after(this.#random.int(0, withinMs), () => this.#purchase(n));
    }
  }

  quoteOf(text: string): Quote {
    const quote = this.quotes.get(text);
    if (!quote) throw new Error(`Nobody was shown ${text}`);
    return quote;
  }

  #purchase(n: number): void {
    const random = this.#random;
    const person = random.int(1, CHATS);
    const clientId = random.pick(['cl_a', 'cl_b', 'cl_c']);
    const client = this.#content.clients.get(clientId);
    const settings = settingsFor(
      effectiveSettings({
        get: () => this.#content.settings.get('platform'),
        values: () => this.#content.settings.values(),
        size: this.#content.settings.size,
      }),
      client?.overrides ?? {},
    );
    const amountKes = random.pick([5, 20, 50, 100, 100, 100, 250]);
    const payer = random.chance(0.2) ? random.int(1, CHATS) : person;
    const quote: Quote = {
      confirmId: `cf_${n}`,
      amountKes,
      payableKes: payableFor(amountKes, settings.discountPercent),
      discountPercent: settings.discountPercent,
      recipientPhone: random.chance(0.5) ? random.pick(favourites) : phoneOf(person),
      payerPhone: phoneOf(payer),
      shownAt: this.#engine.now,
    };
    this.quotes.set(quote.confirmId, quote);
    const afterMs = random.chance(0.04) ? random.int(8, 13) * MINUTE_MS : random.int(1, 40) * SECOND_MS;
    this.#confirm(quote, clientId, person, afterMs);
    if (random.chance(0.15)) this.#confirm(quote, clientId, person, afterMs + random.int(0, 400));
    if (random.chance(0.03)) this.#confirm(quote, clientId, person, afterMs + random.int(1, 90) * SECOND_MS);
  }

  #confirm(quote: Quote, clientId: string, person: number, afterMs: number): void {
    this.#engine.after(afterMs, () => {
      this.written += 1;
      const message: Inbound = {
        id: `m_${this.written}`,
        clientId,
        chatId: `${phoneOf(person)}@c.us`,
        customerPhone: phoneOf(person),
        text: quote.confirmId,
        sentAt: this.#engine.now,
      };
      this.#chats.inbox.set(message.id, message);
      if (this.#random.chance(0.03)) this.#process()?.offerTwice(message);
      else this.#process()?.offer(message);
    });
  }
}
