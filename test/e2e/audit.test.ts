import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiLedger, ApiOrder } from '../helpers/api-shapes.ts';
import { auditDifferences } from '../helpers/audit.ts';

const phone = '254700000001';
const order = (change: Partial<ApiOrder> = {}): ApiOrder => ({
  orderNo: 'AAAAAAA2',
  clientId: 'cl_1',
  mode: 'sandbox',
  chatId: `${phone}@c.us`,
  payerPhone: phone,
  recipientPhone: phone,
  amountKes: 50,
  payableKes: 50,
  status: 'delivered',
  payment: { state: 'paid', checkoutRequestId: 'ws_CO_1', receipt: 'SG722NMVXQ' },
  delivery: { state: 'delivered', requestId: 'r1' },
  createdAt: '2026-01-01T00:00:00.000Z',
  ...change,
});
const prompt: ApiLedger['prompts'][number] = {
  checkoutRequestId: 'ws_CO_1',
  reference: 'AAAAAAA2',
  phone,
  amountKes: 50,
  state: 'paid',
  receipt: 'SG722NMVXQ',
};
const topUp: ApiLedger['topUps'][number] = {
  requestId: 'r1',
  phone,
  amountKes: 50,
  at: '2026-01-01T00:00:00.000Z',
};
const unclear = { status: 'attention' } as const;

describe('the audit that the other tests rely on', () => {
  it('finds nothing where orders and ledger agree', () => {
    assert.deepEqual(auditDifferences([order()], { prompts: [prompt], topUps: [topUp] }), []);
  });

  it('allows what the product honestly cannot know while a person is called', () => {
    const lostPush = order({ ...unclear, payment: { state: 'unknown' }, delivery: { state: 'none' } });
    assert.deepEqual(auditDifferences([lostPush], { prompts: [prompt], topUps: [] }), []);
    const lostTopUp = order({ ...unclear, delivery: { state: 'unknown' } });
    assert.deepEqual(auditDifferences([lostTopUp], { prompts: [prompt], topUps: [topUp] }), []);
    assert.deepEqual(auditDifferences([lostTopUp], { prompts: [prompt], topUps: [] }), []);
  });

  const second = { ...prompt, checkoutRequestId: 'ws_CO_2', receipt: 'SG722NMVXR' };
  const wrongs: ReadonlyArray<readonly [title: string, orders: readonly ApiOrder[], ledger: ApiLedger]> = [
    ['a lost order', [], { prompts: [prompt], topUps: [] }],
    ['a double charge', [order()], { prompts: [prompt, second], topUps: [topUp] }],
    ['a double delivery', [order()], { prompts: [prompt], topUps: [topUp, { ...topUp, requestId: 'r2' }] }],
    ['a delivery that never was', [order()], { prompts: [prompt], topUps: [] }],
    ['another amount delivered', [order()], { prompts: [prompt], topUps: [{ ...topUp, amountKes: 500 }] }],
    [
      'airtime on another phone',
      [order({ recipientPhone: '254700000002' })],
      { prompts: [prompt], topUps: [topUp] },
    ],
    ['another receipt', [order()], { prompts: [{ ...prompt, receipt: 'SG722NMVXR' }], topUps: [topUp] }],
    ['another price', [order({ payableKes: 45 })], { prompts: [prompt], topUps: [topUp] }],
    ['paid without money', [order()], { prompts: [{ ...prompt, state: 'cancelled' }], topUps: [topUp] }],
    [
      'money that the order calls declined',
      [
        order({
          status: 'failed',
          payment: { state: 'declined', checkoutRequestId: 'ws_CO_1' },
          delivery: { state: 'none' },
        }),
      ],
      { prompts: [prompt], topUps: [] },
    ],
  ];
  for (const [title, orders, ledger] of wrongs) {
    it(`finds ${title}`, () => assert.notDeepEqual(auditDifferences(orders, ledger), []));
  }
});
