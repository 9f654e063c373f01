import '../../shared/require-node.ts';
import { parseArgs } from 'node:util';
import { systemClock } from '../../shared/clock.ts';
import { errorText } from '../../shared/errors.ts';
import { examine } from './doctor.ts';
import type { Finding } from './finding.ts';

/** `npm run doctor`: looks at everything that the product needs, and says what to do. Exit codes: see USAGE. */

const USAGE = `Usage: npm run doctor [-- --json]

  Looks at the environment, Node, the libraries, memory, the disk, the data folder and its key, the browser (starts it once), the
  way to Shadow Pay, Statum and WhatsApp Web, and the clock. Changes nothing, and may run beside the product.

  --json   the findings for programs: { "ok", "findings": [{ "check", "level": "ok"|"warn"|"bad", "text", "fix"? }] }

Exit codes: 0 = all that is needed is there (there may be warnings), 1 = something will not work, 2 = wrong usage.
`;

const MARKS = { ok: '✔', warn: '!', bad: '✖' } as const;

function inWords(findings: readonly Finding[]): string {
  const lines = findings.map(({ check, level, text, fix }) => {
    const advice = fix === undefined ? '' : `\n               → ${fix}`;
    return `${MARKS[level]} ${check.padEnd(12)} ${text.replaceAll('\n', '\n               ')}${advice}`;
  });
  const count = (level: Finding['level']): number => findings.filter((each) => each.level === level).length;
  const [wrong, warned] = [count('bad'), count('warn')];
  const verdict =
    wrong > 0
      ? `${wrong} will not work, ${warned} to look at.`
      : warned > 0
        ? `Nothing keeps it from starting; ${warned} to look at.`
        : 'All is well.';
  return `${lines.join('\n')}\n\n${verdict}\n`;
}

function wantsJson(): boolean | undefined {
  try {
    return parseArgs({ options: { json: { type: 'boolean', default: false } } }).values.json;
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n\n${USAGE}`);
    return undefined;
  }
}

const json = wantsJson();
if (json === undefined) {
  process.exitCode = 2;
} else {
  const findings = await examine({ env: process.env, clock: systemClock });
  const fine = findings.every(({ level }) => level !== 'bad');
  process.stdout.write(json ? `${JSON.stringify({ ok: fine, findings }, null, 2)}\n` : inWords(findings));
  process.exitCode = fine ? 0 : 1;
}
