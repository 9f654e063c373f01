/**
 * Checks that imports point down the layout's list only (docs/architecture.md, "Folders"); type-only imports count as well,
 * because what knows another part's types changes with it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root as repository } from './lib/steps.mjs';

/** Each part may import itself and those after it. */
const ORDER = ['supervisor', 'worker', 'web', 'shared'];
const SUPERVISOR_ORDER = [
  '(root)',
  'http',
  'doctor',
  'alerts',
  'workers',
  'privacy',
  'chats',
  'orders',
  'gateways',
  'secrets',
  'stores',
  'sandbox',
];
/** Files beside the composition root that know of nothing but shared/, so that every part of the supervisor may use them. */
const SUPERVISOR_LEAVES = new Set(['supervisor/config.ts', 'supervisor/log.ts']);

/** Imports that go up although they should not, each with its reason. */
const EXCEPTIONS = new Map([]);

const IMPORT =
  /(?:^|[;}\n])\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|[;}\n])\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;

/** @returns what `text` imports, as written. */
export function importsOf(text) {
  const code = text.replace(/^\s*(?:\/\/.*|\/?\*.*)$/gm, '');
  return [...code.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3]);
}

/** @returns the rule that an import breaks, or undefined. Paths are relative to the repository, with slashes. */
export function brokenRule(from, to) {
  const [fromPart, toPart] = [from, to].map((path) => path.split('/')[0]);
  if (!ORDER.includes(fromPart)) return undefined;
  if (!ORDER.includes(toPart)) return `the product does not import from ${toPart}/`;
  if (ORDER.indexOf(toPart) < ORDER.indexOf(fromPart))
    return `${ORDER.join(' > ')}: ${fromPart}/ must not import ${toPart}/`;
  if (toPart === 'web' && fromPart !== 'web' && !from.startsWith('supervisor/http/'))
    return 'web/ draws what supervisor/http/ serves; nobody else imports it';
  if (fromPart !== 'supervisor' || toPart !== 'supervisor') return undefined;
  if (SUPERVISOR_LEAVES.has(to)) return undefined;
  if (SUPERVISOR_LEAVES.has(from)) return `${from} is used by every part, so it imports from shared/ only`;
  const [fromConcern, toConcern] = [from, to].map(concernOf);
  if (SUPERVISOR_ORDER.indexOf(toConcern) >= SUPERVISOR_ORDER.indexOf(fromConcern)) return undefined;
  return `${SUPERVISOR_ORDER.join(' > ')}: ${fromConcern} must not import ${toConcern}`;
}

function concernOf(path) {
  const parts = path.split('/');
  const concern = parts.length > 2 ? parts[1] : '(root)';
  if (!SUPERVISOR_ORDER.includes(concern))
    throw new Error(`${path}: supervisor/${concern}/ has no place in scripts/check-imports.mjs`);
  return concern;
}

/** @returns one line per import below `root` that points up. */
export function findProblems(root) {
  const problems = [];
  for (const file of ORDER.flatMap((part) => sources(root, part))) {
    for (const written of importsOf(readFileSync(join(root, file), 'utf8'))) {
      if (!written.startsWith('.')) continue;
      const to = posix.normalize(posix.join(dirname(file), written));
      const rule = brokenRule(file, to);
      if (rule && !EXCEPTIONS.has(`${file} → ${to}`)) problems.push(`${file} imports ${to} (${rule})`);
    }
  }
  return problems;
}

function sources(root, part) {
  return readdirSync(join(root, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const problems = findProblems(repository);
  for (const problem of problems) console.error(`✖ ${problem}`);
  if (problems.length > 0) {
    console.error(
      `${problems.length} import${problems.length === 1 ? '' : 's'} against the direction of the layout.`,
    );
    process.exitCode = 1;
  }
}
