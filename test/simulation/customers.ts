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
import type { Wishes } from './wishes.ts';

const CHATS = 160;
/** Everybody sends airtime to these now and then, in the same few amounts. */
const favourites = ['254700000901', '254700000902', '254700000903'];

const phoneOf = (person: number): string => `254700000${String(person).padStart(3, '0')}`;
const chatOf = (person: number): string => `${phoneOf(person)}@c.us`;

/** Anybody who may be banned. */
export const somebody = (random: Random): string => phoneOf(random.int(1, CHATS));

/** Customers with confirm screens in front of them: they say yes once, twice at once, late, and in two chats for one payer. */
export class Customers {
  /** What was shown on each confirm screen. */
  readonly quotes = new Map<string, Quote>();
  readonly #engine: Engine;
  readonly #random: Random;
  readonly #chats: ChatNetwork;
  readonly #content: Content;
  readonly #process: () => SimulatedProcess | undefined;
  readonly #wishes: Wishes;
  readonly #receiptOf: (orderNo: string) => string | undefined;
  /** Orders whose own customer has complained. */
  readonly complained = new Set<string>();
  /** How many messages they have sent. */
  written = 0;

  constructor(parts: {
    engine: Engine;
    random: Random;
    chats: ChatNetwork;
    content: Content;
    process: () => SimulatedProcess | undefined;
    wishes: Wishes;
    /** The code of the payment that was really made for an order. */
    receiptOf: (orderNo: string) => string | undefined;
  }) {
    this.#engine = parts.engine;
    this.#random = parts.random;
    this.#chats = parts.chats;
    this.#content = parts.content;
    this.#process = parts.process;
    this.#wishes = parts.wishes;
    this.#receiptOf = parts.receiptOf;
  }

  buy(purchases: number, withinMs: number): void {
    for (let n = 1; n <= purchases; n += 1) {
      this.#engine.after(this.#random.int(0, withinMs), () => this.#purchase(n));
    }
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
    this.#wishes.add(quote.confirmId, { kind: 'confirm', quote });
    const afterMs = random.chance(0.04) ? random.int(8, 13) * MINUTE_MS : random.int(1, 40) * SECOND_MS;
    this.#confirm(quote, clientId, person, afterMs);
    if (random.chance(0.15)) this.#confirm(quote, clientId, person, afterMs + random.int(0, 400));
    if (random.chance(0.03)) this.#confirm(quote, clientId, person, afterMs + random.int(1, 90) * SECOND_MS);
    if (random.chance(0.05))
      this.#complain(quote, clientId, random.chance(0.8) ? person : random.int(1, CHATS));
  }

  /** Some time later: he has paid, he says. The code may be a wrong one, the order somebody else's. */
  #complain(quote: Quote, clientId: string, person: number): void {
    const random = this.#random;
    const isRight = random.chance(0.8);
    this.#engine.after(random.int(2, 400) * MINUTE_MS, () => {
      const order = [...this.#content.orders.values()].find(({ confirmId }) => confirmId === quote.confirmId);
      if (!order) return;
      const receipt = (isRight ? this.#receiptOf(order.orderNo) : undefined) ?? 'SGWRONG000';
      const name = `complaint_${quote.confirmId}`;
      this.#wishes.add(name, { kind: 'complain', orderNo: order.orderNo, receipt });
      if (order.chatId === chatOf(person) && order.clientId === clientId) this.complained.add(order.orderNo);
      this.#write(name, clientId, person);
    });
  }

  #confirm(quote: Quote, clientId: string, person: number, afterMs: number): void {
    this.#engine.after(afterMs, () => this.#write(quote.confirmId, clientId, person));
  }

  #write(text: string, clientId: string, person: number): void {
    this.written += 1;
    const message: Inbound = {
      id: `m_${this.written}`,
      clientId,
      chatId: chatOf(person),
      customerPhone: phoneOf(person),
      text,
      sentAt: this.#engine.now,
    };
    this.#chats.inbox.set(message.id, message);
    if (this.#random.chance(0.03)) this.#process()?.offerTwice(message);
    else this.#process()?.offer(message);
  }
}
