import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type InboundContent,
  machineStateSchema,
  type Quote,
  type Refusal,
  type TurnContext,
} from '../../../shared/conversation.ts';
import { workerRequests } from '../../../shared/ipc.ts';
import { declineCauses, deliveryStates, orderStatuses, paymentStates } from '../../../shared/order.ts';
import { next } from '../../../worker/conversation/machine.ts';
import { readState } from '../../../worker/conversation/state.ts';
import { contextOf, FRIEND, OWN, orderOf, T0 } from './sample.ts';

const words = fc.constantFrom(
  ...[
    'hi',
    '0',
    '00',
    '1',
    '2',
    '3',
    '4',
    'yes',
    'no',
    'me',
    'again',
    'track',
    'help',
    'buy',
    '100',
    '5',
    'c',
    'moja',
  ],
  ...[
    '0700000002',
    '0700 000 003',
    '-50',
    '1e3',
    'A2222222',
    'B3333333',
    '__proto__',
    'constructor',
    '{shop}',
    '$&',
  ],
);
const content: fc.Arbitrary<InboundContent> = fc.oneof(
  { weight: 12, arbitrary: words.map((text) => ({ kind: 'text' as const, text })) },
  {
    weight: 2,
    arbitrary: fc.string({ unit: 'binary', maxLength: 60 }).map((text) => ({ kind: 'text' as const, text })),
  },
  {
    weight: 1,
    arbitrary: fc.array(fc.oneof(fc.constant('0700000002'), fc.string())).map((phones) => ({
      kind: 'contact' as const,
      phones,
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('image', 'voice', 'video', 'document', 'sticker', 'location', 'other')
      .map((media) => ({ kind: 'media' as const, media })),
  },
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
const refusal: fc.Arbitrary<Refusal> = fc.constantFrom<Refusal>(
  { reason: 'amount', minAmountKes: 10, maxAmountKes: 50 },
  { reason: 'price-changed', payableKes: 7 },
  { reason: 'confirm-expired' },
  { reason: 'open-prompt' },
  { reason: 'payer-limit', perHour: 3, retryAt: T0 + 1 },
  { reason: 'payers-per-chat', perDay: 3 },
  { reason: 'same-amount', retryAt: 0 },
  { reason: 'float' },
  { reason: 'paused' },
  { reason: 'not-open' },
  { reason: 'unavailable' },
);
const step = fc.record({
  content,
  ageMs: fc.constantFrom(0, 0, 0, 0, 2_000, 11 * 60_000),
  waitMs: fc.constantFrom(0, 1_000, 5_000, 5_000, 11 * 60_000),
  paused: fc.constantFrom(false, false, false, true),
  known: fc.constantFrom(true, true, false),
  discountPercent: fc.constantFrom(0, 0, 5, 33.33),
  minAmountKes: fc.constantFrom(5, 10),
  mode: fc.constantFrom<TurnContext['mode']>('live', 'test', 'sandbox'),
  orders: fc.array(order, { maxLength: 3 }),
  refusal: fc.option(refusal, { freq: 12, nil: undefined }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function contextFor(given: Step, now: number, freshId: string): TurnContext {
  const base = contextOf();
  return {
    now,
    freshId,
    mode: given.mode,
    language: 'en',
    limits: base.limits,
    shop: {
      ...base.shop,
      paused: given.paused,
      discountPercent: given.discountPercent,
      minAmountKes: given.minAmountKes,
    },
    ...(given.known ? { customerPhone: OWN } : {}),
    orders: given.orders,
    ...(given.content.kind === 'text' && given.content.text === 'A2222222'
      ? { mentionedOrder: orderOf() }
      : {}),
    ...(given.refusal ? { refusal: given.refusal } : {}),
  };
}

/** What the customer has seen and agreed to, apart from the ids and times around it. */
const purchase = ({ amountKes, payableKes, recipientPhone, payerPhone }: Quote): string =>
  [amountKes, payableKes, recipientPhone, payerPhone].join('/');

describe('whatever a customer sends, in whatever order', () => {
  it('the bot answers, keeps a state it can read again, and orders only what a confirm has shown', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        let state: Parameters<typeof next>[0] = null;
        let now = T0;
        const shown = new Map<string, string>();
        const used = new Set<string>();
        steps.forEach((given, index) => {
          now += given.waitMs;
          const sentAt = now - given.ageMs;
          const context = contextFor(given, now, `cf_${index}`);
          const before: typeof state = state;
          const output = next(before, { ...given.content, sentAt }, context);

          const backlog = before === null ? undefined : readState(before);
          const toldBack = backlog?.screen === 'menu' ? backlog.toldBackAt : null;
          if (toldBack === null || sentAt > toldBack) assert.ok(output.replies.length > 0, 'no answer');
          for (const reply of output.replies) {
            assert.ok(reply.trim() !== '' && reply.length < 1_200, `no screenful: ${reply}`);
            assert.doesNotMatch(reply, /undefined|null|NaN|\[object|\{\w+\}/);
          }
          // What crosses to the supervisor must pass its own check, or the message would come again for ever.
          workerRequests['turn.commit'].request.parse({
            chatId: 'x',
            messageId: 'x',
            sentAt,
            expectedVersion: 0,
            ...output,
          });
          for (const effect of output.effects) {
            if (effect.type !== 'create-order') continue;
            const { quote } = effect;
            assert.equal(given.refusal, undefined, 'an order right after its refusal');
            assert.ok(given.ageMs < 10 * 60_000, 'an order by a stale message');
            assert.equal(given.paused, false, 'an order in a closed shop');
            assert.ok([...shown.values()].includes(purchase(quote)), 'an order that no confirm has shown');
            assert.equal(used.has(quote.confirmId), false, 'a confirm used twice');
            used.add(quote.confirmId);
          }
          const restored = machineStateSchema.parse(JSON.parse(JSON.stringify(output.state)));
          assert.deepEqual(restored, output.state);
          const screen = readState(restored);
          assert.notEqual(screen, undefined, 'a state that cannot be read again');
          if (screen?.screen === 'confirm') shown.set(screen.quote.confirmId, purchase(screen.quote));
          state = restored;
        });
      }),
      { numRuns: 400 },
    );
  });

  it('a damaged state leads back to the menu', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.dictionary(fc.string(), fc.jsonValue()),
          fc.record({ v: fc.constant(1), at: fc.record({ screen: fc.string() }) }),
        ),
        content,
        (damaged, sent) => {
          const state = machineStateSchema.parse(JSON.parse(JSON.stringify(damaged)));
          const output = next(state, { ...sent, sentAt: T0 }, contextOf());
          assert.match(output.replies.join(), /lost my place|not among the orders/);
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
