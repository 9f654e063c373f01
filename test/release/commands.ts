import { spawn } from 'node:child_process';
import { z } from 'zod';
import type { CheckResult } from './checks.ts';

/** Runs a program to its end. */
function run(
  root: string,
  program: string,
  args: readonly string[],
): Promise<{ code: number | null; output: string; stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, output: `${stdout}${stderr}` }));
  });
}

/** knip: no file, export or package that nothing uses. */
export async function checkUnused(root: string): Promise<CheckResult> {
  const { code, output } = await run(root, 'npx', ['knip', '--no-config-hints']);
  const problems =
    code === 0 ? [] : output.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('npm warn'));
  return { name: 'unused code', problems, note: 'knip' };
}

/** Every package takes the Node that this runs on: a warning at each install hides the ones that matter. */
export async function checkNode(root: string): Promise<CheckResult> {
  const { code, output } = await run(root, 'npm', ['ci', '--dry-run', '--ignore-scripts', '--engine-strict']);
  const errors = output.split('\n').filter((line) => line.startsWith('npm error'));
  return { name: 'Node', problems: code === 0 ? [] : errors, note: `npm ci on ${process.version}` };
}

const auditSchema = z.object({
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string(), range: z.string().optional() })),
});
const GRAVE: ReadonlySet<string> = new Set(['high', 'critical']);

/** Advisories about the packages of production, where the registry tells of them. */
export async function checkAdvisories(root: string): Promise<CheckResult> {
  const { stdout } = await run(root, 'npm', ['audit', '--omit=dev', '--json']);
  return judgeAdvisories(stdout);
}

/** Pure. @param answer what `npm audit --json` printed */
export function judgeAdvisories(answer: string): CheckResult {
  const name = 'advisories';
  const read = readAudit(answer);
  if (!read) return { name, problems: [], note: 'NOT CHECKED: the registry answers no npm audit from here' };
  const known = Object.entries(read.vulnerabilities).map(([pack, { severity, range = '' }]) => ({
    severity,
    text: `${severity}: ${pack} ${range}`.trim(),
  }));
  const grave = known.filter(({ severity }) => GRAVE.has(severity));
  const others = known.length - grave.length;
  return { name, problems: grave.map(({ text }) => text), note: `npm audit; ${others} lesser ones` };
}

function readAudit(answer: string): z.infer<typeof auditSchema> | undefined {
  try {
    return auditSchema.safeParse(JSON.parse(answer)).data;
  } catch {
    return undefined;
  }
}
