import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { storeFiles } from '../../supervisor/stores/folder.ts';
import { checksum } from '../../supervisor/stores/lines.ts';
import type { MigrationStep } from '../../supervisor/stores/migration/step.ts';

/**
 * A format that never was, to try migrations on: version 0 differs from version 1 in calling an order's number `number` in its snapshots and
 * its journal.
 */
export function asVersionZero(folder: string): void {
  rewrite(folder, folder, { format: 0, from: 'orderNo', to: 'number' });
}

export const toVersionOne: MigrationStep = {
  from: 0,
  async run(from, to) {
    rewrite(from, to, { format: 1, from: 'number', to: 'orderNo' });
  },
};

interface Change {
  readonly format: number;
  readonly from: string;
  readonly to: string;
}

function rewrite(source: string, target: string, change: Change): void {
  for (const name of storeFiles(source)) {
    const text = readFileSync(join(source, name), 'utf8');
    if (name.endsWith('.jsonl') && !name.startsWith('journal-')) {
      if (source !== target) copyFileSync(join(source, name), join(target, name));
    } else if (name === 'format.json') {
      const format = z.record(z.string(), z.json()).parse(JSON.parse(text));
      writeFileSync(join(target, name), JSON.stringify({ ...format, format: change.format }));
    } else {
      const renamed = text.replaceAll(`{"${change.from}":`, `{"${change.to}":`);
      const lines = renamed.split('\n');
      const sound = name.startsWith('journal-')
        ? lines.map(journalLine)
        : snapshotLines(lines, change.format);
      writeFileSync(join(target, name), sound.join('\n'));
    }
  }
}

function journalLine(line: string): string {
  const json = line.slice(line.indexOf(' ', 9) + 1);
  return line === '' ? line : `${checksum(json)} ${Buffer.byteLength(json)} ${json}`;
}

function snapshotLines(lines: readonly string[], format: number): string[] {
  const framed = (start: string, json: string, end: string): string =>
    `${start}${checksum(json)}",${json}${end}`;
  const between = (line: string, start: string, end: string): string =>
    line.slice(start.length + 10, line.length - end.length);
  const records = lines
    .slice(
      1,
      lines.findIndex((line) => line.startsWith(']')),
    )
    .map((line) => {
      const end = line.endsWith(',') ? '],' : ']';
      return framed('["', between(line, '["', end), end);
    });
  const headerEnd = '],"records":[';
  const header = between(lines[0] ?? '', '{"header":["', headerEnd).replace(
    /"format":\d/,
    `"format":${format}`,
  );
  let sum = Buffer.alloc(0);
  for (const record of records) sum = Buffer.concat([sum, Buffer.from(record.slice(2, 10))]);
  const footer = JSON.stringify({
    count: records.length,
    lines: records.length === 0 ? '00000000' : checksum(sum),
  });
  return [framed('{"header":["', header, headerEnd), ...records, framed('],"footer":["', footer, ']}'), ''];
}
