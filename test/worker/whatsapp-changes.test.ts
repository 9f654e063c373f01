import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readEdit, readRevocation } from '../../worker/chat/whatsapp/changes.ts';

const NOW = 1_800_000_000_000;
const id = { fromMe: false, remote: '254700000001@c.us', id: '3EB0AA', $1: 'false_254700000001@c.us_3EB0AA' };
const text = { id, from: '254700000001@c.us', type: 'chat', body: '100', t: NOW / 1_000 - 60 };

describe('what WhatsApp’s page tells of changed messages', () => {
  it('an edit is the customer’s, with an id of its own for each wording, at the time he made it', () => {
    const first = readEdit({ ...text, latestEditSenderTimestampMs: NOW - 5 }, '100', '50', NOW);
    assert.deepEqual(first?.content, { kind: 'edited', text: '100' });
    assert.deepEqual([first?.chatId, first?.sentAt], ['254700000001@c.us', NOW - 5]);
    const second = readEdit({ ...text, body: '200' }, '200', '100', NOW);
    assert.equal(second?.sentAt, NOW);
    assert.equal(new Set(['3EB0AA', first?.messageId, second?.messageId]).size, 3);
    assert.equal(readEdit({ ...text, body: '200' }, '200', '100', NOW + 9)?.messageId, second?.messageId);
  });

  it('words under a picture may be changed, or added', () => {
    const picture = { ...text, type: 'image', body: 'aGk=', caption: '50' };
    assert.deepEqual(readEdit(picture, '50', '20', NOW)?.content, { kind: 'edited', text: '50' });
    const stamped = { ...picture, latestEditSenderTimestampMs: NOW };
    assert.deepEqual(readEdit(stamped, '50', undefined, NOW)?.content, { kind: 'edited', text: '50' });
  });

  it('a message that is decrypted late, a preview and what is no customer’s are no edits', () => {
    assert.equal(readEdit(text, '100', undefined, NOW), undefined);
    assert.equal(readEdit(text, '100', '', NOW), undefined);
    assert.equal(readEdit({ ...text, type: 'image', body: 'aGkh' }, 'aGkh', 'aGk=', NOW), undefined);
    assert.equal(readEdit({ ...text, id: { ...id, fromMe: true } }, '100', '50', NOW), undefined);
    assert.equal(readEdit({ ...text, from: '120363000000000001@g.us' }, '100', '50', NOW), undefined);
    assert.equal(readEdit(text, '100', '100', NOW), undefined);
    assert.equal(readEdit('nonsense', '100', '50', NOW), undefined);
  });

  it('a deletion for everyone is told once; those of the bot’s own messages and in groups are not', () => {
    const gone = { ...text, type: 'revoked', body: '' };
    assert.deepEqual(readRevocation(gone, NOW)?.content, { kind: 'deleted' });
    assert.equal(readRevocation({ ...gone, revokeTimestamp: NOW / 1_000 - 7 }, NOW)?.sentAt, NOW - 7_000);
    assert.equal(readRevocation(gone, NOW)?.messageId, readRevocation(gone, NOW + 1)?.messageId);
    assert.equal(readRevocation(text, NOW), undefined);
    assert.equal(readRevocation({ ...gone, id: { ...id, fromMe: true } }, NOW), undefined);
    assert.equal(readRevocation({ ...gone, from: '120363000000000001@g.us' }, NOW), undefined);
  });
});
