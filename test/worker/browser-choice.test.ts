import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DAY_MS } from '../../shared/clock.ts';
import { browserFlags, chooseBrowser } from '../../worker/chat/whatsapp/browser.ts';

const both = { 'headless-shell': '/opt/shell', chromium: '/opt/chromium' };
const fresh = { wish: 'auto', installed: both, startsWithoutReady: 0, sinceShellMs: 0 } as const;

describe('the choice of a browser', () => {
  it('takes headless shell where there is one', () => {
    assert.equal(chooseBrowser(fresh).path, '/opt/shell');
  });

  it('takes full Chromium where there is no other, without a word', () => {
    const chosen = chooseBrowser({ ...fresh, installed: { chromium: '/opt/chromium' } });
    assert.deepEqual(chosen, { path: '/opt/chromium', kind: 'chromium' });
  });

  it('leaves headless shell after three starts that led nowhere, and tries it again after a week', () => {
    const stuck = { ...fresh, startsWithoutReady: 3 };
    assert.equal(chooseBrowser({ ...stuck, startsWithoutReady: 2 }).kind, 'headless-shell');
    assert.equal(chooseBrowser({ ...stuck, sinceShellMs: 6 * DAY_MS }).kind, 'chromium');
    assert.equal(chooseBrowser({ ...stuck, sinceShellMs: 7 * DAY_MS }).kind, 'headless-shell');
  });

  it('stays with headless shell where there is no other', () => {
    const alone = { ...fresh, installed: { 'headless-shell': '/opt/shell' }, startsWithoutReady: 9 };
    assert.equal(chooseBrowser(alone).path, '/opt/shell');
  });

  it('obeys the setting, whatever happened before', () => {
    assert.equal(chooseBrowser({ ...fresh, wish: 'chromium' }).path, '/opt/chromium');
    assert.equal(
      chooseBrowser({ ...fresh, wish: 'headless-shell', startsWithoutReady: 9 }).path,
      '/opt/shell',
    );
  });

  it('says what to do where the wished one is not installed, and where there is none at all', () => {
    const without = { ...fresh, installed: { chromium: '/opt/chromium' } };
    assert.throws(() => chooseBrowser({ ...without, wish: 'headless-shell' }), /install it, or set it to/);
    assert.throws(() => chooseBrowser({ ...fresh, installed: {} }), /apt-get install/);
  });

  it('leaves the last word to the program that the environment names', () => {
    const told = chooseBrowser({
      ...fresh,
      wish: 'chromium',
      told: '/usr/lib/chromium/chromium-headless-shell',
    });
    assert.deepEqual(told, { path: '/usr/lib/chromium/chromium-headless-shell', kind: 'headless-shell' });
  });

  it('never weakens the page’s protection, and lets the flags of the environment stand last', () => {
    const flags = browserFlags('headless-shell', ['--lang=sw']);
    assert.equal(flags.at(-1), '--lang=sw');
    assert.doesNotMatch(
      flags.join(' '),
      /disable-web-security|single-process|site-isolation|IsolateOrigins|isolate-origins|allow-running-insecure|ignore-certificate-errors/i,
    );
  });
});
