import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PagesSite } from '../browser/site.ts';
import { makeClient, makeOrder } from './helpers/fake-services.ts';
import { type SignedIn, signedIn } from './helpers/signed-in.ts';

const site = new PagesSite();
let admin: SignedIn;

before(async () => {
  await site.start();
  admin = await signedIn(site.app);
});
after(() => site.close());

const prompted = (mode: 'test' | 'live', orderNo: string) =>
  makeOrder({
    orderNo,
    mode,
    clientId: `cl_${mode}`,
    payment: { ...makeOrder().payment, state: 'prompted', checkoutRequestId: `ws_CO_${mode}` },
  });

test('in mode test the order’s page answers the prompt that no phone shows', async () => {
  site.stores.clients.set('cl_test', makeClient({ id: 'cl_test', mode: 'test' }));
  site.stores.orders.set('T2345678', prompted('test', 'T2345678'));
  const { body } = await admin.get('/orders/T2345678');
  assert.match(body, /TEST MODE/);
  assert.match(body, /hx-post="\/phone\/cl_test\/prompt"/);
  const answer = { phone: '254700000001', answer: 'pay', checkoutRequestId: 'ws_CO_test' };
  assert.equal((await admin.post('/phone/cl_test/prompt', answer)).statusCode, 204);
});

test('a live order’s prompt is answered on the customer’s phone only', async () => {
  site.stores.clients.set('cl_live', makeClient({ id: 'cl_live', mode: 'live' }));
  site.stores.orders.set('L2345678', prompted('live', 'L2345678'));
  assert.doesNotMatch((await admin.get('/orders/L2345678')).body, /test-prompt/);
  const answer = { phone: '254700000001', answer: 'pay', checkoutRequestId: 'ws_CO_live' };
  const refused = await admin.post('/phone/cl_live/prompt', answer);
  assert.equal(refused.statusCode, 404);
  assert.match(refused.body, /customer’s phone/);
});
