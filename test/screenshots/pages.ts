import type { Page } from 'puppeteer';
import type { Demo } from './demo.ts';

export interface Shot {
  /** Of the file. */
  readonly name: string;
  readonly path: string;
  readonly status?: number;
  /** False: only what is on the screen, for what floats above the page. */
  readonly whole?: boolean;
  /** What is done on the page before its picture is taken. */
  readonly before?: (page: Page) => Promise<unknown>;
}

async function quickLook(page: Page): Promise<void> {
  await page.$eval('[id^="look-"]', (button) => button instanceof HTMLElement && button.click());
  await page.waitForSelector('#quick-view[open]');
}

async function refundDialog(page: Page): Promise<void> {
  await page.click('#action-mark-refunded');
  await page.waitForSelector('.swal2-popup');
  await page.click('.swal2-confirm');
  await page.waitForFunction(() => document.querySelector('.swal2-validation-message')?.textContent !== '');
}

async function confirmDialog(page: Page): Promise<void> {
  await page.click('#command-stop');
  await page.waitForSelector('.swal2-popup');
}

async function toast(page: Page): Promise<void> {
  const detail = { kind: 'success', text: 'Mama Njeri Airtime: selling is paused' };
  await page.evaluate((told) => document.dispatchEvent(new CustomEvent('toast', { detail: told })), detail);
  await page.waitForSelector('.swal2-toast');
}

/** As the browser tells it when the server is gone; the real connection goes on. */
async function lostConnection(page: Page): Promise<void> {
  const detail = { reason: 'closed' };
  await page.evaluate(
    (told) => document.dispatchEvent(new CustomEvent('htmx:ws:close', { detail: told })),
    detail,
  );
  await page.waitForSelector('#connection-lost:not([hidden])');
}

async function chooseAll(page: Page): Promise<void> {
  await page.click('[data-pick-all]');
  await page.waitForSelector('#bulk:not([hidden])');
}

async function findSetting(page: Page): Promise<void> {
  await page.type('[data-find]', 'memory');
  await page.waitForFunction(() => document.querySelector('[data-found]')?.textContent !== '');
}

async function openMenu(page: Page): Promise<void> {
  await page.$eval('[popovertarget="site-nav"]', (button) => {
    if (button.checkVisibility() && button instanceof HTMLElement) button.click();
  });
}

async function wrongCode(page: Page): Promise<void> {
  await page.type('input[name=name]', 'Duka la Amina');
  await page.type('input[name=code]', 'not-the-code');
  await Promise.all([page.waitForNavigation(), page.click('form[action="/start"] button')]);
}

async function toTheQrCode(page: Page): Promise<void> {
  await page.$eval('#connect-title', (title) => title.scrollIntoView({ block: 'start' }));
}

/** Somebody who looks at a product, and what is photographed of it. */
export interface Round {
  readonly product: Demo['product'];
  /** Lets the browser in. */
  readonly enter: (page: Page) => Promise<unknown>;
  readonly shots: readonly Shot[];
}

async function signIn(page: Page, product: Demo['product']): Promise<void> {
  await page.goto(`${product.url}/sign-in`);
  await page.type('input[name=name]', 'Wanjiku');
  await page.type('input[name=token]', product.token);
  await Promise.all([page.waitForNavigation(), page.click('form[action="/sign-in"] button')]);
}

/** Every page of the product, as each kind of visitor sees it; a product just installed among them. */
export async function roundsOf(demo: Demo): Promise<readonly Round[]> {
  const { product, fresh, shopId, inviteFor } = demo;
  const [unused, used] = [await inviteFor('Mama Njeri'), await inviteFor('Njeri')];
  return [
    // First, because prompts and codes do not wait long.
    { product, enter: (page) => signIn(page, product), shots: adminShots(demo) },
    {
      product,
      enter: async () => undefined,
      shots: [
        { name: 'sign-in', path: '/sign-in' },
        { name: 'start', path: '/start' },
        { name: 'start-refused', path: '/start', before: wrongCode },
        { name: 'not-found-outside', path: '/nowhere', status: 404 },
        { name: 'invite', path: new URL(unused).pathname },
        { name: 'invite-spent', path: '/invite/no-such-code', status: 404 },
      ],
    },
    { product: fresh, enter: async () => undefined, shots: [{ name: 'start-closed', path: '/start' }] },
    {
      product: fresh,
      enter: (page) => signIn(page, fresh),
      shots: [
        { name: 'fresh-overview', path: '/' },
        { name: 'fresh-clients', path: '/clients' },
        { name: 'fresh-orders', path: '/orders' },
        { name: 'fresh-settlement', path: '/settlement' },
        { name: 'fresh-bans', path: '/bans' },
        { name: 'fresh-audit', path: '/audit' },
      ],
    },
    {
      product,
      enter: async (page) => {
        await page.goto(used);
        await Promise.all([page.waitForNavigation(), page.click('form[action^="/invite/"] button')]);
      },
      shots: [
        { name: 'owner-client', path: `/clients/${shopId}` },
        { name: 'owner-orders', path: '/orders' },
        { name: 'owner-order', path: `/orders/${demo.orders.held}` },
        { name: 'owner-settings', path: `/clients/${shopId}/settings` },
        { name: 'owner-start', path: '/start/bot' },
        { name: 'owner-refused', path: '/system', status: 403 },
      ],
    },
  ];
}

function adminShots({ shopId, troubledId, unscannedId, orders, phones }: Demo): readonly Shot[] {
  return [
    { name: 'phone', path: `/phone/${shopId}?phone=${phones.prompted}`, whole: false },
    { name: 'client-qr', path: `/clients/${unscannedId}`, whole: false, before: toTheQrCode },
    { name: 'phone-served', path: `/phone/${shopId}?phone=${phones.served}`, whole: false },
    { name: 'overview', path: '/' },
    { name: 'clients-list', path: '/clients' },
    { name: 'client-new', path: '/clients/new' },
    { name: 'client', path: `/clients/${shopId}` },
    { name: 'client-stopped', path: `/clients/${troubledId}` },
    { name: 'client-settings', path: `/clients/${shopId}/settings` },
    { name: 'client-bans', path: `/clients/${shopId}/bans` },
    { name: 'client-texts', path: `/clients/${shopId}/texts?key=menu` },
    { name: 'orders', path: '/orders' },
    { name: 'orders-attention', path: '/orders?status=attention' },
    { name: 'orders-nothing-found', path: '/orders?q=Z9999999' },
    { name: 'order-delivered', path: `/orders/${orders.delivered}` },
    { name: 'order-open', path: `/orders/${orders.open}` },
    { name: 'order-declined', path: `/orders/${orders.declined}` },
    { name: 'order-unknown', path: `/orders/${orders.unknown}` },
    { name: 'order-held', path: `/orders/${orders.held}` },
    { name: 'order-complaint', path: `/orders/${orders.complaint}` },
    { name: 'order-refunded', path: `/orders/${orders.refunded}` },
    { name: 'settlement', path: '/settlement' },
    { name: 'settings', path: '/settings' },
    { name: 'bans', path: '/bans' },
    { name: 'texts', path: '/texts' },
    { name: 'audit', path: '/audit' },
    { name: 'system', path: '/system' },
    { name: 'api-docs', path: '/api-docs' },
    { name: 'start-as-admin', path: '/start' },
    { name: 'order-quick-look', path: '/orders', whole: false, before: quickLook },
    { name: 'order-refund-dialog', path: `/orders/${orders.unknown}`, whole: false, before: refundDialog },
    { name: 'confirm', path: `/clients/${shopId}`, whole: false, before: confirmDialog },
    { name: 'toast', path: `/clients/${shopId}`, whole: false, before: toast },
    { name: 'connection-lost', path: '/orders', whole: false, before: lostConnection },
    { name: 'orders-chosen', path: '/orders', whole: false, before: chooseAll },
    { name: 'settings-found', path: '/settings', whole: false, before: findSetting },
    { name: 'menu', path: '/', whole: false, before: openMenu },
    { name: 'keys', path: '/orders', whole: false, before: (page) => page.keyboard.press('?') },
    { name: 'not-found', path: '/nowhere', status: 404 },
    // What docs/pictures/ is made of: as much of a page as a screen shows.
    { name: 'docs-overview', path: '/', whole: false },
    { name: 'docs-orders', path: '/orders', whole: false },
    { name: 'docs-order', path: `/orders/${orders.delivered}`, whole: false },
    { name: 'docs-attention', path: `/orders/${orders.unknown}`, whole: false },
    { name: 'docs-texts', path: `/clients/${shopId}/texts?key=menu`, whole: false },
  ];
}
