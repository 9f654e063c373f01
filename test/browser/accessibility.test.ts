import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser } from '../helpers/browser.ts';
import { Opened } from '../helpers/opened.ts';
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
import { fillPhone, fillSite, PROMPT } from './scene.ts';
import { PagesSite } from './site.ts';

const opened = new Opened();
const site = opened.keep(new PagesSite());
const bare = opened.keep(new PagesSite());
let watched: WatchedPage;

before(async () => {
  await Promise.all([site.start(), bare.start()]);
  fillSite(site);
  fillPhone(site);
  site.world.show({ prompt: PROMPT, airtimeKes: 20 });
  const { browser } = opened.keep(await launchBrowser());
  watched = await openPage(browser);
  await signIn(watched.page, bare);
  await signIn(watched.page, site);
});

after(() => opened.close());

const places = [
  { name: 'the sign-in page after a refusal', path: '/sign-in?failed=token' },
  { name: 'the overview', path: '/' },
  { name: 'the bots', path: '/clients' },
  { name: 'a new bot', path: '/clients/new' },
  { name: 'a client', path: '/clients/cl_one' },
  { name: 'a client in trouble', path: '/clients/cl_three' },
  { name: 'a client’s settings', path: '/clients/cl_one/settings' },
  { name: 'the orders', path: '/orders' },
  { name: 'a search that finds nothing', path: '/orders?q=Z9999999' },
  { name: 'an order', path: '/orders/A2345678' },
  { name: 'an order that needs attention', path: '/orders/D5678934' },
  { name: 'the phone with an M-Pesa prompt', path: '/phone/cl_one' },
  { name: 'users and bans', path: '/bans' },
  { name: 'a client’s texts', path: '/clients/cl_one/texts?key=menu' },
  { name: 'the audit log', path: '/audit' },
  { name: 'the system', path: '/system' },
  { name: 'an empty platform', path: '/', empty: true },
];

for (const { name, path, empty } of places) {
  test(`${name}: nothing for axe to find, nothing too wide, no complaint of the browser`, async () => {
    const { page, complaints } = watched;
    complaints.length = 0;
    for (const viewport of [DESKTOP, SMALL]) {
      await page.setViewport(viewport);
      await page.goto(`${empty ? bare.url : site.url}${path}`);
      for (const fold of await page.$$('details:not([open]) > summary'))
        await fold.evaluate((head) => head instanceof HTMLElement && head.click());
      for (const scheme of ['light', 'dark']) {
        const where = `${viewport.width} px, ${scheme}`;
        await page.emulateMediaFeatures([
          { name: 'prefers-color-scheme', value: scheme },
          { name: 'prefers-reduced-motion', value: 'reduce' },
        ]);
        assert.deepEqual(await accessibilityProblems(page), [], where);
        assert.equal(await overflow(page), 0, where);
      }
    }
    assert.deepEqual(complaints, []);
  });
}

test('a question before a deed: nothing for axe to find', async () => {
  const { page } = watched;
  await page.setViewport(SMALL);
  for (const scheme of ['light', 'dark']) {
    await page.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: scheme },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ]);
    await page.goto(`${site.url}/clients/cl_one`);
    await waitForLive(page);
    await page.click('#command-stop');
    await page.waitForSelector('.swal2-popup');
    assert.deepEqual(await accessibilityProblems(page), [], scheme);
  }
});
