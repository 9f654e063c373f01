import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Conversation } from '../../shared/conversation.ts';
import { handledAfter, wasHandled } from '../../supervisor/chats/handled.ts';

const chat = (handledMessageIds: string[]): Conversation => ({
  clientId: 'cl_1',
  chatId: '254700000001@c.us',
  version: 1,
  state: {},
  handledMessageIds,
  updatedAt: 0,
});

test('a message handled before an upgrade, remembered by its whole id, is not handled again after it', () => {
  const old = chat(['false_254700000001@c.us_3EB0AAAA', 'm2']);
  assert.equal(wasHandled(old, 'm2'), true);
  const after = chat(handledAfter(old, 'm3'));
  assert.deepEqual(
    ['false_254700000001@c.us_3EB0AAAA', 'm2', 'm3', 'm4'].map((id) => wasHandled(after, id)),
    [true, true, true, false],
  );
});

test('the last fifty messages of a chat are remembered, and no more', () => {
  let known = chat([]);
  for (let n = 1; n <= 60; n += 1) known = chat(handledAfter(known, `m${n}`));
  assert.deepEqual(
    ['m10', 'm11', 'm60'].map((id) => wasHandled(known, id)),
    [false, true, true],
  );
  assert.equal(known.handledMessageIds.length, 50);
});
