import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/clock.ts';
import type { Change } from '../../supervisor/stores/types.ts';
import { auditSimulation } from './audit.ts';
import { ChatNetwork } from './chat-network.ts';
import { Customers } from './customers.ts';
import { Engine } from './engine.ts';
import { Guard } from './guard.ts';
import type { TopUp } from './money-facts.ts';
import { MoneyWorld } from './money-world.ts';
import { ProcessLife } from './process-life.ts';
import { Random } from './random.ts';
import { simulatedGateways } from './simulated-gateways.ts';
import { SimulatedProcess } from './simulated-process.ts';
import { Medium, SimulatedStores } from './simulated-stores.ts';
import { Staff } from './staff.ts';
import { shops, troublesOf } from './surroundings.ts';
import { Wishes } from './wishes.ts';

/** Customers buy during this long; everything else goes on until it is settled. */
const SELLING_MS = 8 * HOUR_MS;
/** From then on nothing breaks any more. */
const CALM_FROM_MS = 58 * HOUR_MS;
/** M-Pesa's late successes and the last look at a prompt lie within this. */
const END_MS = 110 * HOUR_MS;
const MAX_DEATHS = 200;
/** So many more are kept for places at which this world's process has not died yet. */
const RESERVED_DEATHS = 80;
/** Purchases tried in one world; about two thirds of them become orders. */
export const PURCHASES = 1_200;

export interface SimulationOptions {
  readonly seed: number;
  /** Purchases that customers try; most become orders. */
  readonly purchases: number;
  /** Collects what happens, for people to read. */
  readonly trace?: boolean;
  /** Ends with the first thing that goes wrong: whether anything does is all that is asked. */
  readonly brief?: boolean;
}

export interface SimulationReport {
  readonly orders: number;
  readonly deaths: number;
  readonly problems: readonly string[];
  /** How often the process came to each place, and how often it died there. */
  readonly places: ReadonlyMap<string, { seen: number; died: number }>;
  readonly trace: readonly string[];
}

/** Runs one seeded world to its end and judges it. The same seed does the same, to the last event. */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  return new Simulation(options).run();
}

class Simulation {
  readonly #engine = new Engine();
  readonly #random: Random;
  readonly #deathRandom: Random;
  readonly #medium = new Medium();
  readonly #problems: string[] = [];
  readonly #accused = new Set<string>();
  readonly #trace: string[] = [];
  readonly #places = new Map<string, { seen: number; died: number }>();
  readonly #options: SimulationOptions;
  readonly #startedAt: number;
  readonly #world: MoneyWorld;
  readonly #chats: ChatNetwork;
  readonly #customers: Customers;
  readonly #wishes = new Wishes();
  readonly #staff: Staff;
  readonly #guard: Guard;
  readonly #deathRate: number;
  readonly #promisedAt = new Map<string, number>();
  #process: SimulatedProcess | undefined;
  #deaths = 0;
  #isLow = false;

  constructor(options: SimulationOptions) {
    const { seed } = options;
    this.#options = options;
    this.#random = new Random(seed);
    this.#deathRandom = new Random(seed + 500_000);
    this.#startedAt = this.#engine.now;
    const engine = this.#engine;
    const random = this.#random;
    // One world in four is healthy: what only goes wrong when nothing else does shows there.
    const calm = seed % 4 === 0;
    this.#deathRate = calm ? 0.004 : 0.02;
    const process = (): SimulatedProcess | undefined => this.#process;
    this.#chats = new ChatNetwork(engine, new Random(seed + 1_000_000), calm ? 0.005 : 0.05);
    this.#world = new MoneyWorld({
      engine,
      random: new Random(seed + 2_000_000),
      troubles: troublesOf(random, this.#startedAt, calm),
      onTopUp: (topUp, answerMs) => this.#callBack(topUp, answerMs),
    });
    this.#customers = new Customers({
      engine,
      random: new Random(seed + 3_000_000),
      chats: this.#chats,
      content: this.#medium.content,
      process,
      wishes: this.#wishes,
      receiptOf: (orderNo) => this.#world.receiptOf(orderNo),
    });
    this.#guard = new Guard({
      engine,
      medium: this.#medium,
      world: () => this.#world,
      accuse: (what, orderNo) => this.#accuse(what, orderNo),
      quotes: this.#customers.quotes,
    });
    this.#staff = new Staff({
      engine,
      random: new Random(seed + 4_000_000),
      world: this.#world,
      process,
      chats: this.#chats,
      wishes: this.#wishes,
      trace: (what, orderNo) => this.#note(what, orderNo),
    });
  }

  async run(): Promise<SimulationReport> {
    const { content } = this.#medium;
    for (const client of shops) content.clients.set(client.id, client);
    this.#boot();
    this.#customers.buy(this.#options.purchases, SELLING_MS);
    this.#staff.attend(this.#startedAt + CALM_FROM_MS + 6 * HOUR_MS);
    this.#staff.ban(
      this.#startedAt + SELLING_MS,
      shops.map(({ id }) => id),
    );
    this.#disturb();
    await this.#engine.run(this.#startedAt + END_MS);
    if (!this.#options.brief || this.#problems.length === 0) this.#judge();
    return {
      orders: content.orders.size,
      deaths: this.#deaths,
      problems: this.#problems,
      places: this.#places,
      trace: this.#trace,
    };
  }

  #judge(): void {
    const { content } = this.#medium;
    for (const leak of this.#process?.reservedBeyondOrders() ?? [])
      this.#problems.push(`reserved at the end: ${leak}`);
    this.#problems.push(
      ...auditSimulation({
        content,
        timelines: this.#medium.timelines,
        audit: this.#medium.audit,
        world: this.#world,
        messages: this.#chats.messages,
        promisedAt: this.#promisedAt,
        unhandled: this.#chats.inbox.size,
        written: this.#customers.written + this.#staff.written,
        wishOf: (text) => this.#wishes.of(text),
        complained: this.#customers.complained,
      }),
    );
  }

  get #isCalm(): boolean {
    return this.#engine.now - this.#startedAt >= CALM_FROM_MS;
  }

  #boot(): void {
    const life = new ProcessLife({
      engine: this.#engine,
      killer: (place) => this.#diesAt(place),
      onDeath: () => this.#bury(),
    });
    const stores = new SimulatedStores(this.#medium, life, {
      writeMs: () => this.#random.int(1, 12),
      low: () => this.#isLow,
      onApplied: (changes, seen) => this.#guard.onApplied(changes, seen),
      onDurable: (changes) => this.#onDurable(changes),
    });
    const gateways = simulatedGateways(this.#world, life, this.#guard);
    this.#note('the process starts');
    this.#process = new SimulatedProcess({
      life,
      stores,
      gateways,
      chats: this.#chats,
      random: () => this.#random.next(),
      wishOf: (text) => this.#wishes.of(text),
    });
    void this.#process.start();
  }

  #diesAt(place: string): boolean {
    const known = this.#places.get(place) ?? { seen: 0, died: 0 };
    this.#places.set(place, known);
    known.seen += 1;
    if (this.#isCalm || this.#deaths >= MAX_DEATHS + (known.died === 0 ? RESERVED_DEATHS : 0)) return false;
    // Polls and timers come by all the time; the rare places matter as much.
    const often = place === 'a timer' || place.startsWith('payment status') || place.startsWith('balance');
    const novelty = known.died === 0 ? 3 : 1 / (1 + 2 * known.died);
    const probability = this.#deathRate * novelty * (often ? 0.02 : 1);
    if (!this.#deathRandom.chance(probability)) return false;
    known.died += 1;
    this.#note(`the process dies: ${place}`);
    return true;
  }

  #bury(): void {
    this.#deaths += 1;
    this.#process = undefined;
    const random = this.#deathRandom;
    const downMs = random.chance(0.01) ? random.int(5, 45) * MINUTE_MS : random.int(200, 20_000);
    this.#engine.after(downMs, () => this.#boot());
  }

  /** Restarts, workers that go away, settings, pauses, a full disk. */
  #disturb(): void {
    const random = this.#random;
    this.#watchReservations(3);
    this.#engine.after(random.int(2, 30) * MINUTE_MS, () => {
      if (this.#isCalm) return;
      switch (random.weighted({ restart: 1, worker: 4, settings: 3, pause: 1, low: 1, float: 2, keys: 1 })) {
        case 'restart':
          void this.#restart();
          break;
        case 'worker':
          this.#chats.interrupt(random.pick(shops).id, random.int(1, 300) * SECOND_MS);
          break;
        case 'settings':
          this.#editSettings();
          break;
        case 'pause':
          this.#pause(random.pick(shops).id, random.int(1, 20) * MINUTE_MS);
          break;
        case 'keys':
          this.#world.keyVersions[random.pick(['simulated', 'environment'] as const)] += 1;
          break;
        case 'low':
          this.#isLow = true;
          this.#engine.after(random.int(1, 10) * MINUTE_MS, () => {
            this.#isLow = false;
          });
          break;
        case 'float': {
          const setId = random.pick(['simulated', 'environment'] as const);
          this.#world.floatKes[setId] = random.int(0, 300);
          this.#engine.after(random.int(2, 90) * MINUTE_MS, () => {
            this.#world.floatKes[setId] = 1_000_000;
          });
        }
      }
      this.#disturb();
    });
  }

  /** What is reserved of the float and belongs to no order that waits for airtime, look after look, is lost for everybody. */
  #watchReservations(looks: number): void {
    const process = this.#process;
    const leaks = process?.reservedBeyondOrders() ?? [];
    if (leaks.length === 0) return;
    if (looks === 0) this.#accuse(`more is reserved than is ordered: ${leaks.join(', ')}`);
    // What is just being written is reserved already.
    else
      this.#engine.after(SECOND_MS, () => {
        if (this.#process === process) this.#watchReservations(looks - 1);
      });
  }

  async #restart(): Promise<void> {
    const process = this.#process;
    if (!process) return;
    this.#note('the process is told to stop');
    await process.stop();
    process.life.die();
  }

  #editSettings(): void {
    const random = this.#random;
    const values = {
      minAmountKes: random.pick([5, 5, 20, 50]),
      maxAmountKes: random.pick([100, 1_000, 10_000]),
      discountPercent: random.pick([0, 2.5, 5, 10]),
      promptsPerPayerPerHour: random.pick([2, 3, 5]),
      payersPerChatPerDay: random.pick([2, 3, 5]),
    };
    void this.#process?.stores.transact((tx) => tx.settings.put({ id: 'platform', values }));
  }

  #pause(clientId: string, forMs: number): void {
    const set = (paused: boolean): void => {
      void this.#process?.stores.transact((tx) => {
        const client = tx.clients.get(clientId);
        if (client) tx.clients.put({ ...client, paused });
      });
    };
    set(true);
    // Again and again: the process may be down when it is time to sell again.
    for (let again = 1; again <= 3; again += 1) this.#engine.after(forMs * again, () => set(false));
  }

  #onDurable(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.collection === 'outbox' && change.after)
        this.#promisedAt.set(change.key, change.after.createdAt);
      if (change.collection !== 'orders' || !change.after) continue;
      const { before, after } = change;
      this.#note(
        `${before?.payment.state ?? ''}→${after.payment.state}, ${before?.delivery.state ?? ''}→${after.delivery.state}`,
        after.orderNo,
      );
      if (!before && this.#random.chance(0.12)) this.#staff.meddle(after.orderNo);
      const failed = after.payment.state === 'expired' || after.payment.state === 'declined';
      if (failed && before?.payment.state === 'prompted' && this.#random.chance(0.25))
        this.#staff.findPayment(after.orderNo);
    }
  }

  /** Statum calls back about a top-up: late, early, twice, never, wrongly; and a stranger calls the other set's URL. */
  #callBack(topUp: TopUp, answerMs: number): void {
    const random = this.#random;
    const isLost = random.chance(0.06);
    const result = random.chance(0.93) ? 'delivered' : 'not delivered';
    const delayMs = random.weighted({ early: 12, soon: 70, late: 18 });
    const inMs =
      delayMs === 'early'
        ? random.int(0, answerMs)
        : answerMs + (delayMs === 'soon' ? random.int(1, 60) * SECOND_MS : random.int(2, 200) * MINUTE_MS);
    if (random.chance(0.08)) this.#ring(topUp, random.int(0, 2 * inMs), 'not delivered', 'a stranger');
    if (isLost) return;
    this.#ring(topUp, inMs, result);
    if (random.chance(0.12)) this.#ring(topUp, inMs + random.int(0, 90_000), result);
    if (!random.chance(0.03)) return;
    const opposite = result === 'delivered' ? 'not delivered' : 'delivered';
    this.#ring(topUp, inMs + random.int(1, 60) * SECOND_MS, opposite);
  }

  #ring(
    topUp: TopUp,
    inMs: number,
    result: 'delivered' | 'not delivered',
    by: 'statum' | 'a stranger' = 'statum',
    attempt = 1,
  ): void {
    this.#engine.after(inMs, () => {
      const random = this.#random;
      const other = topUp.setId === 'simulated' ? 'environment' : 'simulated';
      const token = `token-${by === 'statum' ? topUp.setId : other}`;
      const isDelivered = result === 'delivered';
      if (by === 'statum') topUp.called.add(result);
      this.#note(`${by} calls back: ${result}`, topUp.orderNo);
      const body = {
        request_id: topUp.requestId,
        charge: topUp.amountKes * 0.96,
        result_code: isDelivered ? random.pick([200, '200']) : random.pick([500, '422']),
        result_desc: isDelivered ? 'Airtime delivered' : 'Not delivered',
      };
      let heard = false;
      this.#process?.callback(token, body).then(() => {
        heard = true;
        if (by === 'statum') topUp.acknowledged.add(result);
        this.#note('the callback is acknowledged', topUp.orderNo);
      });
      // Statum may try again when nobody takes its call; it need not.
      this.#engine.after(MINUTE_MS, () => {
        if (!heard && attempt < 4 && random.chance(0.7)) this.#ring(topUp, 0, result, by, attempt + 1);
      });
    });
  }

  #accuse(what: string, orderNo?: string): void {
    const about = orderNo === undefined ? '' : `order ${orderNo}: `;
    if (this.#accused.has(about + what)) return;
    this.#accused.add(about + what);
    this.#note(`!!! ${what}`, orderNo);
    this.#problems.push(about + what);
    if (this.#options.brief) this.#engine.stop();
  }

  #note(what: string, orderNo = ''): void {
    if (!this.#options.trace) return;
    const seconds = ((this.#engine.now - this.#startedAt) / 1_000).toFixed(3).padStart(12);
    this.#trace.push(`${seconds} s  ${orderNo.padEnd(8)}  ${what}`);
  }
}
