import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { type AdminAnswer, type AdminQuery, adminAnswerSchema } from '../../../shared/admin.ts';
import { type InboundContent, type MachineState, machineStateSchema } from '../../../shared/conversation.ts';
import { orderActions } from '../../../shared/order.ts';
import { defaultSettings } from '../../../shared/settings.ts';
import { type ConversationOutput, converse } from '../../../worker/conversation/admin/machine.ts';
import { contextOf, FRIEND, OWN, T0 } from './sample.ts';

const ORDER = {
  orderNo: 'A2222222',
  chatId: '12345678901234@lid',
  payerPhone: OWN,
  recipientPhone: FRIEND,
  amountKes: 100,
  payableKes: 95,
  createdAt: T0,
  status: 'attention',
  paymentState: 'paid',
  deliveryState: 'unknown',
  owedKes: 95,
  paidTwice: false,
  attention: ['A customer complains'],
} as const;
const COUNTS = { open: 1, delivered: 2, failed: 3, attention: 4, refunded: 5 };
const SUMS = { sales: 1, airtimeKes: 100, paidKes: 95, discountKes: 5, refunds: 1, refundedKes: 0 };

/** A supervisor that has something to say to everything. */
function answerTo(query: AdminQuery): AdminAnswer {
  const answers: { readonly [Ask in AdminQuery['ask']]: object } = {
    overview: { counts: COUNTS, paused: false, state: 'ready' },
    orders: { counts: COUNTS, items: [ORDER, ORDER], nextCursor: 'more' },
    find: { items: [ORDER] },
    order: { order: ORDER, actions: orderActions, timeline: [], banned: false },
    sales: { today: SUMS, week: SUMS },
    float: { own: true, balanceKes: 5, reservedKes: 0, checkedAt: T0, low: true, missing: false },
    bans: { items: [{ person: OWN, createdAt: T0 }], total: 1 },
    settings: { values: defaultSettings, own: ['discountPercent'] },
    status: { state: 'ready', mode: 'live', paused: false, restarts: 0, memoryBytes: 1e8 },
  };
  return adminAnswerSchema.parse({ ask: query.ask, ...answers[query.ask] });
}

const words = [
  ...['hi', '0', '00', '1', '1', '1', '1', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', 'admin'],
  ...['yes', 'no', 'none', 'on', 'off', '5 %', '20, 50', '100', 'KES 500', 'a reason', '0700000002'],
  ...['A2222222', 'B3333333', 'SG722NMVXQ', '__proto__', 'constructor', '{shop}', '$&', '8am - 5pm'],
];
const word = fc.constantFrom(...words);
const content: fc.Arbitrary<InboundContent> = fc.oneof(
  { weight: 14, arbitrary: word.map((text) => ({ kind: 'text' as const, text })) },
  {
    weight: 2,
    arbitrary: fc.string({ unit: 'binary', maxLength: 60 }).map((text) => ({ kind: 'text' as const, text })),
  },
  { weight: 1, arbitrary: fc.array(fc.string()).map((phones) => ({ kind: 'contact' as const, phones })) },
  { weight: 1, arbitrary: fc.constant({ kind: 'media' as const, media: 'voice' as const }) },
  { weight: 1, arbitrary: word.map((text) => ({ kind: 'edited' as const, text })) },
  { weight: 1, arbitrary: fc.constant({ kind: 'deleted' as const }) },
);
const message = fc.record({
  content,
  laterMs: fc.constantFrom(1_000, 1_000, 1_000, 60_000, 11 * 60_000),
  agoMs: fc.constantFrom(0, 0, 0, 0, 0, 1_500, 11 * 60_000),
  refused: fc.constantFrom(false, false, false, true),
  isAdmin: fc.constantFrom(true, true, true, true, true, true, true, false),
});

type Output = Extract<ConversationOutput, { query?: undefined }>;

/** As the worker does it: run again with the answer to each question. */
function turn(state: MachineState | null, content: InboundContent, change: object, agoMs: number): Output {
  let context = contextOf(change);
  for (let runs = 0; runs < 4; runs += 1) {
    const output = converse(state, { ...content, sentAt: context.now - agoMs }, context);
    if (output.query === undefined) return output;
    assert.ok(context.admin, 'asks nothing on behalf of a customer');
    context = { ...context, admin: { ...context.admin, answer: answerTo(output.query) } };
  }
  return assert.fail('asks for ever');
}

it('whatever an admin sends, nothing is done without a confirm shown before and answered by yes', () => {
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 40 }), (messages) => {
      let state: MachineState | null = null;
      let now = T0;
      let shown: { text: string; at: number } | undefined;
      for (const { content, laterMs, agoMs, refused, isAdmin } of messages) {
        now += laterMs;
        const admin = isAdmin ? { admin: { phone: OWN } } : {};
        const before: MachineState | null = state;
        let output = turn(before, content, { now, ...admin }, agoMs);
        const acts = output.effects.filter((effect) => effect.type === 'admin');
        if (!isAdmin) {
          assert.deepEqual(acts, []);
          assert.doesNotMatch(output.replies.join('\n'), /🛠️|admin/i);
        }
        for (const { action } of acts) {
          assert.equal(acts.length, 1);
          if (action.do === 'order' && action.request.action === 'check-payment') continue;
          assert.ok(shown, 'nothing was shown before');
          assert.match(shown.text, /\*Please confirm\*/, `no confirm was shown before ${action.do}`);
          assert.ok(now - shown.at <= 10 * 60_000, 'the confirm was too old');
          assert.ok(content.kind === 'text' || content.kind === 'contact');
        }
        if (refused && acts.length > 0) {
          const refusal = { reason: 'admin', message: 'It was closed already' };
          output = turn(before, content, { now, refusal, ...admin }, agoMs);
          assert.deepEqual(output.effects, []);
          assert.match(output.replies.join('\n'), /closed already/);
        }
        assert.ok(output.replies.length <= 2);
        for (const text of output.replies) {
          assert.ok(text.trim() !== '' && text.length < 1_600 && text.split('\n').length <= 40, text);
        }
        assert.deepEqual(JSON.parse(JSON.stringify(output.state)), output.state);
        state = machineStateSchema.parse(output.state);
        if (output.replies.length > 0) shown = { text: output.replies.join('\n'), at: now };
      }
    }),
    { numRuns: 400 },
  );
});

it('a state of another version, or damaged, leads to the menu and does nothing', () => {
  const admin = { admin: { phone: OWN } };
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (part, whole) => {
      const rest = typeof whole === 'object' && whole !== null && !Array.isArray(whole) ? whole : {};
      const state = machineStateSchema.parse(JSON.parse(JSON.stringify({ ...rest, admin: part })));
      const output = turn(state, { kind: 'text', text: '1' }, admin, 0);
      assert.deepEqual(output.effects, []);
      assert.match(output.replies.join('\n'), /🛠️/);
    }),
    { numRuns: 200 },
  );
});
