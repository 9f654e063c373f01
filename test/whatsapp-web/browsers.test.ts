import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import puppeteer from 'puppeteer';
import { type BrowserKind, browserFlags, installedBrowsers } from '../../worker/chat/whatsapp/browser.ts';
import { leaveOutNeedless } from '../../worker/chat/whatsapp/needless.ts';
import { browserPath } from '../helpers/browser.ts';
import { screens } from '../helpers/customer.ts';
import { descendants, processInfo, stillRuns } from '../helpers/processes.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { Bot } from './bot.ts';
import { loggedInClient, quickRecovery, SHOP, startOnWhatsApp, WhatsAppCustomer } from './shop.ts';
import { SimulatedWhatsApp } from './simulated/server.ts';

const installed = Object.entries({ 'browser of the tests': browserPath(), ...installedBrowsers() });
/** Each program once, whatever names it has. */
const programs = new Map(installed.map(([name, path]) => [path, name]));

const PAGE = `<!doctype html><style>
@font-face { font-family: ours; src: url(/font.woff2) }
p { font-family: ours; background: url(/back.png) }
</style><p>text<img src="/picture.png" alt=""><audio src="/sound.mp3" preload="auto"></audio><script src="/script.js"></script>`;

describe('the browser of a bot on WhatsApp', () => {
  for (const [path, name] of programs) {
    it(`may be ${name}: it sells, and nothing of it outlives its killed worker`, async () => {
      const whatsapp = await SimulatedWhatsApp.start();
      const product = await startOnWhatsApp(whatsapp, path);
      try {
        await quickRecovery(product);
        const { id } = await loggedInClient(product, whatsapp);
        const customer = new WhatsAppCustomer(whatsapp, '254700000001@c.us');
        await customer.say('hi', screens.menu);
        const { pid = 0 } = await product.client(id);
        const worker = processInfo(pid);
        assert.ok(worker);
        const browser = descendants(pid);
        const program = browser.find(({ command }) => command.startsWith(path));
        assert.ok(program, `${path} is what runs: ${browser.map(({ command }) => command).join('\n')}`);
        assert.match(program.command, /--remote-debugging-pipe/);
        assert.doesNotMatch(program.command, /--remote-debugging-port/);
        await product.killWorker(id);
        await product.waitFor('the browser to end', () => !browser.some(stillRuns));
        await product.readyClient(id);
        await customer.say('1', screens.who);
      } finally {
        await product.close();
        await whatsapp.close();
      }
    });
  }

  for (const [path, name] of programs) {
    it(`may be ${name}: it loads no pictures and no fonts, and runs the page`, async () => {
      const asked: string[] = [];
      const server = createServer((request, response) => {
        asked.push(request.url ?? '');
        response.setHeader('content-type', 'text/html');
        response.end(request.url === '/' ? PAGE : '');
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      assert.ok(address !== null && typeof address === 'object');
      const kind: BrowserKind = /headless[-_]shell/.test(path) ? 'headless-shell' : 'chromium';
      const browser = await puppeteer.launch({
        executablePath: path,
        pipe: true,
        args: browserFlags(kind, []),
      });
      try {
        const page = await browser.newPage();
        await leaveOutNeedless(page);
        await page.goto(`http://127.0.0.1:${address.port}/`, { waitUntil: 'networkidle0' });
        assert.deepEqual(
          asked.filter((url) => url !== '/favicon.ico'),
          ['/', '/script.js'],
        );
      } finally {
        await browser.close();
        server.closeAllConnections();
        server.close();
      }
    });
  }

  it('is full Chromium after headless shell has not got through three times, and the bot says so', async () => {
    const folder = temporaryFolder('broken-shell');
    const shell = join(folder.path, 'headless-shell');
    writeFileSync(shell, '#!/bin/sh\nexit 1\n', { mode: 0o700 });
    const whatsapp = await SimulatedWhatsApp.start();
    const bot = new Bot(whatsapp);
    bot.installed = { 'headless-shell': shell, chromium: browserPath() };
    try {
      for (let start = 1; start <= 3; start += 1) {
        await bot.start();
        await bot.until(() => bot.fatal.length === start);
        await bot.stop();
      }
      await bot.logIn();
      const said = bot.states.map(({ reason }) => reason ?? '').join('\n');
      assert.match(said, /3 starts with headless shell did not get through.*full Chromium/);
      // That Chromium got through is no reason to go back.
      await bot.stop();
      await bot.start();
      await bot.ready();
      assert.equal(bot.fatal.length, 3);
      assert.equal(whatsapp.pagesOf(SHOP).length, 1);
    } finally {
      await bot.dispose();
      await whatsapp.close();
      folder.remove();
    }
  });
});
