import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type CustomerOrder,
  type InboundContent,
  machineStateSchema,
  type Refusal,
  type TurnContext,
} from '../../../shared/conversation.ts';
import { languages } from '../../../shared/language.ts';
import { declineCauses, deliveryStates, orderStatuses, paymentStates } from '../../../shared/order.ts';
import { next } from '../../../worker/conversation/machine.ts';
import { Random } from '../../simulation/random.ts';
import { contextOf, FRIEND, OWN, orderOf, T0 } from './sample.ts';
import { Walk } from './walk.ts';

const words = [
  ...['hi', '0', '00', '1', '1', '1', '1', '2', '3', '4', '5', 'yes', 'no', 'me', 'again', 'track', 'help'],
  ...['buy', '100', '100', '50', '5', 'c', 'moja', 'ndio', 'hapana', 'tena', 'kiswahili', 'english', 'lugha'],
  ...['0700000002', '0700 000 003', '-50', '1e3', 'A2222222', 'B3333333', 'SG722NMVXQ', 'mia moja'],
  ...['thanks', 'nimelipa', 'I want airtime', 'SG722NMVXQ Confirmed for A2222222'],
  ...['__proto__', 'constructor', '{shop}', '$&'],
];
const medias = ['image', 'voice', 'video', 'document', 'sticker', 'location', 'other'] as const;
const word = fc.constantFrom(...words);
const content: fc.Arbitrary<InboundContent> = fc.oneof(
  { weight: 12, arbitrary: word.map((text) => ({ kind: 'text' as const, text })) },
  {
    weight: 2,
    arbitrary: fc.string({ unit: 'binary', maxLength: 60 }).map((text) => ({ kind: 'text' as const, text })),
  },
  {
    weight: 1,
    arbitrary: fc.array(fc.oneof(fc.constantFrom('0700000002', '0700000003'), fc.string())).map((phones) => ({
      kind: 'contact' as const,
      phones,
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...medias), fc.option(word, { nil: undefined }))
      .map(([media, caption]) => ({
        kind: 'media' as const,
        media,
        ...(caption !== undefined && { caption }),
      })),
  },
  { weight: 1, arbitrary: word.map((text) => ({ kind: 'edited' as const, text })) },
  { weight: 1, arbitrary: fc.constant({ kind: 'deleted' as const }) },
);

const order = fc.record({
  orderNo: fc.constantFrom('A2222222', 'C2222222'),
  amountKes: fc.constantFrom(5, 100),
  payableKes: fc.constantFrom(5, 95, 100),
  recipientPhone: fc.constantFrom(OWN, FRIEND),
  payerPhone: fc.constantFrom(OWN, FRIEND),
  createdAt: fc.constantFrom(T0 - 60_000, T0),
  status: fc.constantFrom(...orderStatuses),
  paymentState: fc.constantFrom(...paymentStates),
  deliveryState: fc.constantFrom(...deliveryStates),
  declineCause: fc.constantFrom(...declineCauses),
});
const refusals: readonly Refusal[] = [
  { reason: 'amount', minAmountKes: 10, maxAmountKes: 50 },
  { reason: 'price-changed', payableKes: 7 },
  { reason: 'confirm-expired' },
  { reason: 'open-prompt' },
  { reason: 'payer-limit', perHour: 3, retryAt: T0 + 1 },
  { reason: 'payers-per-chat', perDay: 3 },
  { reason: 'same-amount', retryAt: 0 },
  { reason: 'recipient-limit', kesPerDay: 100 },
  { reason: 'shop-limit' },
  { reason: 'float' },
  { reason: 'banned', who: 'customer' },
  { reason: 'banned', who: 'payer' },
  { reason: 'paused' },
  { reason: 'not-open' },
  { reason: 'unavailable' },
];
const step = fc.record({
  content,
  ageMs: fc.constantFrom(0, 0, 0, 0, 2_000, 11 * 60_000),
  waitMs: fc.constantFrom(0, 1_000, 5_000, 5_000, 11 * 60_000),
  paused: fc.constantFrom(false, false, false, false, true),
  ready: fc.constantFrom(true, true, true, true, false),
  closed: fc.constantFrom(undefined, undefined, undefined, { opensAt: T0 }, { opensAt: null }),
  ban: fc.constantFrom(undefined, undefined, undefined, {}, { message: 'Out', reason: 'Debt' }),
  language: fc.constantFrom(...languages),
  tight: fc.boolean(),
  known: fc.constantFrom(true, true, false),
  discountPercent: fc.constantFrom(0, 0, 5, 33.33),
  minAmountKes: fc.constantFrom(5, 10),
  mode: fc.constantFrom<TurnContext['mode']>('live', 'test', 'sandbox'),
  orders: fc.array(order, { maxLength: 3 }),
  refusal: fc.option(fc.constantFrom(...refusals), { freq: 12, nil: undefined }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const loose: TurnContext['limits'] = { burst: 1_000, perMinute: 1_000, slowed: 0, repeats: 0 };
const tight: TurnContext['limits'] = { burst: 5, perMinute: 10, slowed: 3, repeats: 2 };

function contextFor(given: Step, now: number, freshId: string): TurnContext {
  const base = contextOf();
  const { mode, language, paused, ready, discountPercent, minAmountKes } = given;
  return {
    now,
    freshId,
    mode,
    language,
    limits: given.tight ? tight : loose,
    shop: { ...base.shop, paused, ready, discountPercent, minAmountKes },
    ...(given.closed ? { closed: given.closed } : {}),
    ...(given.ban ? { ban: given.ban } : {}),
    ...(given.known ? { customerPhone: OWN } : {}),
    orders: given.orders,
    ...mentionedIn(given.content),
    ...(given.refusal ? { refusal: given.refusal } : {}),
  };
}

function mentionedIn(sent: InboundContent): Pick<TurnContext, 'mentionedOrder' | 'orderElsewhere'> {
  if (sent.kind !== 'text') return {};
  if (sent.text === 'A2222222') return { mentionedOrder: orderOf() };
  return sent.text === 'B3333333' ? { orderElsewhere: { orderNo: 'B3333333', shopName: 'Duka' } } : {};
}

describe('whatever a customer sends, in whatever order', () => {
  it('the bot answers, keeps a state it can read again, and orders only what a confirm has shown', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const walk = new Walk();
        let now = T0;
        steps.forEach((given, index) => {
          now += given.waitMs;
          walk.step(given.content, now - given.ageMs, contextFor(given, now, `cf_${index}`));
        });
      }),
      { numRuns: 400 },
    );
  });

  it('so too with 100,000 random messages in shops where purchases go on', () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const random = new Random(seed);
    let orders = 0;
    for (let chat = 0; chat < 1_000; chat += 1) {
      const wander = new Wanderer(random);
      for (let message = 0; message < 100; message += 1) {
        try {
          wander.go();
        } catch (error) {
          throw new Error(`seed ${seed}, chat ${chat}, message ${message}: ${wander.said.join(' | ')}`, {
            cause: error,
          });
        }
      }
      orders += wander.orders;
    }
    // Walks that never get to an order would prove nothing.
    assert.ok(orders > 1_000, `only ${orders} orders`);
  });

  it('a damaged state leads back to the menu', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.dictionary(fc.string(), fc.jsonValue()),
          fc.record({ v: fc.constant(1), at: fc.record({ screen: fc.string() }) }),
          fc.record({ v: fc.constant(1), at: fc.jsonValue(), memory: fc.jsonValue(), guard: fc.jsonValue() }),
        ),
        word,
        (damaged, text) => {
          const state = machineStateSchema.parse(JSON.parse(JSON.stringify(damaged)));
          const output = next(state, { kind: 'text', text, sentAt: T0 }, contextOf());
          assert.match(output.replies.join(), /lost my place|nimepoteza|not among the orders|I cannot match/);
          assert.deepEqual(output.effects, []);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('the same turn run again gives the same answer', () => {
    fc.assert(
      fc.property(step, (given) => {
        const run = () => next(null, { ...given.content, sentAt: T0 }, contextFor(given, T0, 'cf_1'));
        assert.deepEqual(run(), run());
      }),
      { numRuns: 100 },
    );
  });
});

const plans = [
  ['hi', '1', '1', '100', '1'],
  ['nunua', '2', '0700000002', '50', '1', 'ndio'],
  ['again', '1'],
  ['hi', '2', '1', '2', 'SG722NMVXQ'],
];

/** A customer who says anything, in a shop where what he orders is paid, declined, delivered or stuck. */
class Wanderer {
  readonly said: string[] = [];
  readonly #walk = new Walk();
  readonly #random: Random;
  readonly #orders: CustomerOrder[] = [];
  readonly #known: boolean;
  readonly #language: TurnContext['language'];
  readonly #plan: string[] = [];
  #now = T0;
  #ids = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#known = random.chance(0.8);
    this.#language = random.pick(languages);
  }

  get orders(): number {
    return this.#walk.orders;
  }

  go(): void {
    const random = this.#random;
    this.#now += random.pick([0, 1_500, 2_000, 5_000, 5_000, 30_000, 11 * 60_000]);
    this.#ids += 1;
    const sent = this.#content();
    this.said.push(sent.kind === 'text' ? sent.text : sent.kind);
    const base = contextOf();
    const context: TurnContext = {
      ...base,
      now: this.#now,
      freshId: `cf_${this.#ids}`,
      language: this.#language,
      limits: { burst: 30, perMinute: 90, slowed: 30, repeats: 6 },
      shop: { ...base.shop, paused: random.chance(0.02), discountPercent: random.pick([0, 0, 0, 5]) },
      ...(random.chance(0.02) && { closed: { opensAt: this.#now + 1 } }),
      orders: this.#orders.slice(0, 10),
    };
    if (!this.#known) delete context.customerPhone;
    const sentAt = this.#now - (random.chance(0.02) ? 11 * 60_000 : 0);
    const output = this.#walk.step(sent, sentAt, context);
    for (const effect of output.effects) {
      if (effect.type !== 'create-order') continue;
      if (random.chance(0.2)) {
        // As if another try had been refused: the id of the order that was made stays its own.
        const freshId = `cf_${this.#ids}_refused`;
        this.#walk.step(sent, sentAt, { ...context, freshId, refusal: random.pick(refusals) });
      }
      const { amountKes, payableKes, recipientPhone, payerPhone } = effect.quote;
      const order = { amountKes, payableKes, recipientPhone, payerPhone, createdAt: this.#now };
      this.#orders.unshift(orderOf({ ...order, orderNo: `A222222${2 + (this.#ids % 8)}` }));
    }
    const [newest] = this.#orders;
    if (newest && random.chance(0.4)) {
      this.#orders[0] = {
        ...newest,
        status: random.pick(orderStatuses),
        paymentState: random.pick(paymentStates),
        deliveryState: random.pick(deliveryStates),
        declineCause: random.pick(declineCauses),
      };
    }
  }

  /** Mostly on the way to an order, as people are; else anything. */
  #word(): string {
    const random = this.#random;
    if (this.#plan.length === 0 && random.chance(0.5)) this.#plan.push(...random.pick(plans));
    return random.chance(0.1) ? random.pick(words) : (this.#plan.shift() ?? random.pick(words));
  }

  #content(): InboundContent {
    const random = this.#random;
    switch (random.int(1, 40)) {
      case 1:
        return { kind: 'deleted' };
      case 2:
        return { kind: 'edited', text: random.pick(words) };
      case 3:
        return { kind: 'contact', phones: [random.pick(['0700000002', '0700000003', 'x']), '0700000002'] };
      case 4:
        return { kind: 'media', media: random.pick(medias) };
      case 5:
        return { kind: 'media', media: 'image', caption: random.pick(words) };
      case 6:
        return { kind: 'text', text: String.fromCodePoint(random.int(0, 0xd7ff), random.int(0, 0x10ffff)) };
      default:
        return { kind: 'text', text: this.#word() };
    }
  }
}
