import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../helpers/temp.ts';
import { checkCommands, checkLicences, checkLinks, checkVersion } from './checks.ts';
import { judgeAdvisories } from './commands.ts';

const product = fileURLToPath(new URL('../..', import.meta.url));

function project(t: TestContext, files: Readonly<Record<string, string | object>>): string {
  const folder = temporaryFolder('release');
  t.after(folder.remove);
  const all = {
    'package.json': { version: '1.2.0', scripts: { start: 'node x' } },
    'package-lock.json': { version: '1.2.0', packages: {} },
    'CHANGELOG.md': '# Changelog\n\n## Unreleased\n\n## 1.2.0 (2026-11-01)\n\n## 1.1.0\n',
    'docs/one.md': '# One\n',
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder.path, name)), { recursive: true });
    writeFileSync(join(folder.path, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder.path;
}

test('this product is fit for a release: version, licences, links and commands of the documents', () => {
  for (const check of [checkVersion, checkLicences, checkLinks, checkCommands])
    assert.deepEqual(check(product).problems, [], check.name);
});

test('a package of production without a fitting licence is named; those of development and of a free choice pass', (t) => {
  const lock = {
    version: '1.2.0',
    packages: {
      '': {},
      'node_modules/good': {},
      'node_modules/choice': {},
      'node_modules/bad': {},
      'node_modules/none': {},
      'node_modules/tool': { dev: true },
      'node_modules/elsewhere': {},
    },
  };
  const folder = project(t, {
    'package-lock.json': lock,
    'node_modules/good/package.json': { license: 'ISC' },
    'node_modules/choice/package.json': { license: '(GPL-3.0 OR MIT)' },
    'node_modules/bad/package.json': { license: 'AGPL-3.0' },
    'node_modules/none/package.json': {},
    'node_modules/tool/package.json': { license: 'AGPL-3.0' },
  });
  assert.deepEqual(checkLicences(folder).problems, ['bad: AGPL-3.0', 'none: no licence']);
});

test('dead links are found: a missing file, a missing heading, a missing picture; code and other sites are left alone', (t) => {
  const folder = project(t, {
    'README.md':
      '[a](docs/one.md) [b](docs/two.md) [c](docs/one.md#a-heading--more) [d](docs/one.md#other) [e](#here)\n' +
      '<img src="docs/no.png"> [f](https://example.org/x) `[g](nowhere.md)`\n\n```\n[h](nowhere.md)\n# here\n```\n',
    'docs/one.md': '# One\n\n## A heading, `&` more\n',
  });
  assert.deepEqual(checkLinks(folder).problems, [
    'README.md: docs/two.md leads nowhere',
    'README.md: docs/one.md#other: docs/one.md has no such heading',
    'README.md: #here: README.md has no such heading',
    'README.md: docs/no.png leads nowhere',
  ]);
});

test('commands that do not exist are found', (t) => {
  const folder = project(t, {
    'docs/one.md':
      'Run `npm run start`, `npm run stop`, `node dist/supervisor/main.js` and `node dist/worker/old.js`.\n',
    'supervisor/main.ts': '',
  });
  assert.deepEqual(checkCommands(folder).problems, [
    'docs/one.md: there is no "npm run stop"',
    'docs/one.md: there is no dist/worker/old.js',
  ]);
});

test('a version that the changelog or the lock file does not know is found', (t) => {
  const good = project(t, {});
  assert.deepEqual(checkVersion(good).problems, []);
  const bad = project(t, { 'package.json': { version: '1.2.1', scripts: {} } });
  assert.deepEqual(checkVersion(bad).problems, [
    'package-lock.json says 1.2.0, package.json 1.2.1',
    'CHANGELOG.md tells of 1.2.0 (2026-11-01) as the latest, package.json of 1.2.1',
  ]);
});

test('grave advisories fail a release, lesser ones are counted, and silence is not taken for a good answer', () => {
  const answer = { vulnerabilities: { a: { severity: 'high', range: '<2' }, b: { severity: 'low' } } };
  assert.deepEqual(judgeAdvisories(JSON.stringify(answer)), {
    name: 'advisories',
    problems: ['high: a <2'],
    note: 'npm audit; 1 lesser ones',
  });
  for (const silence of ['', '{"message":"405 Method Not Allowed"}']) {
    assert.match(judgeAdvisories(silence).note, /NOT CHECKED/);
  }
});
