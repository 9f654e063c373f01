import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { systemClock } from '../../shared/clock.ts';
import { silentLogger } from '../../shared/logger.ts';
import { defaultSettings } from '../../shared/settings.ts';
import { browserFinding } from '../../supervisor/doctor/browser.ts';
import { lookAtData } from '../../supervisor/doctor/data.ts';
import { diskFinding, memoryFinding } from '../../supervisor/doctor/machine.ts';
import { clockFinding } from '../../supervisor/doctor/network.ts';
import { librariesFinding, nodeFinding } from '../../supervisor/doctor/program.ts';
import { Vault } from '../../supervisor/secrets/vault.ts';
import { aClient } from '../helpers/a-client.ts';
import { browserPath } from '../helpers/browser.ts';
import { temporaryFolder } from '../helpers/temp.ts';
import { openTestStores } from '../helpers/test-stores.ts';

const MB = 1 << 20;
const noBrowserSettings = { executablePath: undefined, chromeArgs: [] };

describe('the doctor', () => {
  let folder: ReturnType<typeof temporaryFolder>;

  beforeEach(() => {
    folder = temporaryFolder('doctor');
  });
  afterEach(() => folder.remove());

  describe('on the program', () => {
    for (const [version, level] of [
      ['20.19.0', 'ok'],
      ['20.18.3', 'bad'],
      ['22.11.0', 'bad'],
      ['22.12.0', 'ok'],
      ['23.6.0', 'bad'],
      ['24.0.0', 'ok'],
      ['18.20.8', 'bad'],
    ] as const) {
      it(`finds Node ${version} ${level === 'ok' ? 'fit' : 'unfit, and says where to get another'}`, () => {
        const finding = nodeFinding(version);
        assert.equal(finding.level, level);
        if (level === 'bad') assert.match(finding.fix ?? '', /nvm install 24/);
      });
    }

    it('finds that the packages of this repository fit together', () => {
      assert.equal(librariesFinding().level, 'ok');
    });

    function install(name: string, version: string, puppeteer?: string, under = folder.path): string {
      const place = join(under, 'node_modules', name);
      mkdirSync(place, { recursive: true });
      const dependencies = puppeteer === undefined ? {} : { dependencies: { puppeteer } };
      writeFileSync(join(place, 'package.json'), JSON.stringify({ name, version, ...dependencies }));
      return place;
    }
    const libraries = () => librariesFinding(join(folder.path, 'index.js'));

    it('finds a Puppeteer that is not the one whatsapp-web.js works with', () => {
      install('whatsapp-web.js', '1.34.7', '24.38.0');
      install('puppeteer', '25.0.0');
      const { level, text, fix } = libraries();
      assert.deepEqual([level, /needs Puppeteer 24\.38\.0, but 25\.0\.0/.test(text)], ['bad', true]);
      assert.match(fix ?? '', /npm ci/);
    });

    it('finds a second Puppeteer', () => {
      const library = install('whatsapp-web.js', '1.34.7', '24.38.0');
      install('puppeteer', '25.0.0');
      install('puppeteer', '24.38.0', undefined, library);
      const { level, text } = libraries();
      assert.deepEqual([level, /twice: 25\.0\.0, and 24\.38\.0/.test(text)], ['bad', true]);
    });

    it('finds missing packages', () => {
      const { level, fix } = libraries();
      assert.deepEqual([level, fix], ['bad', 'Run npm ci']);
    });
  });

  describe('on the machine', () => {
    it('finds memory for one more bot, none for it, and a system that does not tell', () => {
      assert.equal(memoryFinding(defaultSettings, 450 * MB).level, 'ok');
      const short = memoryFinding(defaultSettings, 449 * MB);
      assert.deepEqual([short.level, /449 MB are free, too little/.test(short.text)], ['warn', true]);
      assert.equal(memoryFinding(defaultSettings).level === 'bad', false);
    });

    it('finds a disk with room, one that fills up, and one that is full, also where the folder is not made yet', async () => {
      const missing = join(folder.path, 'data/deep');
      const seen: string[] = [];
      const withFree = (bytes: number) => async (path: string) => {
        seen.push(path);
        return bytes;
      };
      assert.equal((await diskFinding(missing, withFree(1024 * MB))).level, 'ok');
      assert.equal((await diskFinding(missing, withFree(1023 * MB))).level, 'warn');
      const full = await diskFinding(missing, withFree(99 * MB));
      assert.deepEqual([full.level, /selling stops/.test(full.text)], ['bad', true]);
      assert.deepEqual(new Set(seen), new Set([folder.path]));
    });

    it('finds a disk that cannot be seen', async () => {
      const failing = async (): Promise<number> => Promise.reject(new Error('EIO: i/o error'));
      const { level, text } = await diskFinding(folder.path, failing);
      assert.deepEqual([level, /EIO/.test(text)], ['bad', true]);
    });

    it('finds a clock that is right, one that is a little off, one that is wrong, and none to compare with', () => {
      assert.equal(clockFinding([-200, 400, 100]).level, 'ok');
      assert.equal(clockFinding([31_000]).level, 'warn');
      const wrong = clockFinding([-200_000, -190_000, 5]);
      assert.deepEqual([wrong.level, /190 s ahead/.test(wrong.text)], ['bad', true]);
      assert.match(wrong.fix ?? '', /set-ntp/);
      assert.match(clockFinding([400_000]).text, /400 s behind/);
      assert.match(clockFinding([]).text, /could not be compared/);
    });
  });

  describe('on the data folder', () => {
    const dataDir = () => join(folder.path, 'data');
    const look = (dataKey?: string) => lookAtData({ dataDir: dataDir(), dataKey }, systemClock.now());
    const open = () => openTestStores(dataDir());
    const levels = async (dataKey?: string) =>
      (await look(dataKey)).findings.map(({ check, level }) => `${check} ${level}`);

    /** A used folder with one stored key, sealed with DATA_KEY. */
    async function fill(dataKey: string): Promise<void> {
      const stores = await open();
      const vault = await Vault.open({
        stores,
        place: { dataDir: dataDir(), dataKey },
        logger: silentLogger,
      });
      await vault.prepare();
      await stores.transact((tx) => {
        tx.clients.put(aClient('cl_doctor'));
        vault.put(
          tx,
          { setId: 'global:statum', gateway: 'statum' },
          { consumerKey: 'a-key', consumerSecret: 'a-secret' },
          systemClock.now(),
        );
      });
      await stores.close();
    }

    it('finds that there is none yet, and makes none', async () => {
      assert.deepEqual(await levels(), ['data ok']);
      assert.match((await look()).findings[0]?.text ?? '', /first start makes it/);
    });

    it('finds an empty one', async () => {
      mkdirSync(dataDir());
      assert.deepEqual(await levels(), ['data ok', 'lock ok']);
    });

    it('finds a sound one with its key', async () => {
      await fill('k'.repeat(32));
      assert.deepEqual(await levels('k'.repeat(32)), ['data ok', 'lock ok', 'data-key ok']);
      assert.match((await look('k'.repeat(32))).findings[0]?.text ?? '', /1 clients, 0 orders/);
    });

    it('finds a missing key and a wrong one', async () => {
      await fill('k'.repeat(32));
      assert.deepEqual(await levels(), ['data ok', 'lock ok', 'data-key bad']);
      assert.deepEqual(await levels('w'.repeat(32)), ['data ok', 'lock ok', 'data-key bad']);
    });

    it('finds that the product runs on it, and leaves it alone', async () => {
      const stores = await open();
      try {
        const { findings, state } = await look();
        assert.deepEqual(
          findings.map(({ check, level }) => `${check} ${level}`),
          ['data ok', 'lock ok'],
        );
        assert.match(findings[1]?.text ?? '', new RegExp(`in use by process ${process.pid}`));
        assert.equal(state, undefined);
      } finally {
        await stores.close();
      }
    });

    it('finds damage, with the file and what to do', async () => {
      await fill('k'.repeat(32));
      writeFileSync(join(dataDir(), 'clients.json'), '[]');
      const [finding] = (await look()).findings;
      assert.equal(finding?.level, 'bad');
      assert.match(finding?.text ?? '', /clients\.json/);
      assert.match(finding?.fix ?? '', /store -- verify/);
    });

    it('finds a folder of another release', async () => {
      await fill('k'.repeat(32));
      writeFileSync(join(dataDir(), 'format.json'), '{"format":99}');
      assert.match((await look()).findings[0]?.text ?? '', /format version 99/);
    });

    it('finds records whose format file is gone', async () => {
      await fill('k'.repeat(32));
      writeFileSync(join(dataDir(), 'format.json'), '{"fo');
      assert.equal((await look()).findings[0]?.level, 'bad');
    });

    it('finds a file in its place, and a folder that cannot be written', async () => {
      writeFileSync(dataDir(), '');
      assert.match((await look()).findings[0]?.text ?? '', /is a file/);
      // /proc takes no files, not even root's.
      const { findings } = await lookAtData({ dataDir: '/proc/data', dataKey: undefined }, 0);
      assert.deepEqual(
        [findings[0]?.level, /cannot be written/.test(findings[0]?.text ?? '')],
        ['bad', true],
      );
    });

    it('tells of WhatsApp logins whose bot was deleted, and of none that has one', async () => {
      await fill('a key of at least sixteen characters');
      const stores = await open();
      await stores.transact((tx) => tx.clients.put(aClient('cl_living')));
      await stores.close();
      for (const id of ['cl_living', 'cl_gone____________']) {
        mkdirSync(join(dataDir(), 'sessions', id, 'session'), { recursive: true });
      }
      const { findings } = await look('a key of at least sixteen characters');
      const told = findings.filter(({ level }) => level === 'warn');
      assert.equal(told.length, 1);
      assert.match(told[0]?.text ?? '', /deleted bots are left \(cl_gone____________\)/);
      assert.match(told[0]?.fix ?? '', /Linked devices/);
    });
  });

  describe('on the browser', () => {
    const finding = (more: Partial<Parameters<typeof browserFinding>[0]>) =>
      browserFinding({ config: noBrowserSettings, wish: 'auto', needed: true, ...more });

    it('finds one that starts, and tells its version', async () => {
      const { level, text } = await finding({
        config: { executablePath: browserPath(), chromeArgs: [] },
      });
      assert.equal(level, 'ok');
      assert.match(text, /Chrome\/\d+.* starts$/);
    });

    it('finds that only the large one is there', async () => {
      const { level, fix } = await finding({ installed: { chromium: browserPath() } });
      assert.equal(level, 'warn');
      assert.match(fix ?? '', /chromium-headless-shell/);
    });

    it('finds none: bad where a bot is on WhatsApp, else a warning', async () => {
      assert.equal((await finding({ installed: {} })).level, 'bad');
      assert.equal((await finding({ installed: {}, needed: false })).level, 'warn');
      assert.match((await finding({ installed: {} })).fix ?? '', /apt-get install/);
    });

    it('finds that the one that the settings ask for is not there', async () => {
      const { level, text } = await finding({
        wish: 'headless-shell',
        installed: { chromium: browserPath() },
      });
      assert.equal(level, 'bad');
      assert.match(text, /asks for headless-shell/);
    });

    it('finds a wrong PUPPETEER_EXECUTABLE_PATH', async () => {
      const config = { executablePath: join(folder.path, 'nowhere'), chromeArgs: [] };
      const { level, fix } = await finding({ config });
      assert.equal(level, 'bad');
      assert.match(fix ?? '', /PUPPETEER_EXECUTABLE_PATH/);
    });

    for (const [what, words, advice] of [
      [
        'lacks a library',
        'error while loading shared libraries: libnss3.so: cannot open shared object file',
        /brings the libraries/,
      ],
      ['cannot build its sandbox', '[1:1:ERROR] No usable sandbox! If this is a Debian', /--no-sandbox/],
      ['ends for another reason', 'Segmentation fault', /by hand/],
    ] as const) {
      it(`finds one that ${what}, in its own words`, async () => {
        const program = join(folder.path, 'chromium');
        writeFileSync(program, `#!/bin/sh\necho '${words}' >&2\nexit 127\n`);
        chmodSync(program, 0o700);
        const { level, text, fix } = await finding({ installed: { chromium: program } });
        assert.equal(level, 'bad');
        assert.ok(
          text.includes(
            words
              .slice(words.indexOf(']') + 1)
              .trim()
              .slice(0, 18),
          ),
          text,
        );
        assert.match(fix ?? '', advice);
      });
    }

    it('finds one that never answers', async () => {
      const program = join(folder.path, 'chromium');
      writeFileSync(program, '#!/bin/sh\nexec sleep 60\n');
      chmodSync(program, 0o700);
      const { level, text, fix } = await finding({ installed: { chromium: program }, timeoutMs: 300 });
      assert.equal(level, 'bad');
      assert.match(text, /no sign of life within 0\.3 s/);
      assert.match(fix ?? '', /Try again/);
    });

    it('finds a program that is no browser', async () => {
      const { level, fix } = await finding({ config: { executablePath: '/bin/cat', chromeArgs: [] } });
      assert.equal(level, 'bad');
      assert.match(fix ?? '', /no Chromium: correct PUPPETEER_EXECUTABLE_PATH/);
    });
  });
});
