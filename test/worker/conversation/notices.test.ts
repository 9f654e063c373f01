import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { declineCauses, deliveryStates, paymentStates } from '../../../shared/order.ts';
import { next } from '../../../worker/conversation/machine.ts';
import { type Notice, noticeText } from '../../../worker/conversation/notices.ts';
import { awaits } from '../../../worker/conversation/state.ts';
import { statusText } from '../../../worker/conversation/status.ts';
import { voiceOf } from '../../../worker/conversation/texts/catalogue.ts';
import { contextOf, orderOf, T0 } from './sample.ts';

const notices: ReadonlyArray<readonly [Notice, RegExp]> = [
  ['prompted', /Enter the PIN to pay \*KES 95\*/],
  ['declined', /not enough money on M-Pesa/],
  ['expired', /If you did enter your PIN, do not pay again/],
  ['payment-unknown', /whether the prompt went out/],
  ['review', /do not pay again/],
  ['paid', /KES 95 received/],
  ['sent', /accepted by the network. It arrives within moments/],
  ['delivered', /has been delivered to 0700 000 001/],
  ['held', /your payment is safe/],
  ['delivery-problem', /not confirmed/],
  ['late-paid', /arrived after all/],
  ['late-paid-resolved', /No airtime is sent by itself/],
  [
    'paid-twice',
    /another payment of KES 90 seems to have come in[\s\S]*SG822NMVXQ[\s\S]*A person is checking/,
  ],
  ['paid-once', /paid once; there is no second payment to send back/],
  ['refunded', /has sent KES 95 back by M-Pesa, code SK122NMVXT[\s\S]*If it is not there, tell the shop/],
  ['second-refunded', /paid twice[\s\S]*has sent KES 90 back by M-Pesa, code SK222NMVXT/],
  ['cancelled', /Cancelled by the shop/],
];

describe('what the order desk tells', () => {
  const order = orderOf({
    payableKes: 95,
    declineCause: 'no-funds',
    receipt: 'SG722NMVXQ',
    refund: { amountKes: 95, receipt: 'SK122NMVXT' },
    second: {
      amountKes: 90,
      receipt: 'SG822NMVXQ',
      refund: { amountKes: 90, receipt: 'SK222NMVXT' },
    },
  });
  for (const [notice, expected] of notices) {
    it(notice, () => {
      const facts = {
        order,
        shopName: 'Shop',
        contact: '0700 000 009',
        offerRetry: false,
        language: 'en',
      } as const;
      const text = noticeText(notice, facts);
      assert.match(text, expected);
      assert.match(text, /A2222222/);
      assert.doesNotMatch(text, /\{|undefined/);
      assert.ok(text.length < 500);
    });
  }

  for (const language of ['en', 'sw'] as const) {
    it(`says of a payment that came in once where its order stands, unless it was delivered (${language})`, () => {
      const facts = { shopName: 'Shop', contact: '', offerRetry: false, language } as const;
      const paid = { paymentState: 'paid' } as const;
      for (const deliveryState of ['held', 'rejected', 'unknown', 'cancelled'] as const) {
        const open = orderOf({ ...paid, deliveryState });
        assert.ok(
          noticeText('paid-once', { ...facts, order: open }).includes(statusText(voiceOf(language), open)),
        );
      }
      for (const deliveryState of ['sent', 'delivered'] as const) {
        const closed = orderOf({ ...paid, deliveryState });
        const text = noticeText('paid-once', { ...facts, order: closed });
        assert.ok(!text.includes(statusText(voiceOf(language), closed)));
      }
    });
  }

  it('offers another try only to who can take it', () => {
    const facts = { order, shopName: 'Shop', contact: '', offerRetry: true, language: 'en' } as const;
    assert.match(noticeText('declined', facts), /Reply \*1\* to try again/);
    assert.doesNotMatch(noticeText('declined', { ...facts, offerRetry: false }), /Reply \*1\*/);
    assert.match(noticeText('paid', { ...facts, mode: 'test' }), /TEST MODE/);
  });

  it('knows a chat that still stands at its order', () => {
    let state: Parameters<typeof next>[0] = null;
    for (const text of ['hi', '1', '1', '100', '1']) {
      state = next(state, { kind: 'text', text, sentAt: T0 }, contextOf({ freshId: 'cf_7' })).state;
    }
    assert.ok(state);
    assert.equal(awaits(state, 'cf_7'), true);
    assert.equal(awaits(state, 'cf_8'), false);
    const home = next(state, { kind: 'text', text: 'hi', sentAt: T0 }, contextOf());
    assert.equal(awaits(home.state, 'cf_7'), false);
  });
});

describe('where an order stands is told truthfully, whatever its two machines say', () => {
  for (const paymentState of paymentStates) {
    it(`payment ${paymentState}`, () => {
      for (const deliveryState of deliveryStates) {
        for (const declineCause of declineCauses) {
          const text = statusText(voiceOf('en'), orderOf({ paymentState, deliveryState, declineCause }));
          const where = `${paymentState}/${deliveryState}: ${text}`;
          assert.notEqual(text, '', where);
          if (/Nothing was charged|nothing was paid/.test(text))
            assert.equal(paymentState, 'declined', where);
          if (/\bPaid\b|you paid/.test(text.replace(/If you paid/, '')))
            assert.equal(paymentState, 'paid', where);
          if (/Delivered/.test(text)) assert.equal(deliveryState, 'delivered', where);
          if (/^.. Sent/u.test(text)) assert.equal(deliveryState, 'sent', where);
          if (paymentState === 'paid' && deliveryState === 'cancelled')
            assert.match(text, /settle it/, where);
        }
      }
    });
  }
});
