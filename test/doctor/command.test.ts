import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { systemClock } from '../../shared/clock.ts';
import { examine } from '../../supervisor/doctor/doctor.ts';
import { checkNames } from '../../supervisor/doctor/finding.ts';
import { browserPath } from '../helpers/browser.ts';
import { temporaryFolder } from '../helpers/temp.ts';

const root = resolve(import.meta.dirname, '../..');
const answerSchema = z.object({
  ok: z.boolean(),
  findings: z.array(
    z.object({
      check: z.enum(checkNames),
      level: z.enum(['ok', 'warn', 'bad']),
      text: z.string().min(1),
      fix: z.string().min(1).optional(),
    }),
  ),
});

describe('npm run doctor, on the built product', () => {
  const folder = temporaryFolder('doctor-command');
  const server = createServer((_, response) => response.end());
  let env: Record<string, string>;

  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const url = `http://127.0.0.1:${address.port}/`;
    env = {
      DATA_DIR: join(folder.path, 'data'),
      PUPPETEER_EXECUTABLE_PATH: browserPath(),
      SHADOW_PAY_BASE_URL: url,
      STATUM_BASE_URL: url,
    };
  });

  after(() => {
    server.close();
    folder.remove();
  });

  async function doctor(args: readonly string[], more: Record<string, string> = {}) {
    const child = spawn(process.execPath, [join(root, 'dist/supervisor/doctor/cli.js'), ...args], {
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    return { code: child.exitCode, out, err };
  }

  it('finds nothing that will not work, and leaves nothing behind', async () => {
    const { code, out } = await doctor(['--json']);
    const { ok, findings } = answerSchema.parse(JSON.parse(out));
    assert.deepEqual([code, ok], [0, true], out);
    assert.equal(findings.find(({ check }) => check === 'browser')?.level, 'ok');
    assert.equal(existsSync(join(folder.path, 'data')), false);
  });

  it('says in words what will not work and what to do, and exits with 1', async () => {
    const { code, out } = await doctor([], {
      PORT: '70000',
      PUPPETEER_EXECUTABLE_PATH: '/nowhere/chrome',
    });
    assert.equal(code, 1);
    assert.match(out, /✖ environment .*\n.*PORT must be a port number.*\n\s+→ Correct/);
    assert.match(out, /will not work/);
  });

  it('refuses options that it does not know', async () => {
    const { code, err } = await doctor(['--jsn']);
    assert.equal(code, 2);
    assert.match(err, /Usage: npm run doctor/);
  });

  it('looks at everything once, and misses the public address in production', async () => {
    const production = { ...env, NODE_ENV: 'production', ADMIN_UI_TOKEN: 'x'.repeat(24) };
    const url = env.STATUM_BASE_URL ?? '';
    const told: string[] = [];
    const findings = await examine({
      env: production,
      clock: systemClock,
      whatsappUrl: url,
      onFinding: ({ check }) => told.push(check),
    });
    const checks = findings.map(({ check }) => check);
    assert.equal(new Set(checks).size, checks.length);
    assert.deepEqual(told, checks);
    // There is no data folder yet, so no lock and no key.
    assert.deepEqual(
      checkNames.filter((name) => !checks.includes(name)),
      ['lock', 'data-key'],
    );
    assert.match(findings[0]?.text ?? '', /BASE_URL is not set/);
    assert.equal(findings.find(({ check }) => check === 'clock')?.level, 'ok');
  });
});
