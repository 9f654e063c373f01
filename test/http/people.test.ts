import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderErrorPage } from '../../supervisor/http/pages/error-page.tsx';
import { registerPages } from '../../supervisor/http/pages/register.ts';
import { makeClient, makeOrder } from './helpers/fake-services.ts';
import { startSiteOnDisk } from './helpers/site-on-disk.ts';

test('an admin exports and erases a person by the API and on the page; nobody else may', async (t) => {
  const { site, stores } = await startSiteOnDisk(t, { parts: { pages: registerPages, renderErrorPage } });
  const { app, bearer } = site;
  const phone = '254700000077';
  const people = { customerPhone: phone, payerPhone: phone, recipientPhone: phone, chatId: `${phone}@c.us` };
  await stores.transact((tx) => {
    tx.clients.put(makeClient());
    const order = makeOrder(people);
    tx.orders.put({
      ...order,
      payment: { ...order.payment, state: 'prompted' },
      delivery: { state: 'none', attempts: 0 },
    });
  });
  const { orderNo } = makeOrder();
  const erase = (payload: object) =>
    app.inject({ method: 'POST', url: '/api/v1/people/0700000077/erasure', headers: bearer, payload });

  for (const url of ['/api/v1/people/0700000077/export', '/people/export?phone=0700000077']) {
    assert.ok([302, 303, 401].includes((await app.inject({ url })).statusCode), url);
    const answer = await app.inject({ url, headers: bearer });
    assert.equal(answer.statusCode, 200, answer.body);
    assert.equal(answer.json().person, phone);
    assert.equal(answer.json().orders[0].orderNo, orderNo);
    assert.match(answer.json().orders[0].createdAt, /^\d{4}-.*Z$/);
  }
  assert.equal((await erase({ reason: ' ' })).json().error.field, 'reason');
  const early = await erase({ reason: 'Asked by letter' });
  assert.equal(early.statusCode, 409);
  assert.match(early.json().error.message, new RegExp(`${orderNo} of this person`));

  await stores.transact((tx) => {
    const order = tx.orders.get(orderNo);
    assert.ok(order);
    const { checkoutRequestId: _, ...payment } = order.payment;
    tx.orders.put({ ...order, payment: { ...payment, state: 'declined' } });
  });
  const page = await app.inject({
    method: 'POST',
    url: '/people/erase',
    headers: { ...bearer, 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'phone=0700+000+077&reason=Asked+by+letter',
  });
  assert.equal(page.statusCode, 200, page.body);
  assert.match(page.body, /1 order kept under the name <strong>erased-/);
  assert.ok(!JSON.stringify([...stores.orders.values()]).includes(phone));
  const found = (await app.inject({ url: '/api/v1/people/0700000077/export', headers: bearer })).json();
  assert.deepEqual([found.orders, found.conversations], [[], []]);
});
