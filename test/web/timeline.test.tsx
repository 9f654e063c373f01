import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from 'preact-render-to-string';
import type { TimelineEntry } from '../../shared/order.ts';
import { Timeline } from '../../web/components/timeline.tsx';

const entry = (event: string, at: number, note?: string): TimelineEntry => ({
  at: 1_700_000_000_000 + at * 1_000,
  event,
  by: 'system',
  ...(note !== undefined && { note }),
});
const round = (at: number, note = 'HTTP 402'): TimelineEntry[] => [
  entry('released', at),
  entry('submitting', at),
  entry('held', at, note),
];
const html = (entries: readonly TimelineEntry[]): string => render(<Timeline entries={entries} />);
const count = (text: string, part: string): number => text.split(part).length - 1;

test('a delivery that was tried many times in vain is told in a line, with every try in its fold and the last one below', () => {
  const told = html([
    entry('paid', 0),
    entry('submitting', 0),
    entry('held', 0, 'HTTP 402'),
    ...[1, 2, 3, 4].flatMap((at) => round(at)),
  ]);
  assert.match(told, /Tried 3 times more, put on hold each time/);
  assert.equal(count(told, 'Delivery put on hold'), 5);
  const [, after = ''] = told.split('</details>');
  assert.equal(count(after, 'Delivery put on hold'), 1);
});

test('few rounds, and rounds that ended for another reason, stand as they are', () => {
  assert.doesNotMatch(html([...round(1), ...round(2)]), /<details>/);
  assert.doesNotMatch(
    html([...round(1, 'HTTP 402'), ...round(2, 'HTTP 401'), ...round(3, 'HTTP 402')]),
    /<details>/,
  );
});
