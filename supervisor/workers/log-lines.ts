import type { Readable } from 'node:stream';
import { SECRET_FIELDS } from '../../shared/logger.ts';
import type { WorkerLogLine } from './types.ts';

/** How many lines of one worker are kept, over its restarts. */
const KEPT_LINES = 200;
/** A longer line is cut: a worker in trouble may print a whole page as one. */
const MAX_LINE_CHARS = 2_000;
const MAX_FIELD_DEPTH = 4;

const secretNames: ReadonlySet<string> = new Set(SECRET_FIELDS);

/** The last lines of one worker, newest last. What a secret field holds is not kept. */
export class WorkerLog {
  #lines: WorkerLogLine[] = [];

  add(line: WorkerLogLine): WorkerLogLine {
    const kept: WorkerLogLine = {
      ...line,
      message: line.message.slice(0, MAX_LINE_CHARS),
      fields: redacted(line.fields, MAX_FIELD_DEPTH),
    };
    this.#lines.push(kept);
    // Cut in batches: shifting two hundred entries for every line would cost more than the lines.
    if (this.#lines.length > 2 * KEPT_LINES) this.#lines = this.#lines.slice(-KEPT_LINES);
    return kept;
  }

  lines(): readonly WorkerLogLine[] {
    return this.#lines.slice(-KEPT_LINES);
  }
}

function redacted(fields: object, depth: number): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      secretNames.has(name) ? '[redacted]' : shortened(value, depth),
    ]),
  );
}

function shortened(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.slice(0, MAX_LINE_CHARS);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return value.slice(0, 20).map((item) => shortened(item, depth - 1));
  return redacted(value, depth - 1);
}

/** Calls `onLine` for each line that a process prints; an endless line comes in pieces, so it cannot fill the memory. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(line.trimEnd());
    if (rest.length > MAX_LINE_CHARS) {
      onLine(rest);
      rest = '';
    }
  });
  stream.on('error', (error) => onLine(`The output broke off: ${error.message}`));
  stream.on('end', () => {
    if (rest.trim() !== '') onLine(rest.trimEnd());
  });
}
