import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Page } from 'puppeteer';
import type { TimelineEntry } from '../../shared/order.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { Opened } from '../helpers/opened.ts';
import { makeOrder } from '../http/helpers/fake-services.ts';
import { accessibilityProblems, DESKTOP, eyesOn, openPage, SMALL, signIn, waitForLive } from './open-page.ts';
import { fillSite } from './scene.ts';
import { PagesSite } from './site.ts';

const opened = new Opened();
const site = opened.keep(new PagesSite());
let page: Page;
let complaints: string[];

before(async () => {
  await site.start();
  const { browser } = opened.keep(await launchBrowser());
  ({ page, complaints } = await openPage(browser));
  await page.setViewport(DESKTOP);
  await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
  await signIn(page, site);
});
beforeEach(() => {
  fillSite(site);
  site.acts.length = 0;
  complaints.length = 0;
});
after(() => opened.close());

const { shows } = eyesOn(() => page);

async function open(path: string): Promise<void> {
  await page.goto(`${site.url}${path}`);
  if (path.startsWith('/orders')) await waitForLive(page);
}

test('an order that comes in while one looks appears in the list, and a box ticked before stays ticked', async () => {
  await open('/orders');
  await page.click('#pick-A2345678');
  const base = makeOrder();
  site.putOrder({
    ...base,
    orderNo: 'N7892345',
    payment: { ...base.payment, receipt: 'SZ722NMVXQ' },
    createdAt: Date.now() + 1_000,
  });
  await page.waitForSelector('#row-N7892345');
  assert.equal(await page.$eval('[data-pick="A2345678"]', (box) => 'checked' in box && box.checked), true);
  await shows('#bulk', '1 order chosen');
  site.stores.orders.delete('N7892345');
  assert.deepEqual(complaints, []);
});

test('the payments of all chosen orders are checked one after the other, and each result is told', async () => {
  await open('/orders');
  await page.click('[data-pick-all]');
  await shows('#bulk', '5 orders chosen');
  let release: () => void = () => undefined;
  site.beforeAct = () =>
    new Promise((resolve) => {
      release = resolve;
    });
  await page.click('#bulk-check');
  await shows('#bulk', 'Checking 1 of 5');
  assert.equal(await page.$eval('#bulk-progress', (bar) => bar.checkVisibility()), true);
  site.beforeAct = async () => undefined;
  release();
  await shows('.swal2-popup', '5 checked');
  await shows('.bulk-report', 'B3456782: still waiting for the PIN');
  assert.equal(site.acts.length, 5);
  await page.click('.swal2-confirm');
  await page.waitForSelector('#bulk[hidden]');
  assert.deepEqual(complaints, []);
});

test('a quick look opens over the list, is readable for all, and closes by the keyboard', async () => {
  await open('/orders');
  await page.click('#look-D5678934');
  await page.waitForSelector('#quick-view[open] .quick-look');
  await shows('#quick-view', 'I paid but got nothing');
  assert.deepEqual(await accessibilityProblems(page), []);
  await page.keyboard.press('Escape');
  await page.waitForSelector('#quick-view:not([open])');
  assert.deepEqual(complaints, []);
});

test('what somebody has folded open stays open, focused and in its place while the order goes on', async () => {
  const held = { ...makeOrder(), orderNo: 'H7892345', updatedAt: Date.now() };
  const rounds = (count: number): TimelineEntry[] =>
    Array.from({ length: count }, (_, round) =>
      ['released', 'submitting', 'held'].map((event, step) => ({
        at: 1_790_000_000_000 + round * 60_000 + step,
        event,
        by: 'statum',
      })),
    ).flat();
  site.putOrder(held, rounds(4));
  await open('/orders/H7892345');
  await page.focus('.timeline-rounds summary');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.timeline-rounds details[open]');
  const scrolled = await page.evaluate(() => window.scrollY);
  site.putOrder({ ...held, updatedAt: Date.now() + 1 }, rounds(5));
  await shows('.timeline-rounds summary', 'Tried 4 times more');
  assert.ok(await page.$('.timeline-rounds details[open]'));
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'SUMMARY');
  assert.equal(await page.evaluate(() => window.scrollY), scrolled);
  site.stores.orders.delete(held.orderNo);
  assert.deepEqual(complaints, []);
});

test('a refund is asked for in a dialog that names the order; a refusal loses nothing, and then it is done', async () => {
  await open('/orders/D5678934');
  await page.click('#action-mark-refunded');
  await page.waitForSelector('.swal2-popup');
  await shows('.swal2-title', 'Mark D5678934 as refunded?');
  await page.type('.ask [name=reason]', 'Wrong number');
  await page.click('.swal2-confirm');
  await shows('.swal2-validation-message', 'M-Pesa code');
  assert.equal(await page.$eval('.ask [name=reason]', (box) => 'value' in box && box.value), 'Wrong number');
  assert.deepEqual(await accessibilityProblems(page), []);
  await page.type('.ask [name=receipt]', 'sk922nmvxs');
  await page.click('.swal2-confirm');
  await shows('.swal2-toast', 'D5678934 is marked as refunded');
  await shows('#order-state', 'Refunded');
  await shows('#order-actions', 'Nothing is left to do');
  // The browser itself notes the refused request.
  assert.deepEqual(
    complaints.filter((line) => !line.includes('422')),
    [],
  );
});

test('a dialog of whoever wants no motion stands where it stays from its first moment, so that a quick click meets its button', async () => {
  await open('/orders/D5678934');
  const tops: unknown = await page.evaluate(`(async () => {
    const top = () => document.querySelector('.swal2-confirm').getBoundingClientRect().top;
    document.querySelector('#action-cancel').click();
    const tops = [top()];
    while (tops.length < 5) {
      await new Promise((frame) => requestAnimationFrame(frame));
      tops.push(top());
    }
    return tops;
  })()`);
  assert.ok(Array.isArray(tops) && tops.length === 5);
  assert.equal(new Set(tops).size, 1, tops.join(', '));
});

test('what has become of an earlier deed is told after the dialog that is open, and takes nothing that was typed', async () => {
  const asked = site.stores.orders.get('B3456782');
  assert.ok(asked);
  site.putOrder({ ...asked, payment: { ...asked.payment, checkoutRequestId: 'ws_CO_2' } });
  await open('/orders/B3456782');
  let release: () => void = () => undefined;
  site.beforeAct = () =>
    new Promise((resolve) => {
      release = resolve;
    });
  await page.click('#action-check-payment');
  await page.waitForSelector('#action-check-payment[aria-busy]');
  await page.click('#action-cancel');
  await page.type('.ask [name=reason]', 'The customer gave up');
  site.beforeAct = async () => undefined;
  release();
  await page.waitForSelector('#action-check-payment:not([aria-busy])');
  assert.equal(
    await page.$eval('.ask [name=reason]', (box) => 'value' in box && box.value),
    'The customer gave up',
  );
  await page.click('.swal2-cancel');
  await shows('.swal2-toast', 'B3456782: still waiting for the PIN');
  assert.deepEqual(complaints, []);
});

test('two admins at once: what the first has settled, the second is told', async () => {
  await open('/orders/D5678934');
  await page.click('#action-cancel');
  await page.waitForSelector('.swal2-popup');
  await page.type('.ask [name=reason]', 'Too late');
  const order = site.stores.orders.get('D5678934');
  assert.ok(order);
  site.putOrder({
    ...order,
    resolution: 'marked-delivered',
    delivery: { ...order.delivery, state: 'delivered' },
  });
  await page.click('.swal2-confirm');
  await shows('.swal2-validation-message', 'closed by staff already');
  await page.click('.swal2-cancel');
});

test('a search stays in the address: the back button brings the page before it back as it was', async () => {
  await open('/orders?status=attention');
  await page.waitForSelector('#row-D5678934');
  await page.keyboard.press('/');
  await page.keyboard.type('A2345678');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.equal(new URL(page.url()).searchParams.get('status'), 'attention');
  await shows('#orders', 'Nothing matches');
  await page.goBack();
  await page.waitForSelector('#row-D5678934');
  assert.equal(await page.$eval('[data-search]', (box) => 'value' in box && box.value), '');
});

test('by the keyboard: g and a letter go somewhere, ? tells which', async () => {
  await open('/orders');
  await page.keyboard.press('?');
  await page.waitForSelector('#keys-help[open]');
  assert.deepEqual(await accessibilityProblems(page), []);
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('s')]);
  assert.equal(new URL(page.url()).pathname, '/settings');
});

test('on a phone the list, an order and the settlement fit and are readable for all, light and dark', async () => {
  await page.setViewport(SMALL);
  for (const path of ['/orders', '/orders/D5678934', '/settlement?from=2023-01-01']) {
    for (const scheme of ['light', 'dark']) {
      await page.emulateMediaFeatures([
        { name: 'prefers-color-scheme', value: scheme },
        { name: 'prefers-reduced-motion', value: 'reduce' },
      ]);
      await page.goto(`${site.url}${path}`);
      assert.deepEqual(await accessibilityProblems(page), [], `${path} ${scheme}`);
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(wider, 0, path);
    }
  }
});
