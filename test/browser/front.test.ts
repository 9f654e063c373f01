import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer';
import { banKey } from '../../shared/ban.ts';
import { systemClock } from '../../shared/clock.ts';
import { PLATFORM_TEXTS } from '../../shared/texts.ts';
import { anAlert } from '../helpers/an-alert.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { Opened } from '../helpers/opened.ts';
import { makeClient, makeOrder } from '../http/helpers/fake-services.ts';
import {
  accessibilityProblems,
  DESKTOP,
  openPage,
  overflow,
  SMALL,
  signIn,
  type WatchedPage,
  waitForLive,
} from './open-page.ts';
import { PagesSite } from './site.ts';

/** The pages for people who are not signed in, as such people use them; and what hostile texts do in the pages of those who are. */
const CODE = 'karibu-2026';
const opened = new Opened();
const site = opened.keep(new PagesSite({ ACCESS_CODE: CODE }));
const closed = opened.keep(new PagesSite());
let browser: Awaited<ReturnType<typeof launchBrowser>>;
let watched: WatchedPage;

before(async () => {
  await Promise.all([site.start(), closed.start()]);
  browser = opened.keep(await launchBrowser());
  watched = await openPage(browser.browser);
});

after(() => opened.close());

/** Both widths, light and dark, as the page stands. */
async function inspect(page: Page, what: string): Promise<void> {
  for (const viewport of [SMALL, DESKTOP]) {
    await page.setViewport(viewport);
    for (const scheme of ['dark', 'light']) {
      await page.emulateMediaFeatures([
        { name: 'prefers-color-scheme', value: scheme },
        { name: 'prefers-reduced-motion', value: 'reduce' },
      ]);
      const where = `${what}, ${viewport.width} px, ${scheme}`;
      assert.deepEqual(await accessibilityProblems(page), [], where);
      assert.equal(await overflow(page), 0, where);
    }
  }
}

const submit = (page: Page) =>
  Promise.all([page.waitForNavigation(), page.click('main form button[type=submit]')]);

test('a closed start page is kind; an open one takes name and code and keeps the name after a wrong code', async () => {
  const { page } = watched;
  await page.setViewport(DESKTOP);
  await page.goto(`${closed.url}/start`);
  await inspect(page, 'closed');
  await page.goto(site.url);
  assert.equal(new URL(page.url()).pathname, '/start');
  await page.type('input[name=name]', 'Duka la Amina');
  await page.type('input[name=code]', 'wrong-code');
  await submit(page);
  assert.match(await page.$eval('[role=alert]', (alert) => alert.textContent ?? ''), /not valid/);
  assert.equal(
    await page.$eval('input[name=name]', (input) => 'value' in input && input.value),
    'Duka la Amina',
  );
  await inspect(page, 'after a wrong code');
});

test('from the code to “Connected”: the QR code changes live, a code can be typed, and the same browser comes back', async () => {
  const { page, complaints } = watched;
  await page.goto(`${site.url}/start`);
  complaints.length = 0;
  await page.type('input[name=name]', 'Duka la Amina');
  await page.type('input[name=code]', CODE);
  await submit(page);
  assert.equal(new URL(page.url()).pathname, '/start/bot');
  await waitForLive(page);
  const show = (text: string) =>
    site.setWorker('cl_new', {
      state: 'awaiting-scan',
      restarts: 0,
      qr: { text, expiresAt: systemClock.now() + 60_000 },
    });
  show('2@first');
  const drawn = () => page.$eval('.qr-dark', (path) => path.getAttribute('d'));
  await page.waitForSelector('.qr-dark');
  const first = await drawn();
  show('2@second');
  await page.waitForFunction(
    (old) => document.querySelector('.qr-dark')?.getAttribute('d') !== old,
    {},
    first,
  );
  await page.click('.pairing summary');
  await page.type('.pairing input', '0700 000 009');
  await page.click('.pairing button');
  await page.waitForSelector('.pairing-code');
  await inspect(page, 'with code and QR code');
  await page.setViewport(DESKTOP);
  site.setWorker('cl_new', { state: 'logged-out', restarts: 0 });
  await page.waitForSelector('#qr-again');
  await inspect(page, 'nobody scanned');
  site.setWorker('cl_new', { state: 'ready', restarts: 0 });
  await page.waitForFunction(() => document.querySelector('#qr')?.textContent?.includes('Connected!'));
  await inspect(page, 'connected');
  await page.goto(site.url);
  assert.equal(new URL(page.url()).pathname, '/clients/cl_new');
  await page.goto(`${site.url}/start`);
  assert.equal(new URL(page.url()).pathname, '/start/bot');
  assert.deepEqual(complaints, []);
});

test('another browser sees nothing of it; an invite link lets its owner in there', async () => {
  const context = await browser.browser.createBrowserContext();
  const page = await context.newPage();
  await page.goto(`${site.url}/start/bot`);
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  const { path } = await site.app.auth.book.invite('cl_new', 'Amina', 'Achieng');
  await page.goto(site.url + path);
  await inspect(page, 'invite');
  await submit(page);
  assert.equal(new URL(page.url()).pathname, '/clients/cl_new');
  await page.goto(site.url + path);
  assert.match(await page.$eval('main', (main) => main.textContent ?? ''), /does not work any more/);
  await inspect(page, 'used invite');
  await context.close();
});

/** Tries each way there is into a page: markup, attributes, scripts, Alpine and htmx. */
const HOSTILE =
  '"\'><img src=x onerror="window.xss=1"><script>window.xss=1</script><svg onload="window.xss=1"><b x-data x-init="window.xss=1" hx-get="/sign-out" hx-trigger="load">{{constructor.constructor("window.xss=1")()}}</b>';

function plant(): void {
  const name = HOSTILE;
  site.stores.clients.set('cl_one', makeClient({ name, overrides: { contact: HOSTILE } }));
  site.stores.settings.set('platform', { id: 'platform', values: { appName: name, contact: HOSTILE } });
  site.setWorker('cl_one', { state: 'failed', restarts: 1, stateReason: HOSTILE });
  const order = makeOrder({ attention: [{ kind: 'complaint', note: HOSTILE, at: systemClock.now() }] });
  const { payment, delivery } = order;
  site.putOrder(
    { ...order, payment: { ...payment, reason: HOSTILE }, delivery: { ...delivery, reason: HOSTILE } },
    [{ at: systemClock.now(), event: HOSTILE, by: HOSTILE, note: HOSTILE }],
  );
  site.log.push({ at: systemClock.now(), level: 'error', message: HOSTILE, fields: {} });
  site.world.say('in', HOSTILE);
  site.world.say('out', `*${HOSTILE}* _${HOSTILE}_`);
  site.stores.audit.push({
    at: systemClock.now(),
    by: HOSTILE,
    action: HOSTILE,
    subject: HOSTILE,
    clientId: 'cl_one',
    note: HOSTILE,
  });
  site.putAlert(anAlert({ id: 'al_one', clientId: 'cl_one', title: HOSTILE, text: HOSTILE }));
  for (const id of [PLATFORM_TEXTS, 'cl_one'])
    site.stores.texts.set(id, { id, languages: { en: { sandboxMark: HOSTILE } } });
  site.stores.access.set('iv_one', {
    id: 'iv_one',
    kind: 'invite',
    clientId: 'cl_one',
    ownerName: HOSTILE,
    source: 'admin',
    createdAt: 1,
    createdBy: HOSTILE,
    expiresAt: 1,
  });
  const person = '254700000007';
  site.stores.bans.set(banKey(person, 'cl_one'), {
    person,
    clientId: 'cl_one',
    reason: HOSTILE,
    message: HOSTILE,
    by: HOSTILE,
    createdAt: systemClock.now(),
    updatedAt: systemClock.now(),
  });
}

/** Nothing of a hostile text has become an element, and none of it has run. */
async function staysText(page: Page, where: string): Promise<void> {
  assert.equal(await page.$('img[src=x], svg[onload], b[x-data]'), null, where);
  assert.equal(await page.evaluate(() => 'xss' in window), false, where);
}

test('hostile texts, wherever they can be stored, stay texts on every page, at its first load and live', async () => {
  const { page, complaints } = watched;
  await page.setViewport(DESKTOP);
  await page.deleteCookie(...(await page.cookies(site.url)));
  await signIn(page, site);
  complaints.length = 0;
  plant();
  const pages = site.app.declaredRoutes.filter(
    ({ method, url }) =>
      method === 'GET' &&
      // A download is no page.
      !url.endsWith('.csv') &&
      !/^\/(api\/|health|metrics|assets|live|sign-in|callbacks|start\/bot|invite)/.test(url),
  );
  assert.ok(pages.length > 6);
  for (const { url } of pages) {
    const path = url.replace(':clientId', 'cl_one').replace(':orderNo', 'A2345678').replace(/:\w+/, 'x');
    const query = new URLSearchParams({
      q: HOSTILE,
      reason: HOSTILE,
      failed: HOSTILE,
      next: HOSTILE,
      key: 'sandboxMark',
    });
    for (const address of [path, `${path}?${query}`]) {
      await page.goto(site.url + address);
      site.log.push({ at: systemClock.now(), level: 'error', message: HOSTILE, fields: {} });
      site.setWorker('cl_one', { state: 'failed', restarts: 2, stateReason: HOSTILE });
      await staysText(page, address);
    }
  }
  const real = complaints.filter((complaint) => !/status of 4\d\d/.test(complaint));
  assert.deepEqual(real, []);
});

test('hostile texts stay texts in dialogs and in what is told of a deed', async () => {
  const { page, complaints } = watched;
  await page.goto(`${site.url}/clients/cl_one`);
  complaints.length = 0;
  const popup = async (where: string) => {
    await page.waitForSelector('.swal2-title');
    await staysText(page, where);
    assert.ok(
      (await page.$eval('.swal2-title', (title) => title.textContent ?? '')).includes(HOSTILE),
      where,
    );
  };
  await page.click('#command-stop');
  await popup('the question before stopping');
  await page.click('.swal2-cancel');
  await page.goto(site.url);
  await page.click('#acknowledge-al_one');
  await popup('an alert that was seen');
  assert.deepEqual(
    complaints.filter((complaint) => !/status of 4\d\d/.test(complaint)),
    [],
  );
});
