import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MachineState, TurnContext } from '../../../shared/conversation.ts';
import { type MachineOutput, next } from '../../../worker/conversation/machine.ts';
import { contextOf, T0 } from './sample.ts';

const FIRST = 'a'.repeat(32);
const SECOND = 'b'.repeat(32);

function withPicture(pictureId: string | undefined, change: Partial<TurnContext> = {}): TurnContext {
  const context = contextOf(change);
  return { ...context, shop: { ...context.shop, ...(pictureId !== undefined && { pictureId }) } };
}

const say = (state: MachineState | null, text: string, context: TurnContext): MachineOutput =>
  // As it comes back from the supervisor.
  next(state && JSON.parse(JSON.stringify(state)), { kind: 'text', text, sentAt: T0 }, context);

describe('the shop’s picture', () => {
  it('goes with the first menu and with none after it', () => {
    const first = say(null, 'hi', withPicture(FIRST));
    assert.equal(first.pictureId, FIRST);
    assert.equal(first.replies.length, 1);
    for (const text of ['00', 'hi', 'menu', '3', '1']) {
      const later = say(first.state, text, withPicture(FIRST));
      assert.equal(later.pictureId, undefined, text);
      assert.ok(later.replies.length > 0);
    }
  });

  it('comes again when it is another one', () => {
    const first = say(null, 'hi', withPicture(FIRST));
    const second = say(first.state, '00', withPicture(SECOND));
    assert.equal(second.pictureId, SECOND);
    assert.equal(say(second.state, '00', withPicture(SECOND)).pictureId, undefined);
  });

  it('waits for the menu where somebody begins with a wish', () => {
    const wish = say(null, 'buy', withPicture(FIRST));
    assert.equal(wish.pictureId, undefined);
    assert.equal(say(wish.state, '00', withPicture(FIRST)).pictureId, FIRST);
  });

  it('greets those whose first message was met after a downtime, and those who come while the shop is closed', () => {
    const late = withPicture(FIRST, { now: T0 + 60 * 60_000 });
    assert.equal(say(null, 'hi', late).pictureId, FIRST);
    const closed = withPicture(FIRST, { closed: { opensAt: null } });
    assert.equal(say(null, 'hi', closed).pictureId, FIRST);
  });

  it('is not for somebody who is banned', () => {
    assert.equal(say(null, 'hi', withPicture(FIRST, { ban: {} })).pictureId, undefined);
  });

  it('stays away where the words are more than can stand under it, and comes with those that are not', () => {
    const texts = { en: { menu: `{shop} ${'x'.repeat(1_100)}` } };
    const long = say(null, 'hi', withPicture(FIRST, { texts }));
    assert.equal(long.pictureId, undefined);
    assert.equal(long.replies.length, 1);
    assert.equal(say(long.state, '00', withPicture(FIRST)).pictureId, FIRST);
  });

  it('changes nothing for a shop that has none', () => {
    assert.equal(say(null, 'hi', withPicture(undefined)).pictureId, undefined);
  });
});
