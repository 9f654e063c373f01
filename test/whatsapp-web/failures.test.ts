import assert from 'node:assert/strict';
import { readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { descendants, processes, processesOf, processInfo, stillRuns } from '../helpers/processes.ts';
import { waitFor } from '../helpers/wait.ts';
import { Bot, CUSTOMER, SHOP } from './bot.ts';
import { SimulatedWhatsApp } from './simulated/server.ts';

/** Every way in which a browser, its page or the network let a bot down: it notices, says so, and keeps its login. */
describe('a bot on WhatsApp whose', () => {
  let whatsapp: SimulatedWhatsApp;
  let bot: Bot;

  before(async () => {
    whatsapp = await SimulatedWhatsApp.start();
    bot = new Bot(whatsapp);
  });

  /** One bot suffers all of it: each test finds it ready, whatever the last one left of it. */
  beforeEach(async () => {
    if (bot.state?.state !== 'ready' || bot.fatal.length > 0) {
      await bot.stop();
      bot.timings = {};
      await bot.start();
      await bot.until(() => bot.state?.qr ?? bot.state?.state === 'ready');
      if (bot.state?.qr) whatsapp.scan(bot.state.qr.text, SHOP);
      await bot.ready();
    }
    bot.fatal.length = 0;
    bot.heard.length = 0;
  });

  after(async () => {
    await bot.dispose();
    await whatsapp.close();
  });

  function browser() {
    const found = processes().find(
      ({ command }) => command.includes(`--user-data-dir=${bot.profile}`) && !command.includes('--type='),
    );
    assert.ok(found, 'the bot has a browser');
    return found;
  }

  function renderer() {
    const found = descendants(browser().pid).filter(({ command }) => command.includes('--type=renderer'));
    assert.ok(found.length > 0, 'the browser has a page');
    return found;
  }

  const loginIsKept = async (): Promise<void> => {
    await bot.stop();
    await bot.start();
    await bot.ready();
    assert.ok(bot.states.every(({ qr }) => qr === undefined));
  };

  it('browser is killed ends with that reason, and comes back with its login', async () => {
    process.kill(browser().pid, 'SIGKILL');
    const [error] = await bot.until(() => bot.fatal.length > 0 && bot.fatal);
    assert.match(error?.message ?? '', /browser ended/);
    assert.equal(bot.state?.state, 'failed');
    await loginIsKept();
  });

  it('page crashes ends with that reason, leaves no process, and comes back with its login', async () => {
    const tree = [browser(), ...descendants(browser().pid)];
    for (const { pid } of renderer()) process.kill(pid, 'SIGKILL');
    const [error] = await bot.until(() => bot.fatal.length > 0 && bot.fatal);
    assert.match(error?.message ?? '', /page crashed/);
    await bot.stop();
    await waitFor('the browser’s processes to end', () => !tree.some(stillRuns));
    await loginIsKept();
  });

  it('page hangs is found out, leaves no process, and comes back with its login', async () => {
    // Only here: elsewhere a page that is merely slow must not be taken for one that hangs.
    await bot.stop();
    bot.timings = { probeMs: 1_000, closeMs: 1_000 };
    await bot.start();
    await bot.ready();
    bot.timings = {};
    const { pid, startTime, ...rest } = browser();
    whatsapp.pagesOf(SHOP)[0]?.command({ do: 'hang', forMs: 60_000 });
    const [error] = await bot.until(() => bot.fatal.length > 0 && bot.fatal);
    assert.match(error?.message ?? '', /took longer/);
    await bot.stop();
    await waitFor('the browser to end', () => !stillRuns({ pid, startTime, ...rest }));
    await loginIsKept();
  });

  it('socket is cut says that it reconnects, and answers what came meanwhile', async () => {
    whatsapp.accepting = false;
    whatsapp.dropSockets();
    await bot.until(() => bot.state?.state === 'reconnecting');
    await assert.rejects(bot.transport.send({ outboxId: 'ob1', chatId: CUSTOMER, text: 'x' }), {
      name: 'NotSentError',
    });
    whatsapp.receive(SHOP, { from: CUSTOMER, body: 'hello?' });
    whatsapp.accepting = true;
    await bot.ready();
    await bot.until(() => bot.heard.length === 1);
    assert.deepEqual(bot.fatal, []);
  });

  it('network is gone at the start tries until it is back, and keeps the login', async () => {
    await bot.stop();
    whatsapp.setOffline(true);
    await bot.start();
    const told = await bot.until(() => bot.state?.state === 'reconnecting' && bot.state);
    assert.match(told.reason ?? '', /cannot be reached.*login is kept/);
    whatsapp.setOffline(false);
    await bot.ready();
    assert.ok(bot.states.every(({ qr }) => qr === undefined));
    assert.deepEqual(bot.fatal, []);
  });

  it('page has synced before anybody listened becomes ready all the same', async () => {
    await bot.stop();
    whatsapp.syncDelayMs = 0;
    await bot.start();
    await bot.ready();
    assert.deepEqual(bot.fatal, []);
  });

  it('page is replaced while it becomes ready waits for the new one, and calls that no change of WhatsApp', async () => {
    const [page] = whatsapp.pagesOf(SHOP);
    whatsapp.hold('scripts');
    page?.command({ do: 'reload-while-syncing' });
    await bot.until(() => bot.state?.state === 'reconnecting');
    await whatsapp.until('the page to leave', () => whatsapp.pagesOf(SHOP).length === 0);
    whatsapp.hold(undefined);
    await bot.ready();
    whatsapp.receive(SHOP, { from: CUSTOMER, body: 'after the reload' });
    await bot.until(() => bot.heard.length === 1);
    assert.deepEqual(bot.fatal, []);
  });

  it('page never finishes loading says so, keeps the login, and tries again', async () => {
    await bot.stop();
    bot.timings = { startMs: 3_000 };
    whatsapp.hold('frame');
    await bot.start();
    const told = await bot.until(() => bot.state?.state === 'reconnecting' && bot.state);
    assert.match(told.reason ?? '', /longer than 3 s.*login is kept/);
    await bot.until(() => bot.states.filter(({ state }) => state === 'reconnecting').length > 1);
    assert.deepEqual(bot.fatal, []);
    // With the time that a browser takes on a busy machine.
    bot.timings = {};
    whatsapp.hold(undefined);
    await loginIsKept();
    assert.deepEqual(bot.fatal, []);
  });

  it('start is broken off before its browser is up leaves no browser behind', async () => {
    await bot.stop();
    bot.timings = { closeMs: 1 };
    const starting = bot.start();
    await waitFor('the browser', () => processesOf(bot.profile)[0]);
    await bot.stop();
    await starting;
    await waitFor('the browser to end', () => processesOf(bot.profile).length === 0);
  });

  it('page is not the one that this version knows says so, and keeps its login', async () => {
    await bot.stop();
    whatsapp.missingModules.add('WAWebSendMsgChatAction');
    await bot.start();
    const [error] = await bot.until(() => bot.fatal.length > 0 && bot.fatal);
    assert.match(error?.message ?? '', /WhatsApp Web has changed.*WAWebSendMsgChatAction.*login is kept/);
    assert.ok(bot.states.every(({ state }) => state !== 'ready'));
    whatsapp.missingModules.clear();
    await loginIsKept();
  });

  it('device was removed while it was off asks for a scan at once', async () => {
    await bot.stop();
    whatsapp.unlink(SHOP);
    await bot.start();
    await bot.qr();
    assert.ok(bot.states.some(({ reason }) => /scan again|removed on the phone/.test(reason ?? '')));
  });

  it('profile carries the lock of another machine starts all the same', async () => {
    await bot.stop();
    symlinkSync('another-host-4711', join(bot.profile, 'SingletonLock'));
    await bot.start();
    await bot.ready();
  });

  it('profile is damaged asks for a new scan in place of failing for ever', async () => {
    await bot.stop();
    const store = join(bot.profile, 'Default/IndexedDB');
    for (const name of readdirSync(store, { recursive: true, withFileTypes: true })) {
      if (name.isFile()) writeFileSync(join(name.parentPath, name.name), 'garbage');
    }
    await bot.start();
    await bot.qr();
    assert.match(bot.state?.reason ?? '', /scan again/);
  });

  it('profile is no folder begins with a new one and keeps what was there', async () => {
    await bot.stop();
    rmSync(bot.profile, { recursive: true });
    writeFileSync(bot.profile, 'not a folder');
    await bot.start();
    await bot.qr();
    assert.ok(readdirSync(bot.folder).includes('session.old'));
  });

  it('browser is left over from a worker that hangs takes the profile over', async () => {
    const left = browser();
    const successor = bot;
    // As a worker does that begins while its predecessor's browser still runs.
    await successor.start();
    await successor.ready();
    assert.equal(stillRuns(left), false);
    assert.notEqual(processInfo(browser().pid)?.startTime, left.startTime);
  });
});
