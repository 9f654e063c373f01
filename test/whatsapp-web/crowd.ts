/**
 * Many clients on the simulated WhatsApp Web, one of whose browsers is killed again and again:
 *   node --import tsx test/whatsapp-web/crowd.ts [--clients 10] [--kills 10]
 * Every other client's customer must be answered all the while, by the processes of the beginning.
 */
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { screens } from '../helpers/customer.ts';
import { descendants, endProcess, type ProcessInfo, processInfo, stillRuns } from '../helpers/processes.ts';
import type { Product } from '../helpers/product.ts';
import { loggedInClient, quickRecovery, startOnWhatsApp, WhatsAppCustomer } from './shop.ts';
import { SimulatedWhatsApp } from './simulated/server.ts';

const { values } = parseArgs({
  options: { clients: { type: 'string', default: '10' }, kills: { type: 'string', default: '10' } },
});
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const whatsapp = await SimulatedWhatsApp.start();
const product = await startOnWhatsApp(whatsapp);
try {
  await quickRecovery(product);
  await crowd(Number(values.clients), Number(values.kills));
} finally {
  await product.close();
  await whatsapp.close();
}

async function treeOf(clientId: string, of: Product): Promise<readonly ProcessInfo[]> {
  const { pid } = await of.readyClient(clientId);
  const worker = pid === undefined ? undefined : processInfo(pid);
  assert.ok(worker, 'a ready client has a process');
  return [worker, ...descendants(worker.pid)];
}

async function crowd(clients: number, kills: number): Promise<void> {
  const shops = [];
  for (let index = 0; index < clients; index += 1) {
    const phone = `2547000000${String(index).padStart(2, '0')}`;
    const { id } = await loggedInClient(product, whatsapp, phone);
    const customer = new WhatsAppCustomer(
      whatsapp,
      `2547000001${String(index).padStart(2, '0')}@c.us`,
      phone,
    );
    shops.push({ id, customer });
    say(`client ${index + 1} of ${clients} is ready`);
  }
  const [victim, ...calm] = shops;
  assert.ok(victim, 'there is a client');
  const before = await Promise.all(calm.map(({ id }) => treeOf(id, product)));
  const waits: number[] = [];
  for (let round = 0; round < kills; round += 1) {
    const [, browser] = await treeOf(victim.id, product);
    assert.ok(browser, 'the victim has a browser');
    endProcess(browser, 'SIGKILL');
    await Promise.all(
      calm.map(async ({ customer }) => {
        const askedAt = Date.now();
        await customer.say('menu', screens.menu);
        waits.push(Date.now() - askedAt);
      }),
    );
    await product.waitFor('the end of the killed browser', () => !stillRuns(browser));
  }
  await product.readyClient(victim.id);
  assert.ok(before.flat().every(stillRuns), 'a process of another client has gone');
  waits.sort((a, b) => a - b);
  const at = (share: number): number => waits[Math.floor((waits.length - 1) * share)] ?? 0;
  say(
    `${kills} browsers killed; ${waits.length} answers of ${calm.length} other clients: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms; no other process ended`,
  );
}
