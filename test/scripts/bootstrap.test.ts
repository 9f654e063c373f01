import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { browserPath } from '../helpers/browser.ts';
import { newProject, type Project } from './project.ts';

/** Stands in for npm: notes each call, then does to node_modules what the test's NPM_DOES says. */
const FAKE_NPM = `#!/usr/bin/env node
const { appendFileSync, cpSync, mkdirSync } = require('node:fs');
appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n');
if (process.env.NPM_SAYS) { console.error(process.env.NPM_SAYS); process.exit(1); }
mkdirSync('node_modules', { recursive: true });
cpSync('package-lock.json', 'node_modules/.package-lock.json');
`;

const lockOf = (version: string, more = {}) =>
  JSON.stringify({ packages: { '': { name: 'x' }, 'node_modules/a': { version }, ...more } });

describe('the bootstrap', () => {
  let project: Project;
  const bootstrap = (env: Record<string, string> = {}, nodeArgs: string[] = [], goal = 'check') =>
    project.run(process.execPath, [...nodeArgs, 'scripts/bootstrap.mjs', goal], {
      PATH: `${join(project.path, 'bin')}:${process.env.PATH}`,
      ...env,
    });
  const npmCalls = () => {
    const file = join(project.path, 'npm-calls');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  };

  beforeEach(() => {
    project = newProject();
    project.write('bin/npm', FAKE_NPM);
    chmodSync(join(project.path, 'bin/npm'), 0o755);
    project.write('package-lock.json', lockOf('1.0.0'));
  });
  afterEach(() => project.remove());

  it('installs the packages once, and again only when the lock file asks for others', async () => {
    assert.match((await bootstrap()).output, /installing packages/);
    assert.equal((await bootstrap()).output, '');
    assert.equal(npmCalls().length, 1);
    project.write('package-lock.json', lockOf('1.0.1'));
    await bootstrap();
    assert.equal(npmCalls().length, 2);
  });

  it('is content when only packages for other platforms are missing', async () => {
    await bootstrap();
    const other = { 'node_modules/b': { version: '1.0.0', optional: true, os: ['other'] } };
    project.write('package-lock.json', lockOf('1.0.0', other));
    assert.equal((await bootstrap()).output, '');
  });

  it('runs no install script and brings the build tools even where production is set', async () => {
    await bootstrap({ NODE_ENV: 'production' });
    assert.match(npmCalls()[0] ?? '', /^ci .*--ignore-scripts.*--include=dev/);
  });

  it('started twice at once installs once', async () => {
    const both = await Promise.all([bootstrap(), bootstrap()]);
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
    );
    assert.equal(npmCalls().length, 1);
  });

  it('takes over the lock of one that was killed', async () => {
    const dead = await project.run(process.execPath, ['-p', 'process.pid']);
    project.write('.cache/bootstrap.lock', dead.output.trim());
    assert.equal((await bootstrap()).code, 0);
    assert.equal(existsSync(join(project.path, '.cache/bootstrap.lock')), false);
  });

  it('without network says so in a sentence, and fails', async () => {
    const { code, output } = await bootstrap({ NPM_SAYS: 'npm error code ENOTFOUND' });
    assert.equal(code, 1);
    assert.match(output, /registry cannot be reached/);
  });

  it('on an old Node names the version that it needs', async () => {
    const old = `Object.defineProperty(process,'versions',{value:{...process.versions,node:'18.20.0'}})`;
    const { code, output } = await bootstrap({}, [
      '--import',
      `data:text/javascript,${encodeURIComponent(old)}`,
    ]);
    assert.equal(code, 1);
    assert.match(output, /Node 18\.20\.0 is too old: this needs 20\.19/);
    assert.equal(npmCalls().length, 0);
  });
});

describe('the build', () => {
  let project: Project;
  const build = () => project.run(process.execPath, ['scripts/build.mjs']);
  // No npm can be found: nothing may touch the real packages that this project borrows.
  const bootstrapStart = () =>
    project.run(process.execPath, ['scripts/bootstrap.mjs', 'start'], { PATH: project.path });
  const built = () => readFileSync(join(project.path, 'dist/shared/value.js'), 'utf8');

  beforeEach(() => {
    project = newProject({ realPackages: true });
    const compilerOptions = {
      target: 'ES2023',
      module: 'NodeNext',
      strict: true,
      outDir: 'dist',
      rootDir: '.',
      types: [],
      noEmit: false,
    };
    project.write('tsconfig.build.json', JSON.stringify({ compilerOptions, include: ['shared'] }));
    project.write('package.json', '{"type":"module"}');
    project.write(
      'package-lock.json',
      readFileSync(join(project.path, 'node_modules/.package-lock.json'), 'utf8'),
    );
    project.write('shared/value.ts', 'export const value: number = 1;\n');
  });
  afterEach(() => project.remove());

  it('is made when sources have changed, and not otherwise', async () => {
    assert.match((await bootstrapStart()).output, /building/);
    assert.equal((await bootstrapStart()).output, '');
    project.write('shared/value.ts', 'export const value: number = 2;\n');
    assert.match((await bootstrapStart()).output, /building/);
    assert.match(built(), /value = 2/);
  });

  it('that fails leaves the one that worked', async () => {
    await build();
    project.write('shared/value.ts', "export const value: number = 'two';\n");
    const { code, output } = await build();
    assert.notEqual(code, 0);
    assert.match(output, /shared\/value\.ts/);
    assert.match(built(), /value = 1/);
  });

  it('copies styles, public files and the listed vendor files', async () => {
    project.write('web/styles/base.css', 'body {}');
    project.write('web/public/icon.svg', '<svg/>');
    project.write('vendor/lib.js', '1;');
    project.write('web/assets.json', JSON.stringify([{ from: 'vendor/lib.js', to: 'vendor/lib.js' }]));
    assert.equal((await build()).code, 0);
    for (const file of ['styles/base.css', 'icon.svg', 'vendor/lib.js']) {
      assert.ok(existsSync(join(project.path, 'dist/web/assets', file)), file);
    }
  });

  it('is followed, for tests, by finding a browser that starts; a wrong one is named', async () => {
    const withBrowser = (path: string) =>
      project.run(process.execPath, ['scripts/bootstrap.mjs', 'test'], {
        PATH: project.path,
        PUPPETEER_EXECUTABLE_PATH: path,
      });
    const wrong = await withBrowser('/nowhere/chrome');
    assert.equal(wrong.code, 1);
    assert.match(wrong.output, /PUPPETEER_EXECUTABLE_PATH names \/nowhere\/chrome/);
    assert.equal((await withBrowser(browserPath())).code, 0);
    const found = JSON.parse(readFileSync(join(project.path, '.cache/browser.json'), 'utf8'));
    assert.equal(found.path, browserPath());
  });

  it('refuses a vendor file that would land outside the assets', async () => {
    project.write('vendor/lib.js', '1;');
    project.write('web/assets.json', JSON.stringify([{ from: 'vendor/lib.js', to: '../../../lib.js' }]));
    const { code, output } = await build();
    assert.notEqual(code, 0);
    assert.match(output, /leads out of the assets folder/);
  });
});
