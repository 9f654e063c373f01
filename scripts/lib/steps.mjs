import { spawn } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** A set-up step that cannot go on; the message tells a person what to do. */
export class StepError extends Error {}

/** Says what is being done, does it, says how long it took. */
export async function step(title, work) {
  const startedAt = performance.now();
  console.log(`• ${title} …`);
  const result = await work();
  console.log(`✔ ${title} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  return result;
}

/**
 * Runs a command in the repository's root.
 * @returns its exit code, and the end of what it printed; it is shown as it comes unless `quiet`.
 */
export function run(command, args, { quiet = false, env = {} } = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (stream) => (chunk) => {
      output = (output + chunk).slice(-20_000);
      if (!quiet) stream.write(chunk);
    };
    child.stdout.on('data', keep(process.stdout));
    child.stderr.on('data', keep(process.stderr));
    child.on('error', (error) => done({ code: 127, output: error.message }));
    child.on('close', (code, signal) =>
      done({ code: code ?? 1, output: signal ? `${output}\n${signal}` : output }),
    );
  });
}
