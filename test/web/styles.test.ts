import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const web = resolve(import.meta.dirname, '../../web');

function contents(folder: string, ending: string): ReadonlyMap<string, string> {
  const names = readdirSync(join(web, folder), { recursive: true, encoding: 'utf8' });
  return new Map(
    names
      .filter((name) => name.endsWith(ending))
      .map((name) => [name, readFileSync(join(web, folder, name), 'utf8')]),
  );
}

/** The classes that a template names in full; those put together at run time are left out. */
function classesOf(source: string): readonly string[] {
  const fixed = [...source.matchAll(/(?<!:)\bclass="([^"]*)"/g)].map(([, names]) => names ?? '');
  const mixed = [...source.matchAll(/\bclass=\{`([^`]*)`/g)].map(([, names]) =>
    (names ?? '').replaceAll(/[\w-]*\$\{[^}]*\}[\w-]*/g, ' '),
  );
  return [...fixed, ...mixed].flatMap((names) => names.split(/\s+/)).filter((name) => name !== '');
}

const styles = contents('styles', '.css');

test('every class that a page names has a rule in a stylesheet', () => {
  const known = new Set(
    [...styles.values()].flatMap((css) => [...css.matchAll(/\.([a-zA-Z][\w-]*)/g)].map(([, name]) => name)),
  );
  const unknown = [...contents('', '.tsx')].flatMap(([file, source]) =>
    classesOf(source)
      .filter((name) => !known.has(name))
      .map((name) => `${file}: ${name}`),
  );
  assert.deepEqual(unknown, []);
});

test('every stylesheet is loaded by the pages, and none is empty', () => {
  const layout = readFileSync(join(web, 'components/layout.tsx'), 'utf8');
  for (const [name, css] of styles) {
    assert.match(css, /\{/, `${name} says nothing`);
    assert.ok(layout.includes(`'${name.replace('.css', '')}'`), `no page loads ${name}`);
  }
});
