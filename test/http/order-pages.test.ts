import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fillSite } from '../browser/scene.ts';
import { PagesSite } from '../browser/site.ts';
import { type SignedIn, signedIn } from './helpers/signed-in.ts';

const site = new PagesSite();
let admin: SignedIn;

before(async () => {
  await site.start();
  fillSite(site);
  admin = await signedIn(site.app);
});
after(() => site.close());

const act = (orderNo: string, action: string, fields: Readonly<Record<string, string>> = {}) =>
  admin.post(`/orders/${orderNo}/actions/${action}`, fields);

test('the list offers the same orders as a file', async () => {
  const { body } = await admin.get('/orders?status=attention&clientId=cl_three&cursor=');
  assert.match(body, /href="\/api\/v1\/orders\.csv\?status=attention&amp;clientId=cl_three"/);
  assert.match(body, /D5678934/);
  assert.doesNotMatch(body, /A2345678/);
});

test('a price that nobody paid is not called paid', async () => {
  const { body } = await admin.get('/orders');
  const row = (orderNo: string) => body.slice(body.indexOf(`id="row-${orderNo}"`)).split('</li>', 1)[0] ?? '';
  assert.match(row('A2345678'), /paid <span class="money">KES 950/);
  assert.doesNotMatch(row('C4567893'), /paid <span/);
});

test('an order offers what is possible now, and says why the rest is not', async () => {
  const { body } = await admin.get('/orders/D5678934');
  assert.match(body, /id="action-resend"/);
  assert.match(body, /id="action-mark-refunded"/);
  assert.doesNotMatch(body, /id="action-confirm-payment"/);
  assert.match(body, /Order D5678934 is paid already/);
  assert.match(body, /The customer complained:/);
});

test('a refund needs its amount, the code of the refund and a reason, each asked for by name', async () => {
  const fields = { reason: 'Wrong number', receipt: 'sk922nmvxs', amountKes: '48' };
  const missing = async (name: string, value = '') => {
    const answer = await act('D5678934', 'mark-refunded', { ...fields, [name]: value });
    assert.equal(answer.statusCode, 422);
    return answer.json().error;
  };
  assert.equal((await missing('reason')).field, 'reason');
  assert.equal((await missing('receipt')).field, 'receipt');
  assert.equal((await missing('receipt', 'nonsense')).field, 'receipt');
  assert.equal((await missing('amountKes')).field, 'amountKes');
  const twisted = await missing('amountKes', '1e3');
  assert.equal(twisted.field, 'amountKes');
  assert.match(twisted.message, /“1e3” is not an amount/);
  const more = await missing('amountKes', '5000');
  assert.match(more.message, /cannot be more/);

  const done = await act('D5678934', 'mark-refunded', fields);
  assert.equal(done.statusCode, 204);
  assert.match(String(done.headers['hx-trigger']), /D5678934 is marked as refunded/);
  assert.equal(site.stores.orders.get('D5678934')?.payment.refund?.receipt, 'SK922NMVXS');
  const again = await act('D5678934', 'mark-refunded', fields);
  assert.equal(again.statusCode, 409);
});

test('an action or an order there is none of is not found', async () => {
  assert.equal((await act('A2345678', 'explode')).statusCode, 404);
  assert.equal((await act('Z2345678', 'cancel', { reason: 'x' })).statusCode, 404);
  assert.equal((await admin.get('/orders/Z2345678/quick')).statusCode, 404);
});

test('the quick look tells the same as the page, without the page', async () => {
  const { statusCode, body } = await admin.get('/orders/a2345678/quick');
  assert.equal(statusCode, 200);
  assert.match(body, /SG722NMVXQ/);
  assert.doesNotMatch(body, /<html/);
});
