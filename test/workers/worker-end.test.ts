import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyEnd, type LifeFacts } from '../../supervisor/workers/worker-end.ts';
import type { WorkerExit } from '../../supervisor/workers/worker-process.ts';

const served: LifeFacts = { wasReady: true, ending: false, asked: undefined, lastWords: undefined };
const starting: LifeFacts = { ...served, wasReady: false };
const exited: WorkerExit = {
  text: 'exited with code 1',
  givenUp: undefined,
  outOfMemory: false,
  exitCode: 1,
  signal: undefined,
};

describe('the end of a worker is put down to', () => {
  for (const [what, facts, exit, kind, detail] of [
    ['a crash, when it had been ready', served, exited, 'crash', 'The worker exited with code 1'],
    ['a failed start, when it had not', starting, exited, 'start-failed', 'The worker exited with code 1'],
    [
      'memory, when V8 said so',
      served,
      { ...exited, outOfMemory: true },
      'memory',
      'The worker exited with code 1',
    ],
    [
      'what it said itself',
      { ...served, lastWords: { reason: 'The browser ended', cause: 'browser' } },
      exited,
      'browser',
      'The browser ended',
    ],
    [
      'a crash in its own words, when it named no cause',
      { ...served, lastWords: { reason: 'Something is odd', cause: undefined } },
      exited,
      'crash',
      'Something is odd',
    ],
    [
      'a hang, when it was given up, whatever it said before',
      { ...served, lastWords: { reason: undefined, cause: 'browser' } },
      { ...exited, givenUp: 'hang', text: 'gave no heartbeat for 15 s; was ended by SIGKILL' },
      'hang',
      'The worker gave no heartbeat for 15 s; was ended by SIGKILL',
    ],
  ] as const)
    it(what, () => {
      const end = classifyEnd(facts, exit);
      assert.deepEqual(end.note, { kind, detail });
      assert.deepEqual(end.failure, { kind, wasReady: facts.wasReady, reason: detail });
    });

  it('whoever asked for it, and then it is no failure', () => {
    const asked = { kind: 'commanded', detail: 'Restarted by Ann' } as const;
    const lastWords = { reason: 'The browser ended', cause: 'browser' } as const;
    const end = classifyEnd({ ...served, ending: true, asked, lastWords }, exited);
    assert.deepEqual(end, { note: asked, failure: undefined });
  });

  it('nothing, when it was only stopped', () => {
    assert.deepEqual(classifyEnd({ ...served, ending: true }, exited), {
      note: undefined,
      failure: undefined,
    });
  });

  it('the hang of one that was asked to end and did not; still no failure', () => {
    const end = classifyEnd({ ...served, ending: true }, { ...exited, givenUp: 'hang', text: 'hung' });
    assert.deepEqual(end, { note: { kind: 'hang', detail: 'The worker hung' }, failure: undefined });
  });
});
