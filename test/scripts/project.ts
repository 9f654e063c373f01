import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../helpers/temp.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** A small project in a temporary folder with the real scripts, for running them where nothing can be broken. */
export interface Project {
  readonly path: string;
  write(file: string, text: string): void;
  run(command: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Finished>;
  remove(): void;
}

export function newProject({ realPackages = false } = {}): Project {
  const folder = temporaryFolder('scripts');
  cpSync(join(root, 'scripts'), join(folder.path, 'scripts'), { recursive: true });
  if (realPackages) symlinkSync(join(root, 'node_modules'), join(folder.path, 'node_modules'));
  return {
    path: folder.path,
    remove: folder.remove,
    write(file, text) {
      mkdirSync(dirname(join(folder.path, file)), { recursive: true });
      writeFileSync(join(folder.path, file), text);
    },
    run: (command, args, env = {}) =>
      new Promise((done, failed) => {
        // The runner's own variables would make a nested run report to it instead of speaking for itself.
        const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
        const child = spawn(command, [...args], { cwd: folder.path, env: { ...inherited, ...env } });
        let output = '';
        for (const stream of [child.stdout, child.stderr]) {
          stream.setEncoding('utf8').on('data', (chunk: string) => {
            output += chunk;
          });
        }
        child.on('error', failed);
        child.on('close', (code) => done({ code, output }));
      }),
  };
}
