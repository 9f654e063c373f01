/**
 * Plants each bug of scripts/lib/mutations.mjs in a copy of the sources and plays the simulation on it: every bug must be noticed.
 *   npm run mutations [-- --only no-spacing,confirm-twice] [--seeds 45]
 * Prints a table; exits with 1 when a bug survives, or when the sources without one are not clean.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mutations } from './lib/mutations.mjs';
import { root } from './lib/steps.mjs';

const { values } = parseArgs({
  options: { only: { type: 'string' }, seeds: { type: 'string', default: '45' } },
});
/** Worlds in which a bug goes round in circles end with this. */
const TIME_MS = 600_000;
const SOURCES = [
  'shared',
  'supervisor',
  'worker',
  'web',
  'test/simulation',
  'test/helpers',
  'package.json',
  'tsconfig.json',
];

const only = values.only?.split(',');
const chosen = mutations.filter(({ name }) => !only || only.includes(name));
if (chosen.length === 0) throw new Error(`There is no bug called ${values.only}`);

const copy = mkdtempSync(join(tmpdir(), 'airtime-mutations-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const path of SOURCES) cpSync(join(root, path), join(copy, path), { recursive: true });
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

/** Resolves to the first line that says what is wrong, or undefined when all worlds were clean. */
function play(seeds) {
  return new Promise((resolve, reject) => {
    const run = spawn(
      process.execPath,
      ['--import', 'tsx', 'test/simulation/run.ts', '--brief', '--seeds', String(seeds)],
      { cwd: copy, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIME_MS, killSignal: 'SIGKILL' },
    );
    let said = '';
    for (const stream of [run.stdout, run.stderr]) {
      stream.on('data', (chunk) => {
        if (said.length < 1_000_000) said += chunk;
      });
    }
    run.on('close', (code, signal) => {
      try {
        if (code === 0) resolve(undefined);
        else if (signal) resolve('');
        else resolve(problemIn(said));
      } catch (error) {
        reject(error);
      }
    });
  });
}

function problemIn(said) {
  const lines = said.split('\n');
  const seed = /^Seed (\d+) went wrong/m.exec(said)?.[1];
  const problem = seed && lines[lines.findIndex((line) => line.startsWith('Seed ')) + 1]?.trim();
  // That is no bug noticed, but a world that could not be played at all.
  const missing = lines.find((line) => /Cannot find (package|module)/.test(line));
  if (!seed && missing !== undefined)
    throw new Error(`The simulation could not be played: ${missing.trim()}`);
  const crash = lines.find((line) => /^\s*(\w*Error|AppError)\b/.test(line))?.trim();
  return seed
    ? `seed ${seed}: ${problem}`
    : (crash ?? lines.find((line) => line.trim() !== '') ?? 'it failed');
}

function plant({ edits }) {
  for (const [file, from, to] of edits) {
    const path = join(copy, file);
    writeFileSync(path, readFileSync(path, 'utf8').split(from).join(to));
  }
}

/** From the copy's own beginning: the sources may be edited while this runs. */
const originals = new Map(
  mutations.flatMap(({ edits }) => edits.map(([file]) => [file, readFileSync(join(copy, file), 'utf8')])),
);

function restore({ edits }) {
  for (const [file] of edits) writeFileSync(join(copy, file), originals.get(file));
}

// All of them, whichever are chosen: a bug that no longer fits the sources is found at once, not in the long run.
for (const { name, edits } of mutations) {
  for (const [file, from] of edits) {
    const times = originals.get(file).split(from).length - 1;
    if (times !== 1) throw new Error(`${name}: "${from}" stands ${times} times in ${file}`);
  }
}

// Or else every bug would seem to be noticed.
const unclean = await play(only ? 1 : 4);
if (unclean !== undefined) {
  console.error(`The sources are not clean even without a planted bug: ${unclean}`);
  process.exit(1);
}
const survivors = [];
for (const mutation of chosen) {
  const startedAt = performance.now();
  plant(mutation);
  const wrong = await play(values.seeds);
  restore(mutation);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6);
  const caught = wrong !== undefined && wrong !== '';
  if (!caught) survivors.push(mutation.name);
  const verdict = caught ? 'caught    ' : 'NOT CAUGHT';
  console.log(
    `${verdict} ${seconds} s  ${mutation.name.padEnd(32)} ${caught ? wrong.slice(0, 110) : mutation.about}`,
  );
}
console.log(`\n${chosen.length - survivors.length} of ${chosen.length} planted bugs were caught.`);
if (survivors.length > 0) process.exitCode = 1;
