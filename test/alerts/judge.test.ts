import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DAY_MS, MINUTE_MS } from '../../shared/clock.ts';
import { defaultSettings } from '../../shared/settings.ts';
import type { BotFacts, Facts } from '../../supervisor/alerts/facts.ts';
import { judge } from '../../supervisor/alerts/judge.ts';
import { diagnose } from '../../worker/chat/whatsapp/diagnosis.ts';
import { aClient } from '../helpers/a-client.ts';
import { anAlert } from '../helpers/an-alert.ts';

const NOW = 1_700_000_000_000;

const facts = (changes: Partial<Facts> = {}): Facts => ({
  now: NOW,
  settings: defaultSettings,
  bots: [],
  floats: [],
  orders: [],
  storage: { writable: true, low: false },
  gateways: [],
  clockOffsetsMs: new Map(),
  open: new Set(),
  ...changes,
});

const bot = (worker: BotFacts['worker'], changes: Partial<BotFacts> = {}): BotFacts => ({
  client: aClient('cl_1', { name: 'Duka Moja', mode: 'live', phone: '254700000001' }),
  worker,
  ...changes,
});

/** Kind and severity of what is found. */
const found = (changes: Partial<Facts>): string[] =>
  judge(facts(changes)).conditions.map(({ kind, severity }) => `${kind} ${severity}`);

describe('a bot', () => {
  it('that is ready, stopped by a person, or never scanned yet is no news', () => {
    const stopped = aClient('cl_1', { desired: 'stopped', phone: '254700000001' });
    const fresh = aClient('cl_1', { mode: 'live' });
    for (const one of [
      bot({ state: 'ready' }),
      bot({ state: 'failed' }, { client: stopped }),
      bot({ state: 'awaiting-scan' }, { client: fresh }),
      bot({ state: 'logged-out' }, { client: fresh }),
    ])
      assert.deepEqual(judge(facts({ bots: [one] })).conditions, []);
  });

  it('that was given up, unlinked, banned, or does not understand WhatsApp any more is told of at once', () => {
    const changed = diagnose(new Error('WWebJS.sendMessage is not a function')).text;
    assert.deepEqual(found({ bots: [bot({ state: 'failed', stateReason: 'The worker exited' })] }), [
      'bot-failed critical',
    ]);
    assert.deepEqual(found({ bots: [bot({ state: 'awaiting-scan' })] }), ['bot-logged-out critical']);
    assert.deepEqual(found({ bots: [bot({ state: 'logged-out' })] }), ['bot-logged-out critical']);
    assert.deepEqual(found({ bots: [bot({ state: 'failed' }, { lastEnd: 'banned' })] }), [
      'bot-banned critical',
    ]);
    assert.deepEqual(found({ bots: [bot({ state: 'backing-off', stateReason: changed })] }), [
      'whatsapp-changed critical',
    ]);
  });

  it('whose new QR code was asked for by a person is no news to him', () => {
    assert.deepEqual(found({ bots: [bot({ state: 'awaiting-scan' }, { lastEnd: 'commanded' })] }), []);
  });

  it('that is being helped is told of only when it takes long, and an alert about it stays meanwhile', () => {
    for (const state of ['starting', 'authenticating', 'reconnecting', 'backing-off'] as const) {
      const soon = judge(facts({ bots: [bot({ state }, { notReadySince: NOW - 4 * MINUTE_MS })] }));
      assert.deepEqual([soon.conditions, [...soon.unclear]], [[], ['bot:cl_1']]);
      assert.deepEqual(found({ bots: [bot({ state }, { notReadySince: NOW - 5 * MINUTE_MS })] }), [
        'bot-down warning',
      ]);
      const probing = judge(
        facts({ bots: [bot({ state }, { notReadySince: NOW - DAY_MS })], open: new Set(['bot:cl_1']) }),
      );
      assert.deepEqual([probing.conditions, [...probing.unclear]], [[], ['bot:cl_1']]);
    }
  });

  it('ends its alert as recovered, as stopped by a person, or as removed', () => {
    const alert = anAlert();
    const ending = (bots: readonly BotFacts[]) => judge(facts({ bots })).endingOf(alert);
    assert.equal(ending([bot({ state: 'ready' })]), 'recovered');
    assert.equal(
      ending([bot({ state: 'stopped' }, { client: aClient('cl_1', { desired: 'stopped' }) })]),
      'stopped',
    );
    assert.equal(ending([]), 'removed');
  });
});

describe('the float', () => {
  const float = (balanceKes: number | undefined, reservedKes = 0) => ({
    source: 'platform:statum',
    reservedKes,
    low: false,
    ...(balanceKes !== undefined && { balanceKes }),
  });

  it('is low below the setting, what is promised to open orders left out', () => {
    assert.deepEqual(found({ floats: [float(1_000)] }), []);
    assert.deepEqual(found({ floats: [float(999.99)] }), ['float-low warning']);
    assert.deepEqual(found({ floats: [float(1_500, 501)] }), ['float-low warning']);
    assert.deepEqual(found({ floats: [float(500, 500)] }), ['float-low critical']);
  });

  it('once low it counts as topped up only when it is well above', () => {
    const open = new Set(['float-low:platform:statum']);
    assert.deepEqual(found({ floats: [float(1_199)], open }), ['float-low warning']);
    assert.deepEqual(found({ floats: [float(1_200)], open }), []);
  });

  it('of which nothing is known is neither low nor topped up', () => {
    const { conditions, unclear } = judge(facts({ floats: [float(undefined)] }));
    assert.deepEqual([conditions, [...unclear]], [[], ['float-low:platform:statum']]);
  });

  it("of a client's own keys is that client's matter, a shared one the platform's", () => {
    const own = { ...float(0), source: 'client:cl_1:statum' };
    const { conditions } = judge(facts({ floats: [own, float(0)], bots: [bot({ state: 'ready' })] }));
    assert.deepEqual(
      conditions.map(({ clientId, title }) => [clientId, title]),
      [
        ['cl_1', 'Duka Moja: airtime float is low: KES 0 left'],
        [null, "The platform's airtime float is low: KES 0 left"],
      ],
    );
  });
});

describe('orders that need attention', () => {
  const order = (n: number, waitsForFloatOf?: string) => ({
    orderNo: `A234567${n}`,
    clientId: 'cl_1',
    amountKes: 50,
    reason: 'paid, airtime refused',
    ...(waitsForFloatOf !== undefined && { waitsForFloatOf }),
  });

  it('are one alert for many, and those that wait for float are another', () => {
    const orders = [...[1, 2, 3, 4, 5, 6].map((n) => order(n)), order(7, 'simulated'), order(8, 'simulated')];
    const { conditions } = judge(facts({ orders, bots: [bot({ state: 'ready' })] }));
    assert.deepEqual(
      conditions.map(({ key, title, count }) => [key, title, count]),
      [
        ['float-empty:simulated', '2 paid orders wait for airtime float', 2],
        ['orders:cl_1', 'Duka Moja: 6 orders need attention', 6],
      ],
    );
    assert.match(conditions[1]?.text ?? '', /A2345675 \(KES 50, paid, airtime refused\) and 1 more\./);
  });
});

describe('the platform', () => {
  it('warns of a disk that fills up before selling stops', () => {
    const storage = (changes: object) => ({ storage: { writable: true, low: false, ...changes } });
    assert.deepEqual(found(storage({ freeBytes: 500_000_000 })), []);
    assert.deepEqual(found(storage({ freeBytes: 499_000_000 })), ['storage warning']);
    assert.deepEqual(found(storage({ low: true, freeBytes: 0 })), ['storage critical']);
    assert.deepEqual(found(storage({ writable: false })), ['storage critical']);
  });

  it('says since when a gateway has not worked, but not after one failure, nor of one that was not asked lately', () => {
    const health = {
      gateway: 'statum',
      setId: 'platform:statum',
      lastCallAt: NOW,
      failingSince: NOW - 3 * MINUTE_MS,
      failuresInARow: 2,
      problem: 'no answer: time-out',
      keysRefused: false,
    } as const;
    assert.deepEqual(found({ gateways: [health] }), ['gateway-unreachable critical']);
    for (const lack of [
      { failuresInARow: 1 },
      { failingSince: NOW - 2 * MINUTE_MS },
      { lastCallAt: NOW - 20 * MINUTE_MS, failingSince: NOW - 40 * MINUTE_MS },
    ]) {
      const { conditions, unclear } = judge(facts({ gateways: [{ ...health, ...lack }] }));
      assert.deepEqual([conditions, unclear.size], [[], 1]);
    }
    const { failingSince: _since, ...reached } = health;
    assert.deepEqual(found({ gateways: [{ ...reached, failuresInARow: 0, keysRefused: true }] }), [
      'gateway-keys-refused critical',
    ]);
  });

  it('says that its clock is wrong before every message counts as stale', () => {
    const offsets = (minutes: number) => ({ clockOffsetsMs: new Map([['statum', minutes * MINUTE_MS]]) });
    assert.deepEqual(found(offsets(2.9)), []);
    assert.deepEqual(found(offsets(-4)), ['clock-skew warning']);
    assert.deepEqual(found(offsets(9)), ['clock-skew critical']);
    assert.match(judge(facts(offsets(-4))).conditions[0]?.title ?? '', /4 minutes ahead/);
  });
});
