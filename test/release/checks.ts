import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { z } from 'zod';
import { type DocPage, docPages } from '../docs/pages.ts';

/** What one check found. No problems: it passed. */
export interface CheckResult {
  readonly name: string;
  readonly problems: readonly string[];
  /** What it looked at, or why it could not look. */
  readonly note: string;
}

const packageSchema = z.object({ version: z.string(), scripts: z.record(z.string(), z.string()) });
const lockSchema = z.object({
  version: z.string(),
  packages: z.record(
    z.string(),
    z.looseObject({
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      link: z.boolean().optional(),
    }),
  ),
});
const readJson = <T>(schema: z.ZodType<T>, path: string): T =>
  schema.parse(JSON.parse(readFileSync(path, 'utf8')));

/** Licences that let the product be used and passed on under MIT, without duties beyond naming them. */
const ALLOWED: ReadonlySet<string> = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-0-Clause',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'Python-2.0',
  'CC0-1.0',
  'Unlicense',
]);
/** Others, each with why it may be there. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  // A library of whatsapp-web.js for stickers, used unchanged as a package of its own, which is what the LGPL asks for.
  ['node-webpmux', 'LGPL-3.0-or-later'],
]);

/** Every package that runs in production has a licence that fits. */
export function checkLicences(root: string): CheckResult {
  const { packages } = readJson(lockSchema, join(root, 'package-lock.json'));
  const problems: string[] = [];
  let count = 0;
  for (const [path, { dev, devOptional, link }] of Object.entries(packages)) {
    const manifest = join(root, path, 'package.json');
    // Of another platform: never installed here.
    if (path === '' || dev || devOptional || link || !existsSync(manifest)) continue;
    count += 1;
    const name = path.replace(/^.*node_modules\//, '');
    const licence = licenceOf(manifest);
    const fits = alternatives(licence).some((one) => ALLOWED.has(one));
    if (!fits && EXCEPTIONS.get(name) !== licence) problems.push(`${name}: ${licence || 'no licence'}`);
  }
  return { name: 'licences', problems, note: `${count} packages of production` };
}

function licenceOf(manifest: string): string {
  const { license, licenses } = readJson(
    z.looseObject({
      license: z.unknown().optional(),
      licenses: z.array(z.looseObject({ type: z.string() })).optional(),
    }),
    manifest,
  );
  if (typeof license === 'string') return license;
  const typed = z.object({ type: z.string() }).safeParse(license);
  return typed.data?.type ?? licenses?.[0]?.type ?? '';
}

/** `(MIT OR GPL-3.0)` lets one choose; `A AND B` is one condition. */
const alternatives = (licence: string): string[] =>
  licence
    .replace(/^\(|\)$/g, '')
    .split(' OR ')
    .map((one) => one.trim());

/** Every link of the documents to a file or a heading of the product leads somewhere. Links to other sites are not followed. */
export function checkLinks(root: string, pages: readonly DocPage[] = docPages(root)): CheckResult {
  let count = 0;
  const problems = pages.flatMap((page) => {
    const prose = withoutCode(page.text);
    const targets = [
      ...[...prose.matchAll(/\]\(([^)\s]+)(?:\s"[^"]*")?\)/g)].map((match) => match[1] ?? ''),
      ...[...prose.matchAll(/\b(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? ''),
    ].filter((target) => !/^[a-z]+:/.test(target));
    count += targets.length;
    return targets.flatMap((target) => {
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? page.path : normalize(join(dirname(page.path), file));
      if (!existsSync(join(root, path))) return [`${page.path}: ${target} leads nowhere`];
      if (anchor === undefined || !path.endsWith('.md')) return [];
      return anchorsOf(readFileSync(join(root, path), 'utf8')).has(anchor)
        ? []
        : [`${page.path}: ${target}: ${path} has no such heading`];
    });
  });
  return { name: 'links', problems, note: `${count} links in ${pages.length} documents` };
}

const withoutCode = (text: string): string =>
  text.replace(/^ *```[\s\S]*?^ *```$/gm, '').replace(/`[^`\n]*`/g, '');

/** Headings as GitHub makes anchors of them. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.replace(/^ *```[\s\S]*?^ *```$/gm, '').matchAll(/^#+ +(.+)$/gm)];
  return new Set(
    headings.map(([, heading = '']) =>
      heading
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );
}

/** Every `npm run …` and every built program that the documents name exists. */
export function checkCommands(root: string, pages: readonly DocPage[] = docPages(root)): CheckResult {
  const { scripts } = readJson(packageSchema, join(root, 'package.json'));
  const problems = new Set<string>();
  let count = 0;
  for (const { path, text } of pages) {
    for (const [, script = ''] of text.matchAll(/\bnpm (?:run |run -s )([a-z][a-z0-9:-]*)/g)) {
      count += 1;
      if (!(script in scripts)) problems.add(`${path}: there is no "npm run ${script}"`);
    }
    for (const [, program = ''] of text.matchAll(/\bdist\/((?:supervisor|worker)\/[\w/-]+)\.js\b/g)) {
      count += 1;
      if (!existsSync(join(root, `${program}.ts`))) problems.add(`${path}: there is no dist/${program}.js`);
    }
    for (const [, script = ''] of text.matchAll(/\bnode (scripts\/[\w/.-]+)/g)) {
      count += 1;
      if (!existsSync(join(root, script))) problems.add(`${path}: there is no ${script}`);
    }
  }
  return {
    name: 'commands',
    problems: [...problems],
    note: `${count} commands in ${pages.length} documents`,
  };
}

/** package.json, the lock file and the changelog tell of the same version. */
export function checkVersion(root: string): CheckResult {
  const { version } = readJson(packageSchema, join(root, 'package.json'));
  const lock = readJson(lockSchema, join(root, 'package-lock.json'));
  const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  const headings = [...changelog.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading);
  const latest = headings.find((heading) => heading !== 'Unreleased');
  const problems = [
    ...(lock.version === version ? [] : [`package-lock.json says ${lock.version}, package.json ${version}`]),
    ...(latest?.startsWith(version) && !/^[\d.]/.test(latest.slice(version.length))
      ? []
      : [`CHANGELOG.md tells of ${latest ?? 'no version'} as the latest, package.json of ${version}`]),
  ];
  return { name: 'version', problems, note: version };
}
