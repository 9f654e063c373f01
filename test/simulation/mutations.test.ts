import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

/** The quick ones; `npm run mutations` plants them all. */
const PLANTED = ['intent-not-durable', 'resend-on-time-out', 'late-success-ignored'];

test('the simulation notices planted bugs', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    'scripts/mutations.mjs',
    '--only',
    PLANTED.join(','),
    '--seeds',
    '3',
  ]);
  assert.match(stdout, /3 of 3 planted bugs were caught/);
});
