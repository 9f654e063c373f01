/**
 * Runs the tests: all of them, or the files and folders named (`npm test -- test/stores`); options go on to Node's runner
 * (`npm test -- --test-name-pattern=late`). One run of the runner, so that its closing counts are of everything.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { root } from './lib/steps.mjs';

const TEST_FILE = /\.test\.tsx?$/;
/** They start whole products and browsers: last, when the quick ones have had their say. */
const HEAVY = ['test/browser', 'test/whatsapp-web', 'test/chaos', 'test/e2e'];
/** Test files at a time. More than two products or browsers side by side make each other late on a small machine. */
const concurrency = Math.min(availableParallelism(), 4);
/**
 * No single test, nor all of one file, takes this long, also where the machine has much else to do; a hung one is named instead of
 * holding the run for ever.
 */
const TEST_TIMEOUT_MS = 1_800_000;

function testFiles(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const child = join(path, entry.name);
    if (entry.isDirectory()) return testFiles(child);
    return TEST_FILE.test(entry.name) ? [child] : [];
  });
}

const weight = (file) => HEAVY.findIndex((folder) => file.startsWith(`${folder}/`));
const byWeight = (a, b) => weight(a) - weight(b) || a.localeCompare(b);

const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const missing = named.filter((path) => !existsSync(path));
if (missing.length > 0) {
  console.error(`There is no ${missing.join(', ')}.`);
  process.exit(1);
}
const places = named.length > 0 ? named : [join(root, 'test')];
const files = [...new Set(places.flatMap(testFiles).map((file) => relative(root, file)))].sort(byWeight);
if (files.length === 0) {
  console.error(`No tests (*.test.ts, *.test.tsx) in ${places.join(', ')}.`);
  process.exit(1);
}

const runner = spawn(
  process.execPath,
  [
    '--import',
    'tsx',
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${TEST_TIMEOUT_MS}`,
    ...options,
    ...files,
  ],
  { cwd: root, stdio: 'inherit' },
);
// Ctrl-C reaches the runner too; this process stays to pass its verdict on.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => runner.kill('SIGTERM'));
runner.on('exit', (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1);
});
