import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { itemsOf } from '../helpers/api-shapes.ts';
import { Customer, screens } from '../helpers/customer.ts';
import { descendants, endProcess, type ProcessInfo, processInfo, stillRuns } from '../helpers/processes.ts';
import type { Product } from '../helpers/product.ts';
import {
  loggedInClient,
  newClient,
  qrOf,
  quickRecovery,
  shortPatience,
  startOnWhatsApp,
  WhatsAppCustomer,
} from './shop.ts';
import { SimulatedWhatsApp } from './simulated/server.ts';

const phoneOfShop = (index: number): string => `25470000009${index}`;
const phoneOfCustomer = (index: number): string => `25470000001${index}`;

/** Whatever dies: the bot is ready again by itself, a purchase that was under way goes on, and no process is left. */
describe('a shop on WhatsApp', () => {
  let whatsapp: SimulatedWhatsApp;
  let product: Product;

  before(async () => {
    whatsapp = await SimulatedWhatsApp.start();
    product = await startOnWhatsApp(whatsapp);
    await quickRecovery(product);
  });

  after(async () => {
    try {
      await product.close();
    } finally {
      // Also where the product did not start: a server left open would keep this process for ever.
      await whatsapp.close();
    }
  });

  /** A customer of a shop (a new one, unless it is named) who has been asked to confirm a purchase. */
  async function purchaseUnderWay(index: number, shop?: { readonly id: string; readonly phone: string }) {
    const shopPhone = shop?.phone ?? phoneOfShop(index);
    const { id } = shop ?? (await loggedInClient(product, whatsapp, shopPhone));
    const phone = phoneOfCustomer(index);
    const customer = new WhatsAppCustomer(whatsapp, `${phone}@c.us`, shopPhone);
    await customer.say('hi', screens.menu);
    await customer.say('1', screens.who);
    await customer.say('1', screens.amount);
    await customer.say('50', screens.confirm);
    const tree = await treeOf(id);
    return { id, phone, customer, worker: tree[0], browser: browserIn(tree), tree };
  }

  /** The worker and all that it has started. */
  async function treeOf(clientId: string): Promise<readonly [ProcessInfo, ...ProcessInfo[]]> {
    const { pid } = await product.client(clientId);
    const worker = pid === undefined ? undefined : processInfo(pid);
    assert.ok(worker, 'the bot has a process');
    return [worker, ...descendants(worker.pid)];
  }

  function browserIn(tree: readonly ProcessInfo[]): ProcessInfo {
    const found = tree.find(({ command }) => /--user-data-dir/.test(command) && !/--type=/.test(command));
    assert.ok(found, 'the bot has a browser');
    return found;
  }

  type Purchase = Awaited<ReturnType<typeof purchaseUnderWay>>;

  async function goesOn({ id, phone, customer, tree }: Purchase): Promise<void> {
    await product.waitFor('the old processes to end', () => !tree.some(stillRuns));
    await product.readyClient(id);
    await customer.say('1', /Sending a simulated M-Pesa prompt/);
    await product.waitFor('the prompt', async () => (await product.phone(phone)).prompt);
    await product.api('POST', `/api/v1/sandbox/phones/${phone}/prompt`, { answer: 'pay' });
    await customer.next(screens.airtime);
    assert.equal((await product.phone(phone)).airtimeKes, 50);
    assert.equal(customer.answers().length, new Set(customer.answers()).size, 'nothing is said twice');
  }

  const strikes: ReadonlyArray<[what: string, strike: (purchase: Purchase, shop: string) => void]> = [
    ['browser is killed', ({ browser }) => endProcess(browser, 'SIGKILL')],
    [
      'page crashes',
      ({ tree }) => {
        for (const info of tree) if (/--type=renderer/.test(info.command)) endProcess(info, 'SIGKILL');
      },
    ],
    ['page hangs', (_, shop) => whatsapp.pagesOf(shop)[0]?.command({ do: 'hang', forMs: 120_000 })],
    ['bot stands still', ({ worker }) => endProcess(worker, 'SIGSTOP')],
  ];

  /** One shop is struck by all of it, one after the other. */
  let struck: { readonly id: string; readonly phone: string } | undefined;

  describe('that may hang', () => {
    before(() => shortPatience(product));
    after(() => quickRecovery(product));
    for (const [index, [what, strike]] of strikes.entries()) {
      it(`whose ${what} goes on with the purchase that was under way`, async () => {
        const purchase = await purchaseUnderWay(index, struck);
        struck ??= { id: purchase.id, phone: phoneOfShop(index) };
        strike(purchase, struck.phone);
        await goesOn(purchase);
      });
    }
  });

  it('whose whole server is killed goes on with the purchase that was under way', async () => {
    const purchase = await purchaseUnderWay(5, struck);
    await product.kill('SIGKILL');
    await product.restart();
    await goesOn(purchase);
    await product.api('POST', `/api/v1/clients/${purchase.id}/stop`);
  });

  it('answers once what came while it was off, and says nothing to groups, status updates and channels', async () => {
    const { id, customer } = await purchaseUnderWay(6);
    const before = customer.answers().length;
    await product.stop();
    customer.send('menu');
    const quiet = ['120363000000000001@g.us', 'status@broadcast', '120363000000000002@newsletter'];
    for (const from of quiet) whatsapp.receive(phoneOfShop(6), { from, author: customer.chatId, body: 'hi' });
    await product.restart();
    await product.readyClient(id);
    await customer.next(screens.menu);
    // A second answer, or one to a group, would have to come before the answer to this.
    await customer.say('3', /./);
    assert.equal(customer.answers().length, before + 2);
    const chats = new Set(whatsapp.account(phoneOfShop(6)).sent.map(({ chat }) => chat));
    assert.deepEqual([...chats], [customer.chatId]);
    await product.api('POST', `/api/v1/clients/${id}/stop`);
  });

  it('keeps its login while WhatsApp is out of reach, and tells admins and shows a new code after it was removed on the phone', async () => {
    const shop = phoneOfShop(7);
    const { id } = await loggedInClient(product, whatsapp, shop);
    whatsapp.setOffline(true);
    await product.waitFor('word of it', async () => (await product.client(id)).state === 'reconnecting');
    whatsapp.setOffline(false);
    await product.readyClient(id);

    whatsapp.unlink(shop);
    await product.waitFor('the reason', async () =>
      /removed on the phone/.test((await product.client(id)).stateReason ?? ''),
    );
    assert.equal((await alertOf(id)).kind, 'bot-logged-out');
    whatsapp.scan(await qrOf(product, id), shop);
    await product.readyClient(id);

    whatsapp.setOffline(true);
    await product.waitFor('word of it', async () => (await product.client(id)).state === 'reconnecting');
    const deleted = await product.api('DELETE', `/api/v1/clients/${id}`);
    whatsapp.setOffline(false);
    assert.equal(deleted.status, 200);
    assert.match(JSON.stringify(deleted.body), /could not be told: on the phone, remove this device/);
    assert.match(await noteOfLogin(id), /could not be told/);
    assert.equal(whatsapp.account(shop).devices.size, 1);
    assert.ok(!existsSync(join(product.dataDir, 'sessions', id)));
  });

  /** What the admins are told of a bot. */
  async function alertOf(id: string): Promise<{ readonly kind: string; readonly text: string }> {
    const alerts = itemsOf(z.object({ kind: z.string(), clientId: z.string().nullable(), text: z.string() }));
    return product.waitFor('the alert', async () => {
      const { items } = await product.call(alerts, 'GET', '/api/v1/alerts?open=true');
      return items.find(({ clientId }) => clientId === id);
    });
  }

  it('that does not understand WhatsApp any more says so to the platform’s admin, keeps its login, and is back after the update', async () => {
    const change = async (path: string, body: object) =>
      assert.equal((await product.api('PATCH', `/api/v1${path}`, body)).status, 200);
    const shop = phoneOfShop(4);
    const { id } = await loggedInClient(product, whatsapp, shop);
    const sender = await product.sandboxClient('Sends alerts');
    await change(`/clients/${sender.id}`, { alertSender: true });
    await change('/settings', {
      ...{ adminPhones: [phoneOfCustomer(8)], alertSettleSeconds: 0 },
      // One attempt is enough to see it.
      startRetrySeconds: [600],
    });
    whatsapp.missingModules.add('WAWebSendMsgChatAction');
    await product.api('POST', `/api/v1/clients/${id}/restart`);
    const admin = new Customer(product, sender.id, phoneOfCustomer(8));
    const warning = await admin.next(/WhatsApp has changed/);
    assert.match(warning, /Restarting does not help; customers' messages wait/);

    whatsapp.missingModules.clear();
    await product.api('POST', `/api/v1/clients/${id}/restart`);
    await product.readyClient(id);
    await admin.next(/The bot understands WhatsApp again|the bot understands WhatsApp again/);
    await change('/settings', { adminPhones: [] });
    await quickRecovery(product);
  });

  /** What the audit says became of a deleted client's login. */
  async function noteOfLogin(clientId: string): Promise<string> {
    const entries = itemsOf(
      z.object({ action: z.string(), subject: z.string(), note: z.string().optional() }),
    );
    const { items } = await product.call(entries, 'GET', '/api/v1/audit');
    const found = items.find(({ action, subject }) => action === 'client.disconnect' && subject === clientId);
    return found?.note ?? '';
  }

  it('keeps banned whom it has banned, when WhatsApp hides the number and when it tells it; deleted, it is gone from the phone', async () => {
    const shop = phoneOfShop(9);
    const lid = '4712000000009@lid';
    const { id } = await loggedInClient(product, whatsapp, shop);
    const hidden = new WhatsAppCustomer(whatsapp, lid, shop);
    await hidden.say('hi', screens.menu);
    await product.api('PUT', `/api/v1/clients/${id}/bans/${lid}`, { reason: 'Reversed payments' });
    const refusal = /cannot serve you.*Reversed payments/s;
    await hidden.say('hi', refusal);

    const { pid } = await product.client(id);
    whatsapp.phonesOfLids.set(lid, phoneOfCustomer(9));
    await product.api('POST', `/api/v1/clients/${id}/restart`);
    await product.waitFor('a new process', async () => (await product.client(id)).pid !== pid);
    await product.readyClient(id);
    await hidden.say('menu', refusal);
    await new WhatsAppCustomer(whatsapp, `${phoneOfCustomer(9)}@c.us`, shop).say('hi', refusal);

    assert.equal((await product.api('DELETE', `/api/v1/clients/${id}`)).status, 204);
    assert.equal(whatsapp.account(shop).devices.size, 0);
    assert.equal(await noteOfLogin(id), 'Logged out on WhatsApp');
  });

  it('costs no browser when nobody scans its code, and shows a new one when it is started again', async () => {
    await product.api('PATCH', '/api/v1/settings', { qrCodesShown: 1 });
    const { id } = await newClient(product);
    const first = await qrOf(product, id);
    const page = [...whatsapp.pages].find(({ ref }) => ref !== undefined && first.startsWith(ref));
    assert.ok(page, 'a page shows it');
    page.push({ type: 'ref', ref: page.newRef() });
    const { stateReason } = await product.waitFor('the browser to be closed', async () => {
      const client = await product.client(id);
      return client.state === 'logged-out' && !whatsapp.pages.has(page) && client;
    });
    assert.match(stateReason ?? '', /Nobody scanned/);
    await product.api('POST', `/api/v1/clients/${id}/start`);
    assert.notEqual(await qrOf(product, id), first);
    await product.api('POST', `/api/v1/clients/${id}/stop`);
  });

  it('ends with its browser when the server stops while its code is shown, and shows a new one afterwards', async () => {
    const { id } = await newClient(product);
    const first = await qrOf(product, id);
    assert.deepEqual(await product.stop(), { code: 0, signal: null });
    // A browser's helpers end a moment after it.
    await product.waitFor('nothing to be left', () => product.leftovers().length === 0);
    await product.restart();
    assert.notEqual(await qrOf(product, id), first);
    await product.api('POST', `/api/v1/clients/${id}/stop`);
  });

  it('is not started again and again after WhatsApp has blocked it', async () => {
    const shop = phoneOfShop(8);
    const { id } = await loggedInClient(product, whatsapp, shop);
    whatsapp.pagesOf(shop)[0]?.command({ do: 'state', state: 'TOS_BLOCK' });
    const { stateReason, pid } = await product.waitFor('the verdict', async () => {
      const client = await product.client(id);
      return client.state === 'failed' && client.pid === undefined && client;
    });
    assert.match(stateReason ?? '', /blocked this account/);
    assert.equal(pid, undefined);
    const alert = await alertOf(id);
    assert.equal(alert.kind, 'bot-banned');
    assert.match(alert.text, /ask for a review/);
    await product.api('POST', `/api/v1/clients/${id}/stop`);
  });

  it('is not disturbed when another one’s browser is killed again and again', async () => {
    const shops = [1, 2, 3].map(async (index) => {
      const { id } = await loggedInClient(product, whatsapp, phoneOfShop(index));
      const customer = new WhatsAppCustomer(whatsapp, `${phoneOfCustomer(index)}@c.us`, phoneOfShop(index));
      return { id, customer, tree: await treeOf(id) };
    });
    const [victim, ...calm] = await Promise.all(shops);
    assert.ok(victim, 'there is a shop');
    const untouched = calm.flatMap(({ tree }) => tree);
    for (let round = 0; round < 2; round += 1) {
      const tree = await treeOf(victim.id);
      endProcess(browserIn(tree), 'SIGKILL');
      await Promise.all(calm.map(({ customer }) => customer.say('menu', screens.menu)));
      // It may long be ready again.
      await product.waitFor('its next process', async () => {
        const { state, pid } = await product.client(victim.id);
        return state === 'ready' && pid !== tree[0].pid;
      });
    }
    assert.ok(untouched.every(stillRuns), 'all their processes are those of the beginning');
  });
});
