import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { restartKinds } from '../../shared/restart.ts';
import { defaultSettings } from '../../shared/settings.ts';
import {
  afterReady,
  cleanHistory,
  decideMemory,
  decideRestart,
  type FailureHistory,
  type FailureKind,
  restartPolicyOf,
  storedHistory,
} from '../../supervisor/workers/restart-policy.ts';

const policy = restartPolicyOf(defaultSettings);

/** `was ready`: the worker had been ready before it failed. */
type Event = FailureKind | `${FailureKind} when ready`;

function decide(history: FailureHistory, event: Event, random = 0) {
  const [kind, wasReady] = event.endsWith(' when ready')
    ? [event.slice(0, -' when ready'.length), true]
    : [event, false];
  return decideRestart(policy, history, { kind: kindOf(kind), wasReady }, random);
}

function kindOf(text: string): FailureKind {
  const kind = kinds.find((known) => known === text);
  assert.ok(kind, text);
  return kind;
}

/** All kinds of ends that are failures; what was asked for is none. */
const kinds = restartKinds.filter((kind) => kind !== 'commanded' && kind !== 'moved');

/** What happens over failures in a row: seconds waited, with the state in between where it is not backing-off. */
function story(events: readonly Event[], history: FailureHistory = cleanHistory, random = 0): string[] {
  let now = history;
  return events.map((event) => {
    const { state, delayMs, history: next } = decide(now, event, random);
    now = next;
    return `${state === 'backing-off' ? '' : `${state} `}${delayMs / 1000}`;
  });
}
const times = (count: number, event: Event): Event[] => Array.from({ length: count }, () => event);

describe('restart policy', () => {
  for (const kind of ['crash', 'hang', 'browser', 'garbage'] as const) {
    it(`brings a worker back from a ${kind} after 5, 10, 15, 20 seconds and never gives it up`, () => {
      assert.deepEqual(story(times(6, `${kind} when ready`)), ['5', '10', '15', '20', '20', '20']);
    });
  }

  for (const kind of ['start-failed', 'hang', 'browser', 'garbage'] as const) {
    it(`retries a start that ended in a ${kind} after 10, 15, 20 seconds, then probes ever more slowly`, () => {
      assert.deepEqual(story(times(10, kind)), [
        '10',
        '15',
        '20',
        'failed 60',
        'failed 120',
        'failed 240',
        'failed 480',
        'failed 960',
        'failed 1800',
        'failed 1800',
      ]);
    });
  }

  it('spreads starts by at most a second of jitter', () => {
    assert.deepEqual(story(times(2, 'start-failed'), cleanHistory, 0.5), ['10.5', '15.5']);
  });

  it('grants all three retries to a start that fails after a crash', () => {
    assert.deepEqual(story(['crash when ready', ...times(4, 'start-failed')]), [
      '5',
      '10',
      '15',
      '20',
      'failed 60',
    ]);
  });

  it('keeps the stored count over ready until ready has held', () => {
    const failed = decide(cleanHistory, 'start-failed').history;
    assert.deepEqual(afterReady(failed), { retryCount: 1, startFailures: 0, memoryRestarted: false });
    assert.deepEqual(story(['crash when ready'], afterReady(failed)), ['10']);
  });

  it('goes on in the slow lane after a restart of the supervisor, with the first probe', () => {
    assert.deepEqual(story(times(2, 'start-failed'), storedHistory(policy, 40)), ['failed 60', 'failed 120']);
    assert.deepEqual(story(['start-failed'], storedHistory(policy, 1)), ['15']);
  });

  it('renews a worker that needed too much memory at once and without counting, unless it does so again', () => {
    assert.deepEqual(story(['memory when ready', 'memory when ready', 'memory when ready']), [
      '0',
      '5',
      '10',
    ]);
    assert.equal(decide(cleanHistory, 'memory when ready').history.retryCount, 0);
    assert.deepEqual(story(['memory', 'memory', 'memory']), ['0', '10', '15']);
  });

  it('lets a worker whose login was lost come back for a new QR code, and counts no failure', () => {
    assert.deepEqual(story(times(3, 'logged-out when ready')), Array(3).fill('logged-out 10'));
    assert.deepEqual(decide(cleanHistory, 'logged-out').history, cleanHistory);
  });

  it('leaves an account that WhatsApp has blocked alone for a day', () => {
    assert.deepEqual(story(['banned when ready', 'banned']), ['failed 86400', 'failed 86400']);
  });

  for (const kind of ['bad-config', 'version'] as const) {
    it(`gives up at once for ${kind}, which no retry can mend, and looks again every half hour`, () => {
      assert.deepEqual(story([kind, kind, 'start-failed']), ['failed 1800', 'failed 1800', 'failed 60']);
    });
  }

  it('takes its values from the settings', () => {
    const changed = restartPolicyOf({ ...defaultSettings, startRetrySeconds: [1], probeMaxMinutes: 1.5 });
    const first = decideRestart(changed, cleanHistory, { kind: 'start-failed', wasReady: false }, 0);
    const second = decideRestart(changed, first.history, { kind: 'start-failed', wasReady: false }, 0);
    const third = decideRestart(changed, second.history, { kind: 'start-failed', wasReady: false }, 0);
    assert.deepEqual(
      [first, second, third].map(({ delayMs }) => delayMs),
      [1_000, 60_000, 90_000],
    );
  });

  it('never waits longer than half an hour but for a ban, and never comes back faster than in a second twice', () => {
    const events = kinds.flatMap((kind): Event[] => [kind, `${kind} when ready`]);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<Event | 'ready'>(...events, 'ready'), { maxLength: 100 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (seen, random) => {
          let history = cleanHistory;
          let atOnce = 0;
          for (const event of seen) {
            if (event === 'ready') {
              history = afterReady(history);
              continue;
            }
            const { delayMs, history: next } = decide(history, event, random);
            assert.ok(event.startsWith('banned') || delayMs <= 1_800_000);
            if (delayMs < 1_000) atOnce += 1;
            assert.ok(next.retryCount >= history.retryCount);
            history = next;
          }
          assert.ok(atOnce <= 1);
        },
      ),
    );
  });
});

describe('memory limits', () => {
  const limits = { softBytes: 100, hardBytes: 200, startBytes: 0 };
  const hour = 3_600_000;
  const look = (bytes: number, runsForMs: number, quietForMs: number) =>
    decideMemory(policy, limits, { bytes, runsForMs, quietForMs });

  it('leave a worker alone that needs no more than it may', () => {
    assert.equal(look(100, hour, hour), 'fine');
  });

  it('renew one above the soft limit once nobody has talked to it for a minute', () => {
    assert.equal(look(101, hour, 59_999), 'fine');
    assert.equal(look(101, hour, 60_000), 'renew');
  });

  it('renew no worker twice within half an hour', () => {
    assert.equal(look(101, hour / 2 - 1, hour), 'fine');
    assert.equal(look(101, hour / 2, hour), 'renew');
  });

  it('end one above the hard limit at once, whoever talks to it', () => {
    assert.equal(look(201, 0, 0), 'end');
  });
});
