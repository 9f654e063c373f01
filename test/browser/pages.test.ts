import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { HTTPRequest, Page } from 'puppeteer';
import { WebSocket } from 'undici';
import { MAX_PER_SESSION } from '../../supervisor/http/live/crowd.ts';
import { launchBrowser } from '../helpers/browser.ts';
import { Opened } from '../helpers/opened.ts';
import { makeOrder } from '../http/helpers/fake-services.ts';
import { DESKTOP, enter, eyesOn, openPage, SMALL, waitForLive } from './open-page.ts';
import { fillSite, PROMPT } from './scene.ts';
import { PagesSite } from './site.ts';

const opened = new Opened();
const ofTest = new Opened();
let browser: Awaited<ReturnType<typeof launchBrowser>>;
let site: PagesSite;
let page: Page;
let complaints: string[];

before(async () => {
  browser = opened.keep(await launchBrowser());
});
after(() => opened.close());
beforeEach(async () => {
  site = ofTest.keep(new PagesSite());
  await site.start();
  fillSite(site);
  ({ page, complaints } = await openPage(browser.browser));
  ofTest.keep(page);
  await page.setViewport(DESKTOP);
  await enter(page, site);
});
afterEach(() => ofTest.close());

const { textOf, shows } = eyesOn(() => page);

test('a purchase appears on the overview while one looks at it, and the sums follow', async () => {
  await page.goto(site.url);
  await waitForLive(page);
  // Shortly after midnight the morning's purchases are yesterday's.
  const sold = '#money .tile-simulated .money';
  const soldKes = Number((await textOf(sold)).replace(/\D/g, ''));
  const base = makeOrder();
  site.putOrder({
    ...base,
    orderNo: 'F7892345',
    payableKes: 50,
    payment: { ...base.payment, receipt: 'SZ722NMVXQ', paidAt: Date.now() },
    createdAt: Date.now(),
  });
  await shows('#latest', 'F7892345');
  await shows(sold, `KES ${(soldKes + 50).toLocaleString('en-KE')}`);
  assert.deepEqual(complaints, []);
});

test('selling is paused and resumed with one click each, and the page says so', async () => {
  await page.goto(`${site.url}/clients/cl_one`);
  await waitForLive(page);
  await page.click('#command-pause');
  await shows('#state', 'Selling paused');
  await shows('.swal2-toast', 'sells nothing until you resume it');
  await page.click('#command-resume');
  await page.waitForSelector('#command-pause');
  assert.deepEqual(
    site.clients.calls.map(({ what, by }) => `${by}: ${what}`),
    ['Wanjiku: pause cl_one', 'Wanjiku: resume cl_one'],
  );
  assert.deepEqual(complaints, []);
});

test('stopping a bot asks first, by its name; "keep" keeps it', async () => {
  await page.goto(`${site.url}/clients/cl_one`);
  await waitForLive(page);
  await page.click('#command-stop');
  await page.waitForSelector('.swal2-popup');
  assert.match(await textOf('.swal2-popup'), /Stop “Mama Njeri Airtime”\?/);
  await page.click('.swal2-cancel');
  await page.waitForSelector('.swal2-popup', { hidden: true });
  assert.deepEqual(site.clients.calls, []);
  await page.click('#command-stop');
  await page.waitForSelector('.swal2-confirm');
  await page.click('.swal2-confirm');
  await shows('.swal2-toast', 'is stopping');
  assert.deepEqual(site.clients.calls, [{ what: 'stop cl_one', by: 'Wanjiku' }]);
});

test('a refusal is told in the server’s own words', async () => {
  await page.goto(`${site.url}/clients/cl_one`);
  await waitForLive(page);
  site.stores.clients.delete('cl_one');
  await page.click('#command-pause');
  await shows('.swal2-toast', 'There is no such client');
});

test('a bot’s change of state arrives by itself', async () => {
  await page.goto(`${site.url}/clients/cl_three`);
  await waitForLive(page);
  site.setWorker('cl_three', { state: 'ready', restarts: 5, readySince: Date.now() });
  await shows('#state', 'Ready');
  assert.deepEqual(complaints, []);
});

test('an alert that one admin has seen is known to the other at once', async () => {
  await page.goto(site.url);
  const other = await openPage(browser.browser);
  await other.page.goto(`${site.url}/clients/cl_three`);
  await waitForLive(other.page);
  // A tab behind another draws nothing.
  await page.bringToFront();
  await waitForLive(page);
  assert.match(await textOf('#alerts'), /Look at this first.*Westgate Phones does not answer/);
  await page.click('#acknowledge-al_one');
  await shows('.swal2-toast', 'Seen: Westgate Phones does not answer');
  await shows('#alerts', 'seen by Wanjiku');
  await other.page.bringToFront();
  await other.page.waitForFunction(
    () => document.querySelector('#alerts')?.textContent?.includes('seen by Wanjiku') === true,
  );
  await other.page.close();
  assert.deepEqual([...complaints, ...other.complaints], []);
});

test('what a bot says of itself appears line by line', async () => {
  await page.goto(`${site.url}/clients/cl_one`);
  await waitForLive(page);
  site.logs('cl_one', { at: Date.now(), level: 'error', message: 'The page <b>crashed</b>', fields: {} });
  await shows('#log', 'The page <b>crashed</b>');
  assert.equal(await page.$('#log b'), null);
});

test('the memory chart goes on with each measurement, though nothing else of the bot changes', async () => {
  await page.goto(`${site.url}/clients/cl_one`);
  await waitForLive(page);
  site.clients.memory = [...site.clients.memory, { at: Date.now(), bytes: 123 * 1_048_576, browserBytes: 0 }];
  await shows('#memory', 'Now 123 MB');
});

test('deleting a bot names it first; with orders that are not settled it says why it cannot be', async () => {
  await page.goto(`${site.url}/clients/cl_three/settings`);
  assert.match(await textOf('#delete'), /1 needs attention\. Settle them first/);
  assert.equal(await page.$('#delete-client:not(:disabled)'), null);
  await page.goto(`${site.url}/clients/cl_one/settings`);
  await page.click('#delete-client');
  await page.waitForSelector('.swal2-confirm');
  assert.match(await textOf('.swal2-popup'), /Delete “Mama Njeri Airtime”\?/);
  await Promise.all([page.waitForNavigation(), page.click('.swal2-confirm')]);
  assert.equal(new URL(page.url()).pathname, '/clients');
  assert.deepEqual(site.clients.calls, [{ what: 'remove cl_one', by: 'Wanjiku' }]);
});

test('somebody is banned from one bot with a reason, and the ban is lifted', async () => {
  await page.goto(`${site.url}/clients/cl_one/bans`);
  await Promise.all([page.waitForNavigation(), page.click('#customers a.button')]);
  await page.type('#ban-form input[name=reason]', 'Tried other people’s numbers');
  await page.click('#ban-form button');
  await shows('#ban-list', 'Tried other people’s numbers');
  assert.match(await textOf('#ban-list'), /0700 000 001.*by Wanjiku/);
  await page.click('#ban-list button');
  await page.waitForSelector('.swal2-confirm');
  assert.match(await textOf('.swal2-popup'), /Lift the ban of 0700 000 001\?/);
  await page.click('.swal2-confirm');
  await shows('#ban-list', 'Nobody is banned');
  await page.goto(`${site.url}/bans?who=abc`);
  await page.click('#ban-form button');
  await shows('#ban-form .field-error', 'Kenyan');
  assert.deepEqual(
    complaints.filter((text) => !text.includes('422')),
    [],
  );
});

test('a text is changed with its look beside it, refused with words that cannot be filled in, and reset', async () => {
  await page.goto(`${site.url}/clients/cl_one/texts?key=menu`);
  const before = await textOf('#text-preview .bubble');
  const write = async (words: string): Promise<void> => {
    await page.$eval('#text-form textarea', (box) => box instanceof HTMLTextAreaElement && box.select());
    await page.type('#text-form textarea', words);
  };
  await write('Hello {nobody}');
  await shows('#text-preview', 'nobody');
  await page.click('#text-form button[type=submit]');
  await shows('#text-form .field-error', 'nobody');
  await page.$eval('#text-form textarea', (box) => {
    if (!(box instanceof HTMLTextAreaElement)) return;
    box.value = `*Own words* ${box.defaultValue}`;
    box.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await page.waitForFunction(
    () => document.querySelector('#text-preview strong')?.textContent === 'Own words',
  );
  await page.click('#text-form button[type=submit]');
  await shows('.swal2-toast', 'Saved');
  await shows('#text-editor', 'Own words');
  await page.click('#text-reset');
  await page.waitForSelector('.swal2-confirm');
  await page.click('.swal2-confirm');
  await shows('#text-editor .panel-head', 'Standard words');
  assert.equal(await textOf('#text-preview .bubble'), before);
});

test('the audit log is narrowed down by its address', async () => {
  await page.goto(`${site.url}/audit`);
  assert.match(await textOf('#audit'), /Wanjiku marked as refunded E6789345.*Otieno made the bot/);
  await page.type('input[name=q]', 'otieno');
  await Promise.all([page.waitForNavigation(), page.click('form[action="/audit"] button')]);
  assert.match(await textOf('#audit'), /Otieno made the bot/);
  assert.doesNotMatch(await textOf('#audit'), /Wanjiku/);
  assert.deepEqual(complaints, []);
});

test('an order’s page follows the order', async () => {
  await page.goto(`${site.url}/orders/B3456782`);
  await waitForLive(page);
  const order = site.stores.orders.get('B3456782');
  assert.ok(order);
  site.putOrder(
    { ...order, payment: { ...order.payment, state: 'paid', receipt: 'SX722NMVXQ', paidAt: Date.now() } },
    [{ at: Date.now(), event: 'paid-late', by: 'shadow-pay', note: 'SX722NMVXQ' }],
  );
  await shows('#order-state', 'M-Pesa SX722NMVXQ');
  await shows('#order-timeline', 'Paid after all');
});

test('the page says when the connection is lost, and heals by itself with what it missed', async () => {
  await page.goto(`${site.url}/clients/cl_three`);
  await waitForLive(page);
  await site.halt();
  await page.waitForSelector('#connection-lost:not([hidden])');
  site.setWorker('cl_three', { state: 'ready', restarts: 6, readySince: Date.now() });
  await site.start();
  await shows('#state', 'Ready');
  await page.waitForSelector('#connection-lost[hidden]');
});

test('one live page too many says so, asks ever more rarely, and lives as soon as another is closed', async () => {
  const [session] = await page.cookies(site.url);
  const others = await Promise.all(
    Array.from({ length: MAX_PER_SESSION }, async () => {
      const other = new WebSocket(`${site.url.replace('http', 'ws')}/live?rooms=system`, {
        headers: { cookie: `${session?.name}=${session?.value}`, origin: site.url },
      });
      ofTest.keep(other);
      await once(other, 'message');
      return other;
    }),
  );
  // How many refusals it has counted at each knock: by that it waits ever longer.
  await page.evaluateOnNewDocument(() =>
    document.addEventListener('htmx:ws:before:connection', (event) => {
      const { dataset } = document.documentElement;
      if (event instanceof CustomEvent)
        dataset.knocks = `${dataset.knocks ?? ''}${event.detail.connection.attempt}`;
    }),
  );
  await page.goto(`${site.url}/clients/cl_three`);
  await page.waitForSelector('#connection-lost:not([hidden])');
  await page.waitForSelector('[data-lost=crowd]', { visible: true });
  await page.waitForSelector('[data-lost=line]', { hidden: true });
  const knocks = await page.waitForFunction(() => {
    const said = document.documentElement.dataset.knocks ?? '';
    return said.length > 2 && said.slice(0, 3);
  });
  assert.equal(await knocks.jsonValue(), '012');
  assert.equal(await page.$('html[data-live="on"]'), null);
  others.pop()?.close();
  await waitForLive(page);
  await page.waitForSelector('#connection-lost[hidden]');
  site.setWorker('cl_three', { state: 'ready', restarts: 6, readySince: Date.now() });
  await shows('#state', 'Ready');
});

test('whoever has been signed out elsewhere is not told of a lost connection, but asked to sign in, and comes back', async () => {
  await page.goto(`${site.url}/clients/cl_one`);
  await waitForLive(page);
  const left = page.waitForNavigation();
  await site.app.auth.book.signOutEverywhere({ role: 'admin', name: 'Wanjiku' }, 'Otieno');
  await left;
  const { pathname, searchParams } = new URL(page.url());
  assert.deepEqual([pathname, searchParams.get('next')], ['/sign-in', '/clients/cl_one']);
});

test('a new bot is a name and a mode away; a number that is none is told at its field, with everything still typed', async () => {
  await page.goto(`${site.url}/clients/new`);
  await page.type('#new-client input[name=name]', 'Duka la Otieno');
  await page.click('#new-client input[value=test]');
  await page.type('#new-client textarea', '0700 000 00');
  await page.click('#new-client button[type=submit]');
  await shows('.field-error', '“0700 000 00” is not a Kenyan mobile number');
  await page.type('#new-client textarea', '1');
  await Promise.all([page.waitForNavigation(), page.click('#new-client button[type=submit]')]);
  assert.equal(new URL(page.url()).pathname, '/clients/cl_new');
  assert.match(await textOf('h1'), /Duka la Otieno Test/);
  assert.match(site.clients.calls[0]?.what ?? '', /"mode":"test","adminPhones":\["254700000001"\]/);
});

test('the list of bots is narrowed down by its address, and what happens there arrives by itself', async () => {
  await page.goto(`${site.url}/clients?state=trouble`);
  await waitForLive(page);
  assert.match(await textOf('#client-list'), /1 of 3/);
  site.setWorker('cl_two', { state: 'failed', stateReason: 'WhatsApp did not open', restarts: 3 });
  await shows('#client-list', 'Kibanda ya Juma');
  await shows('#client-list', '2 of 3');
  await page.type('input[name=q]', 'westgate');
  await Promise.all([page.waitForNavigation(), page.click('#clients-filter button')]);
  assert.equal(new URL(page.url()).searchParams.get('q'), 'westgate');
  assert.match(await textOf('#client-list'), /1 of 3/);
  assert.deepEqual(complaints, []);
});

test('on the phone: tapped and typed messages reach the bot, its answers and choices appear at once', async () => {
  await page.setViewport(SMALL);
  await page.goto(`${site.url}/phone/cl_one`);
  await waitForLive(page);
  site.world.onText = (text) => {
    if (text === 'Hi') site.world.say('out', '*Karibu!*\n\n1️⃣ Buy airtime\n2️⃣ Help');
    if (text === '1') site.world.say('out', 'How much? Type an amount.');
    if (text === '100 <b>') site.world.say('out', 'I could not read that.');
  };
  await page.tap('#reply-Hi');
  await shows('#chat-log', 'Karibu!');
  assert.equal(await textOf('#chat-log strong'), 'Karibu!');
  await page.waitForSelector('#reply-1');
  await page.tap('#reply-1');
  await shows('#chat-log', 'How much?');
  await page.type('.composer-text', '100 <b>');
  await page.keyboard.press('Enter');
  await shows('#chat-log', 'I could not read that.');
  assert.match(await textOf('#chat-log'), /100 <b>/);
  assert.equal(await page.$eval('.composer-text', (input) => 'value' in input && input.value), '');
  assert.deepEqual(complaints, []);
});

test('on the phone: a contact, a captioned photo and a voice note are sent; own messages are edited and deleted', async () => {
  await page.setViewport(SMALL);
  await page.goto(`${site.url}/phone/cl_one`);
  await waitForLive(page);
  const attach = async (kind: string): Promise<void> => {
    await page.tap('.attach-open');
    await (await page.waitForSelector(`#attach-${kind}`, { visible: true }))?.tap();
  };
  /** The dialog moves while it opens: a tap could miss its button. */
  const confirm = async (): Promise<void> => {
    const button = await page.waitForSelector('button.swal2-confirm');
    await button?.evaluate((element) => element.click());
    await page.waitForSelector('.swal2-popup', { hidden: true });
  };
  await attach('voice');
  await shows('#chat-log', 'Voice note');
  assert.equal(await page.$eval('.attach', (menu) => menu.hasAttribute('open')), false);
  await attach('contact');
  await page.waitForSelector('.swal2-popup input[name=number]');
  await confirm();
  await shows('#chat-log', '0700 000 002');
  await attach('photo');
  await (await page.waitForSelector('.swal2-popup input[name=caption]'))?.type('50 <b>');
  await confirm();
  await shows('#chat-log', '50 <b>');
  const photo = site.world.chat.findLast(({ media }) => media?.kind === 'image');
  await page.tap(`#edit-${photo?.id}`);
  const editor = await page.waitForSelector('.swal2-popup input[name=text]');
  assert.equal(await editor?.evaluate((input) => 'value' in input && input.value), '50 <b>');
  await editor?.type('!');
  await confirm();
  await shows('#chat-log', '50 <b>!');
  await shows(`#message-${photo?.id}`, 'edited');
  await page.tap(`#delete-${photo?.id}`);
  await confirm();
  await shows(`#message-${photo?.id}`, 'You deleted this message');
  assert.equal(await page.$(`#delete-${photo?.id}`), null);
  assert.deepEqual(complaints, []);
});

test('on the phone: the M-Pesa prompt pops up, four digits pay, and the airtime grows', async () => {
  await page.goto(`${site.url}/phone/cl_one`);
  await waitForLive(page);
  site.world.show({ prompt: PROMPT, airtimeKes: 0 });
  await page.waitForSelector('.sim-dialog');
  assert.match(await textOf('.sim-text'), /pay KES 100 to Mama Njeri Airtime, account no\. Q3456782\?/);
  // The prompt has taken the keys; three digits are no PIN.
  await page.waitForFunction(() => document.activeElement?.closest('.sim-pin') !== null);
  await page.keyboard.type('123');
  await page.keyboard.press('Enter');
  await page.keyboard.type('4');
  assert.deepEqual(site.world.answers, []);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.sim-dialog', { hidden: true });
  assert.deepEqual(site.world.answers, [{ answer: 'pay', checkoutRequestId: 'ws_CO_1' }]);
  site.world.show({ prompt: null, airtimeKes: 100 });
  await shows('#phone-status', 'KES 100');
  assert.deepEqual(complaints, []);
});

test('on the phone: the other answers are one tap each', async () => {
  await page.goto(`${site.url}/phone/cl_one`);
  await waitForLive(page);
  for (const answer of ['wrong-pin', 'no-funds', 'cancel', 'ignore'] as const) {
    site.world.show({ prompt: PROMPT, airtimeKes: 0 });
    const button = await page.waitForSelector(`#answer-${answer}`);
    await button?.click();
    await page.waitForSelector('.sim-dialog', { hidden: true });
    assert.equal(site.world.answers.at(-1)?.answer, answer);
  }
});

test('on a small screen, what happens behind is behind the eye', async () => {
  await page.setViewport(SMALL);
  await page.goto(`${site.url}/phone/cl_one`);
  await waitForLive(page);
  assert.equal(await page.$eval('#behind', (element) => element.checkVisibility()), false);
  await page.tap('.chat-behind');
  await page.waitForSelector('#behind', { visible: true });
  await page.tap('.behind-close');
  await page.waitForSelector('#behind', { hidden: true });
  assert.deepEqual(complaints, []);
});

test('colours chosen by hand stay after a reload', async () => {
  await page.goto(site.url);
  await page.click('.sidebar .theme-toggle');
  await page.click('.sidebar .theme-toggle');
  await page.reload();
  assert.equal(await page.$eval('html', (html) => html.getAttribute('data-theme')), 'dark');
  await page.click('.sidebar .theme-toggle');
  assert.equal(await page.$eval('html', (html) => html.getAttribute('data-theme')), 'auto');
});

test('a page whose libraries come in one by one, as over a slow network, is live all the same', async () => {
  await page.setRequestInterception(true);
  /** Each is let through when the one before has come and has had its say. */
  let before: Promise<unknown> = Promise.resolve();
  const oneByOne = (request: HTTPRequest): void => {
    if (!request.url().includes('/vendor/')) return void request.continue();
    before = before.then(async () => {
      const answered = page.waitForResponse((response) => response.request() === request);
      await request.continue();
      await answered;
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 30)));
    });
  };
  page.on('request', oneByOne);
  await page.goto(`${site.url}/clients/cl_one`);
  await waitForLive(page);
  // The tab must not be closed under the last of them, and no other may begin.
  page.off('request', oneByOne);
  await before;
  assert.deepEqual(complaints, []);
});

test('after signing out the back button shows nothing of what was there', async () => {
  await page.goto(`${site.url}/orders/A2345678`);
  await Promise.all([page.waitForNavigation(), page.click('form[action="/sign-out"] button')]);
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  await page.goBack();
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  assert.ok(!(await textOf('body')).includes('A2345678'));
});
