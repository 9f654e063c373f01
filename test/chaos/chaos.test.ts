import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runChaos } from './chaos.ts';

it('the books agree with the ledger after processes were killed at random under load', async (t) => {
  const report = await runChaos({
    seed: 1,
    durationMs: 0,
    minKills: 8,
    killsPerRound: 8,
    say: (line) => t.diagnostic(line),
  });
  assert.deepEqual(report.problems, []);
  t.diagnostic(`seed 1: ${report.kills} kills, ${report.fullDisks} full disks, ${report.orders} orders`);
  assert.ok(report.orders > 0, 'nobody bought anything');
});
