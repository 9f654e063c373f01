import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'puppeteer';
import { drawQrCode } from '../../web/qr-code.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { Opened } from '../helpers/opened.ts';
import type { Product } from '../helpers/product.ts';
import { qrOf, quickRecovery, startOnWhatsApp } from '../whatsapp-web/shop.ts';
import { SimulatedWhatsApp } from '../whatsapp-web/simulated/server.ts';
import { openPage } from './open-page.ts';

/*
 * The way to a connected number, on the bot's own page: the real product with real workers in real Chromium, on the simulated WhatsApp.
 */
const SHOP = '254700000099';
const OTHER_SHOP = '254700000098';

const opened = new Opened();
let whatsapp: SimulatedWhatsApp;
let product: Product;
let browser: Browser;

before(async () => {
  whatsapp = opened.keep(await SimulatedWhatsApp.start());
  product = opened.keep(await startOnWhatsApp(whatsapp));
  await quickRecovery(product);
  ({ browser } = opened.keep(await launchBrowser()));
});
after(() => opened.close());

async function admin(): Promise<{ page: Page; complaints: readonly string[] }> {
  const watched = await openPage(browser);
  const { page } = watched;
  await page.goto(`${product.url}/sign-in`);
  if (new URL(page.url()).pathname === '/sign-in') {
    await page.type('input[name=name]', 'Wanjiku');
    await page.type('input[name=token]', product.token);
    await Promise.all([page.waitForNavigation(), page.click('form[action="/sign-in"] button')]);
  }
  return watched;
}

/** A new bot, made in the form. @returns its id; the browser is on its page then */
async function makeBot(page: Page, name: string): Promise<string> {
  await page.goto(`${product.url}/clients/new`);
  await page.type('input[name=name]', name);
  await page.click('input[name=mode][value=live]');
  await Promise.all([page.waitForNavigation(), page.click('form[hx-post="/clients"] button[type=submit]')]);
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

test('a new live bot shows its code with a countdown, and says that it is connected once it was scanned', async () => {
  const { page, complaints } = await admin();
  const id = await makeBot(page, 'Mama Njeri Airtime');
  await page.waitForSelector('#qr[data-phase=code] svg', { visible: true });
  const code = await qrOf(product, id);
  const { path } = drawQrCode(code);
  await page.waitForFunction(
    (drawn) => document.querySelector('#qr .qr-dark')?.getAttribute('d') === drawn,
    {},
    path,
  );
  const seconds = () => page.$eval('#qr [data-countdown]', (element) => Number(element.textContent));
  const first = await seconds();
  assert.ok(first > 0 && first <= 60, String(first));
  await page.waitForFunction(
    (before) => {
      const now = Number(document.querySelector('#qr [data-countdown]')?.textContent);
      return now < before;
    },
    {},
    first,
  );
  whatsapp.scan(await qrOf(product, id), SHOP);
  await page.waitForSelector('#qr[data-phase=connected]', { visible: true });
  await page.waitForFunction(() =>
    document.querySelector('#qr')?.textContent?.includes('Connected!0700 000 099'),
  );
  await page.waitForFunction(() => document.querySelector('#state')?.textContent?.includes('Ready'));
  // WhatsApp tells the number a moment after the login.
  await page.waitForFunction(() => document.querySelector('#state')?.textContent?.includes('0700 000 099'));
  assert.deepEqual(complaints, []);
  await page.close();
});

test('a phone that cannot scan is connected by a code that is typed on it', async () => {
  const { page, complaints } = await admin();
  const id = await makeBot(page, 'Kibanda ya Juma');
  await page.waitForSelector('#qr[data-phase=code]', { visible: true });
  await page.click('#pairing summary');
  await page.type('#pairing input[name=phone]', '12');
  await page.click('#pairing button');
  await page.waitForSelector('#pairing [role=alert]');
  await page.$eval('#pairing input[name=phone]', (input) => input.select());
  await page.type('#pairing input[name=phone]', '0700 000 098');
  await page.click('#pairing button');
  const shown = await page.waitForSelector('#pairing .pairing-code');
  const code = (await shown?.evaluate((element) => element.textContent))?.replace('-', '') ?? '';
  assert.match(code, /^[A-Z0-9]{8}$/);
  whatsapp.enterPairingCode(code, OTHER_SHOP);
  await page.waitForSelector('#qr[data-phase=connected]');
  await product.readyClient(id);
  await page.waitForFunction(() => document.querySelector('#state')?.textContent?.includes('0700 000 098'));
  // The browser logs the refusal of the number that was none.
  assert.deepEqual(
    complaints.filter((complaint) => !complaint.includes('422')),
    [],
  );
  await page.close();
});

test('a code that nobody scans is taken away with its browser, and a click brings the next one', async () => {
  await product.api('PATCH', '/api/v1/settings', { qrCodesShown: 1 });
  const { page, complaints } = await admin();
  const id = await makeBot(page, 'Duka la Amina');
  await page.waitForSelector('#qr[data-phase=code]', { visible: true });
  const first = await qrOf(product, id);
  const shows = [...whatsapp.pages].find(({ ref }) => ref !== undefined && first.startsWith(ref));
  assert.ok(shows, 'a browser shows it');
  shows.push({ type: 'ref', ref: shows.newRef() });
  await page.waitForSelector('#qr[data-phase=off]', { visible: true });
  assert.match(
    (await page.$eval('#qr', (panel) => panel.textContent)) ?? '',
    /Not linked to a phone.*Nobody scanned/,
  );
  await whatsapp.until('its browser to be closed', () => !whatsapp.pages.has(shows));
  whatsapp.hold('scripts');
  await page.click('#qr-again');
  await page.waitForSelector('#qr[data-phase=wait]', { visible: true });
  whatsapp.hold(undefined);
  await page.waitForSelector('#qr[data-phase=code]', { visible: true });
  assert.notEqual(await qrOf(product, id), first);
  assert.deepEqual(complaints, []);
  await page.close();
});
