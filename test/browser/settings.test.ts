import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import type { Page } from 'puppeteer';
import { aPicture } from '../helpers/a-picture.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { Opened } from '../helpers/opened.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { accessibilityProblems, DESKTOP, eyesOn, openPage, overflow, SMALL, signIn } from './open-page.ts';
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
  await signIn(page, site);
});
beforeEach(async () => {
  fillSite(site);
  site.stores.settings.delete('platform');
  complaints.length = 0;
  await page.setViewport(DESKTOP);
});
after(() => opened.close());

const { textOf, shows } = eyesOn(() => page);

/** Clicks, and waits until the server has taken it: a field looks inherited before it is saved. */
async function savedBy(button: string): Promise<void> {
  const [response] = await Promise.all([
    page.waitForResponse((answer) => answer.request().method() === 'POST'),
    page.click(button),
  ]);
  assert.equal(response.status(), 200);
}

/** By way of an empty page: an address that differs in its fragment alone would not be loaded anew. */
async function open(path: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`${site.url}${path}`);
}

/** What of the page is open to the eye, by the ids of its folds. */
const openFolds = (): Promise<readonly string[]> =>
  page.$$eval('details[data-fold][open]:not([hidden])', (folds) => folds.map(({ id }) => id));

/** The settings that a search leaves in sight. */
const settingsInSight = (): Promise<readonly string[]> =>
  page.$$eval('.setting:not([hidden])', (all) =>
    all.flatMap((each) => (each instanceof HTMLElement ? (each.dataset.setting ?? []) : [])),
  );

test('a long page of settings is a list of closed groups; an address opens the group it leads into', async () => {
  await open('/settings');
  assert.deepEqual(await openFolds(), []);
  await page.focus('#settings-limits-panel > summary');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#settings-limits-panel[open]');
  assert.deepEqual(await openFolds(), ['settings-limits-panel']);
  await page.waitForFunction(() => location.hash === '#settings-limits-panel');
  await open('/settings#settings-shop-discountPercent');
  assert.deepEqual(await openFolds(), ['settings-shop-panel']);
  assert.equal(await page.$eval('#settings-shop-discountPercent', (box) => box.checkVisibility()), true);
  await page.click('[data-fold-all]');
  for (const viewport of [DESKTOP, SMALL]) {
    await page.setViewport(viewport);
    assert.equal(await overflow(page), 0, `${viewport.width} px`);
    assert.deepEqual(await accessibilityProblems(page), [], `${viewport.width} px`);
  }
  assert.deepEqual(complaints, []);
});

test('a setting is found by a word of its title or its meaning, and an emptied search brings the page back', async () => {
  await open('/settings#settings-shop-panel');
  await page.keyboard.press('/');
  await page.keyboard.type('discount percent');
  await shows('[data-found]', '1 found');
  assert.deepEqual(await settingsInSight(), ['discountPercent']);
  assert.deepEqual(await openFolds(), ['settings-shop-panel']);
  await page.$eval('[data-find]', (box) => box instanceof HTMLInputElement && box.select());
  await page.keyboard.type('nothing of that kind');
  await shows('[data-found]', 'Nothing found');
  await page.$eval('[data-find]', (box) => box instanceof HTMLInputElement && box.select());
  await page.keyboard.press('Backspace');
  await page.waitForFunction(() => document.querySelector('[data-found]')?.textContent === '');
  assert.deepEqual(await openFolds(), ['settings-shop-panel']);
  assert.deepEqual(complaints, []);
});

test('what was changed is counted at its group, and can be seen alone', async () => {
  site.stores.settings.set('platform', {
    id: 'platform',
    values: { payersPerChatPerDay: 5, discountPercent: 3 },
  });
  await open('/settings');
  assert.match(await textOf('#settings-limits-panel > summary'), /1 changed/);
  await page.click('[data-find-changed]');
  await shows('[data-found]', '2 found');
  assert.deepEqual((await settingsInSight()).toSorted(), ['discountPercent', 'payersPerChatPerDay']);
  // A save in the midst of it: the group comes back, and the search still holds.
  await page.click('[name="inherit.discountPercent"]');
  await page.click('#settings-shop-save');
  await shows('[data-found]', '1 found');
  assert.deepEqual(await settingsInSight(), ['payersPerChatPerDay']);
});

test('settings: a wrong value is told at its field with the keys on it, then the right one is saved', async () => {
  await open('/settings#settings-limits-panel');
  const field = '#settings-limits-payersPerChatPerDay';
  const save = '#settings-limits button[type=submit]';
  await page.click(field, { clickCount: 3 });
  await page.type(field, 'many');
  assert.equal(
    await page.$eval('[name="inherit.payersPerChatPerDay"]', (box) => 'checked' in box && box.checked),
    false,
  );
  await page.click(save);
  await shows('#settings-limits-panel', '“many” is not a number');
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'payersPerChatPerDay');
  assert.deepEqual(await accessibilityProblems(page), []);
  await page.click(field, { clickCount: 3 });
  await page.type(field, '7');
  await page.click(save);
  await shows('.swal2-toast', 'Limits: saved');
  assert.equal(site.stores.settings.get('platform')?.values.payersPerChatPerDay, 7);
  await page.click('[name="inherit.payersPerChatPerDay"]');
  assert.equal(await page.$eval(field, (box) => 'value' in box && box.value), '3');
});

test('a bot’s own settings: refused at the field with everything still typed, then saved, then the platform’s again', async () => {
  await open('/clients/cl_one/settings#about');
  await page.type('#profile textarea', '\n12345');
  await page.click('#profile button[type=submit]');
  await shows('#profile .field-error', '“12345” is not a Kenyan mobile number');
  assert.match(
    await page.$eval('#profile textarea', (box) => ('value' in box ? String(box.value) : '')),
    /12345/,
  );

  await page.click('#settings-shop-panel > summary');
  const discount = '#settings-shop-discountPercent';
  await page.$eval(discount, (box) => box instanceof HTMLInputElement && box.select());
  await page.type(discount, '2.5');
  await page.click('#settings-shop button[type=submit]');
  await shows('.swal2-toast', 'Shop: saved');
  await shows('#settings-shop-panel > summary', '1 of its own');
  assert.deepEqual(site.stores.clients.get('cl_one')?.overrides, { discountPercent: 2.5 });
  await page.click('[data-setting=discountPercent] [data-inherit]');
  await savedBy('#settings-shop button[type=submit]');
  await page.waitForSelector('[data-setting=discountPercent][data-inherited]');
  assert.deepEqual(site.stores.clients.get('cl_one')?.overrides, {});
  assert.deepEqual(
    complaints.filter((text) => !text.includes('422')),
    [],
  );
});

test('a right that somebody else has withdrawn meanwhile is seen to be gone, and no later save of the same page gives it back', async () => {
  await open('/clients/cl_one/settings#rights');
  const may = '#rights [name=mayUsePlatformFloat]';
  const isTicked = (): Promise<boolean> => page.$eval(may, (box) => 'checked' in box && box.checked === true);
  await page.click(may);
  await savedBy('#rights button');
  await page.waitForSelector(`${may}[checked]`);
  assert.equal(site.stores.clients.get('cl_one')?.mayUsePlatformFloat, true);

  const client = site.stores.clients.get('cl_one');
  assert.ok(client);
  site.stores.clients.set('cl_one', { ...client, mayUsePlatformFloat: false });
  await page.click('#rights [name=alertSender]');
  await savedBy('#rights button');
  await page.waitForSelector('#rights [name=alertSender][checked]');
  assert.equal(await isTicked(), false);

  await page.click('#rights [name=alertSender]');
  await savedBy('#rights button');
  await page.waitForSelector('#rights [name=alertSender]:not([checked])');
  const { mayUsePlatformFloat, alertSender } = site.stores.clients.get('cl_one') ?? {};
  assert.deepEqual({ mayUsePlatformFloat, alertSender }, { mayUsePlatformFloat: false, alertSender: false });
});

test('a name that somebody else has changed meanwhile is shown after a save, also while the keys are on it', async () => {
  await open('/clients/cl_one/settings#about');
  const name = '#profile [name=name]';
  const save = async (): Promise<void> => {
    await page.focus(name);
    await Promise.all([
      page.waitForResponse((answer) => answer.request().method() === 'POST'),
      page.keyboard.press('Enter'),
    ]);
  };
  await page.type(name, ' & Sons');
  await save();
  await page.waitForSelector(`${name}[value*="& Sons"]`);
  const client = site.stores.clients.get('cl_one');
  assert.ok(client);
  site.stores.clients.set('cl_one', { ...client, name: 'Mama Njeri' });
  await save();
  await page.waitForSelector(`${name}[value="Mama Njeri"]`);
  assert.equal(await page.$eval(name, (box) => 'value' in box && box.value), 'Mama Njeri');
});

test('a welcome picture that is broken behind a sound head is refused on the page; a whole one is taken', async (t) => {
  const folder = temporaryFolder('picture');
  t.after(() => folder.remove());
  const [broken, whole] = [join(folder.path, 'broken.png'), join(folder.path, 'whole.png')];
  const bytes = aPicture();
  writeFileSync(whole, bytes);
  writeFileSync(broken, Buffer.concat([bytes.subarray(0, 33), Buffer.alloc(200, 7)]));
  await open('/clients/cl_one/settings');
  const chosen = async (path: string): Promise<void> => {
    const input = await page.waitForSelector('input[data-picture-url]:not([disabled])');
    assert.ok(input);
    await input.evaluate((element) => element.closest('details')?.setAttribute('open', ''));
    await (await input.toElement('input')).uploadFile(path);
  };
  await chosen(broken);
  await shows('body', 'This file cannot be shown as a picture. Choose a PNG, JPEG or WebP');
  assert.equal(site.stores.clients.get('cl_one')?.picture, undefined);
  await chosen(whole);
  await page.waitForSelector('#remove-picture');
  assert.equal(site.stores.clients.get('cl_one')?.picture?.bytes, bytes.length);
  assert.deepEqual(complaints, []);
});

test('an owner’s link is made, shown once, and withdrawn', async () => {
  await open('/clients/cl_one/settings#owner');
  await page.type('input[name=ownerName]', 'Mama Njeri');
  await page.click('#invites form button');
  await shows('#invites', 'The link for Mama Njeri');
  assert.match(await textOf('#invites code'), /^http:\/\/127\.0\.0\.1:\d+\//);
  await page.click('#invites .row-list button');
  await page.waitForSelector('.swal2-confirm');
  assert.match(await textOf('.swal2-popup'), /Withdraw the link of Mama Njeri\?/);
  await page.click('.swal2-confirm');
  await shows('#invites', 'Withdrawn');
  assert.equal(await page.$('#invites code'), null);
  assert.deepEqual(complaints, []);
});

test('opening hours are set by the day: days closed, Monday’s times for the others, and read back as they were saved', async () => {
  await open('/clients/cl_one/settings#settings-conversation-openingHours');
  const hours = '[data-setting=openingHours]';
  const day = (name: string): string => `${hours} [name="openingHours.${name}"]`;
  assert.equal(await page.$eval(day('Mon.from'), (box) => box.checkVisibility()), false);
  await page.select(`${hours} select`, 'week');
  await page.waitForSelector(day('Mon.from'), { visible: true });
  const type = async (name: string, time: string): Promise<void> => {
    await page.focus(day(name));
    await page.keyboard.type(time);
  };
  await type('Mon.from', '0800AM');
  await type('Mon.to', '0630PM');
  await page.click(day('Sun'));
  await page.waitForSelector(day('Sun.from'), { hidden: true });
  await page.click(`${hours} [data-hours-copy]`);
  assert.equal(await page.$eval(day('Fri.to'), (box) => 'value' in box && box.value), '18:30');
  await page.click('#settings-conversation-save');
  await shows('.swal2-toast', 'Conversation: saved');
  assert.equal(site.stores.clients.get('cl_one')?.overrides.openingHours, 'Mon-Sat 08:00-18:30');
  await open('/clients/cl_one/settings#settings-conversation-openingHours');
  assert.equal(await page.$eval(day('Sat.from'), (box) => 'value' in box && box.value), '08:00');
  assert.equal(await page.$eval(day('Sun'), (box) => 'checked' in box && box.checked), false);
  await page.click(`${hours} [data-inherit]`);
  await savedBy('#settings-conversation-save');
  await page.waitForSelector(`${hours}[data-inherited]`);
  assert.equal(site.stores.clients.get('cl_one')?.overrides.openingHours, undefined);
  assert.deepEqual(complaints, []);
});

test('the doctor is called on the system page: findings come one by one, at the end the worst first', async () => {
  let finish: () => void = () => undefined;
  site.examine = async (tell) => {
    tell({ check: 'node', level: 'ok', text: 'Node 24.1.0' });
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    tell({ check: 'disk', level: 'bad', text: '<b>9 MB</b> are free', fix: 'Make room' });
  };
  await open('/system');
  await page.click('#run-checkup');
  await shows('#checkup [role=status]', '1 of about 12 looked at');
  await shows('#finding-node', 'Node 24.1.0');
  assert.equal(await page.$eval('#run-checkup', (button) => 'disabled' in button && button.disabled), true);
  assert.deepEqual(await accessibilityProblems(page), []);
  finish();
  await shows('#checkup', '1 will not work');
  const findings = await page.$$eval('.finding', (all) => all.map(({ id }) => id));
  assert.deepEqual(findings, ['finding-disk', 'finding-node']);
  assert.match(
    await textOf('#finding-disk'),
    /Will not work ?Disk ?<b>9 MB<\/b> are free ?What to do: Make room/,
  );
  assert.deepEqual(await accessibilityProblems(page), []);
  site.examine = () => Promise.reject(new Error('out of memory'));
  await page.click('#run-checkup');
  await shows('#checkup', 'It could not be finished: out of memory');
  assert.deepEqual(complaints, []);
});
