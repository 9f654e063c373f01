import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Alert } from '../../shared/alert.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/clock.ts';
import { defaultSettings } from '../../shared/settings.ts';
import { type OwedMessage, owedMessages } from '../../supervisor/alerts/owed.ts';
import { anAlert } from '../helpers/an-alert.ts';

const OWNER = '254700000001';
const RAISED_AT = anAlert().raisedAt;

/** Time goes on; what is owed to the owner is told at once. */
class Owner {
  alerts: Alert[];
  now = RAISED_AT;
  readonly told: OwedMessage[] = [];

  constructor(...alerts: Alert[]) {
    this.alerts = alerts;
  }

  after(ms: number): string[] {
    this.now += ms;
    const recipients = [{ phone: OWNER, carriers: ['cl_1'] }];
    const messages = owedMessages(this.alerts, () => recipients, defaultSettings, this.now);
    for (const { items } of messages) {
      for (const { alert, about } of items) {
        const believes = about === 'recovered' ? ('over' as const) : ('open' as const);
        const at = [...(alert.told[OWNER]?.at ?? []), this.now];
        this.change(alert.id, { told: { [OWNER]: { believes, at } } });
      }
    }
    this.told.push(...messages);
    return messages.flatMap(({ items }) => items.map(({ about }) => about));
  }

  change(id: string, changes: Partial<Alert>): void {
    this.alerts = this.alerts.map((alert) => (alert.id === id ? { ...alert, ...changes } : alert));
  }
}

test('trouble is told once it has settled, once, with a reminder after hours, and its end', () => {
  const owner = new Owner(anAlert());
  assert.deepEqual(owner.after(29 * SECOND_MS), []);
  assert.deepEqual(owner.after(SECOND_MS), ['raised']);
  assert.deepEqual(owner.after(5 * HOUR_MS), []);
  assert.deepEqual(owner.after(HOUR_MS), ['reminder']);
  owner.change('al_1', { resolvedAt: owner.now, ending: 'recovered' });
  assert.deepEqual(owner.after(30 * SECOND_MS), ['recovered']);
  assert.deepEqual(owner.after(24 * HOUR_MS), []);
});

test('trouble that was over before it settled is told to nobody', () => {
  const owner = new Owner(anAlert({ resolvedAt: RAISED_AT + 10 * SECOND_MS, ending: 'recovered' }));
  assert.deepEqual(owner.after(HOUR_MS), []);
});

test('who has acknowledged it is not reminded; a planned stop and a removed client are no news', () => {
  const owner = new Owner(anAlert());
  owner.after(MINUTE_MS);
  owner.change('al_1', { acknowledgedAt: owner.now, acknowledgedBy: 'Achieng' });
  assert.deepEqual(owner.after(24 * HOUR_MS), []);
  owner.change('al_1', { resolvedAt: owner.now, ending: 'stopped' });
  assert.deepEqual(owner.after(HOUR_MS), []);
});

test('what gets worse is told again, but not each order by itself', () => {
  const owner = new Owner(anAlert({ kind: 'orders-attention' }));
  owner.after(MINUTE_MS);
  for (let order = 0; order < 5; order += 1) {
    owner.change('al_1', { worsenedAt: owner.now, count: order + 2 });
    assert.deepEqual(owner.after(MINUTE_MS), []);
  }
  assert.deepEqual(owner.after(5 * MINUTE_MS), ['worse']);
  assert.deepEqual(owner.after(5 * MINUTE_MS), []);
});

test('an owner whose bot was down hears of it afterwards: the bot could not tell him', () => {
  const owner = new Owner(anAlert());
  owner.change('al_1', { resolvedAt: RAISED_AT + HOUR_MS, ending: 'recovered' });
  assert.deepEqual(owner.after(HOUR_MS + MINUTE_MS), ['recovered']);
  const late = new Owner(
    anAlert({ kind: 'float-low', resolvedAt: RAISED_AT + HOUR_MS, ending: 'recovered' }),
  );
  assert.deepEqual(late.after(HOUR_MS + MINUTE_MS), []);
});

test('much at once is one message, and what comes after the last message of the hour waits for the next', () => {
  const many = Array.from({ length: 20 }, (_, n) => anAlert({ id: `al_${n}`, key: `bot:cl_${n}` }));
  const owner = new Owner(...many);
  assert.equal(owner.after(MINUTE_MS).length, 20);
  assert.equal(owner.told.length, 1);
  const flapping = new Owner(anAlert());
  for (let round = 0; round < 60; round += 1) {
    const over = round % 2 === 1;
    const { resolvedAt: _at, ending: _ending, ...open } = flapping.alerts[0] ?? anAlert();
    flapping.alerts = [
      { ...open, lastSeenAt: flapping.now, ...(over && { resolvedAt: flapping.now, ending: 'recovered' }) },
    ];
    flapping.after(45 * SECOND_MS);
  }
  assert.equal(flapping.told.length, defaultSettings.alertMessagesPerHour);
});

test('whatever happens, no phone gets more messages in any hour than it may', () => {
  const step = fc.record({
    ms: fc.integer({ min: 1, max: 40 * MINUTE_MS }),
    alert: fc.integer({ min: 0, max: 3 }),
    what: fc.constantFrom('open', 'over', 'worse'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const owner = new Owner(...[0, 1, 2, 3].map((n) => anAlert({ id: `al_${n}`, key: `k${n}` })));
      const sentAt: number[] = [];
      for (const { ms, alert, what } of steps) {
        const messages = owner.told.length;
        owner.after(ms);
        if (owner.told.length > messages) sentAt.push(owner.now);
        const id = `al_${alert}`;
        const before = owner.alerts.find((one) => one.id === id) ?? anAlert();
        const { resolvedAt: _at, ending: _ending, ...open } = before;
        const now = owner.now;
        const after: Alert =
          what === 'over'
            ? { ...open, resolvedAt: now, ending: 'recovered' }
            : { ...open, lastSeenAt: now, ...(what === 'worse' && { worsenedAt: now }) };
        owner.alerts = owner.alerts.map((one) => (one.id === id ? after : one));
      }
      for (const from of sentAt) {
        const inHour = sentAt.filter((at) => at >= from && at - from < HOUR_MS).length;
        assert.ok(inHour <= defaultSettings.alertMessagesPerHour, `${inHour} messages within an hour`);
      }
    }),
    { numRuns: 60 },
  );
});
