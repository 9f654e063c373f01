import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '../../supervisor/log.ts';
import { logOrders } from '../../supervisor/orders/order-log.ts';
import { DeskHarness } from './desk-harness.ts';

test('the log tells each step of an order under its number, without phones', async () => {
  const h = await DeskHarness.start();
  let text = '';
  const stop = logOrders(h.stores, createLogger({ logLevel: 'info' }, { write: (line) => (text += line) }));
  await h.place();
  const { orderNo, payerPhone } = await h.until(({ payment }) => payment.state === 'prompted');
  stop();
  await h.end();
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ clientId, orderNo, msg, status, payment }) => [clientId, orderNo, msg, status, payment]),
    [
      ['cl_1', orderNo, 'new order', 'open', 'requesting'],
      ['cl_1', orderNo, 'order', 'open', 'prompted'],
    ],
  );
  assert.ok(!text.includes(payerPhone));
});
