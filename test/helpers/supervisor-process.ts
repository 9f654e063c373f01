import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { descendants, type ProcessInfo } from './processes.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const entry = join(root, 'dist/supervisor/main.js');
const later = new URL('./later.mjs', import.meta.url).href;
const MAX_LINES = 5_000;

const logLineSchema = z.looseObject({
  msg: z.string().optional(),
  url: z.string().optional(),
  signInUrl: z.string().optional(),
});
type LogLine = z.infer<typeof logLineSchema>;

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One run of the built supervisor as a child process: its log, its end, the processes below it. */
export class SupervisorProcess {
  readonly pid: number;
  /** Settles when all that it said has been read: a process may be gone before its last words have come. */
  readonly ended: Promise<Ending>;
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #waiting = new Set<(line: LogLine) => void>();
  #ending: Ending | undefined;

  constructor(env: Readonly<Record<string, string>>, laterByMs: number) {
    if (!existsSync(entry))
      throw new Error('dist/ is not built: run the tests by npm test, or npm run build first');
    this.#child = spawn(process.execPath, [entry], {
      cwd: root,
      // Nothing of this machine's environment decides how a tested product behaves.
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        ...env,
        ...(laterByMs !== 0 ? { NODE_OPTIONS: `--import=${later}?laterByMs=${laterByMs}` } : {}),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (this.#child.pid === undefined) throw new Error('the product could not be started');
    this.pid = this.#child.pid;
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#keep(line));
    }
    this.ended = once(this.#child, 'close').then(() => {
      this.#ending = { code: this.#child.exitCode, signal: this.#child.signalCode };
      return this.#ending;
    });
  }

  /** Undefined while it runs. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Workers, their browsers, and the simulated world while its parent lives. */
  children(): readonly ProcessInfo[] {
    return descendants(this.pid);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The first log line with this message, past or coming; fails when the process ends without it. */
  async line(message: string): Promise<LogLine> {
    const past = this.lines.map(parseLine).find((line) => line?.msg === message);
    if (past) return past;
    let listener: (line: LogLine) => void = () => undefined;
    const coming = new Promise<LogLine>((found) => {
      listener = (line) => {
        if (line.msg === message) found(line);
      };
      this.#waiting.add(listener);
    });
    const ended = this.ended.then(({ code, signal }): LogLine => {
      throw new Error(`the product ended (${signal ?? `exit ${code}`}) without "${message}"\n${this.tail()}`);
    });
    try {
      return await Promise.race([coming, ended]);
    } finally {
      this.#waiting.delete(listener);
      // The race is over; an end that comes later is no failure of this wait.
      ended.catch(() => undefined);
    }
  }

  /** The log's end, without the requests that polling makes. */
  tail(lines = 40): string {
    const telling = this.lines.filter((line) => !line.includes('"msg":"request"'));
    return telling.slice(-lines).join('\n');
  }

  #keep(text: string): void {
    this.lines.push(text);
    if (this.lines.length > MAX_LINES) this.lines.shift();
    if (this.#waiting.size === 0) return;
    const line = parseLine(text);
    if (line) for (const listener of [...this.#waiting]) listener(line);
  }
}

function parseLine(text: string): LogLine | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return logLineSchema.parse(JSON.parse(text));
  } catch (error) {
    // A line cut short by a kill is no line.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
