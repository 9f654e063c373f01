import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { Channel, FRAME_INTERVAL_MS, MAX_BUFFERED_BYTES } from '../../supervisor/http/live/channel.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

function setUp() {
  const clock = new FakeClock();
  const sent: string[] = [];
  const socket = { bufferedAmount: 0, send: (frame: Buffer) => void sent.push(frame.toString()) };
  /** The version is the picture: whoever has seen 3 is told nothing of 3. */
  const world = { picture: 0 };
  const channel = new Channel({
    clock,
    socket,
    since: (room, version) => ({
      frame: Buffer.from(version < world.picture ? `${room}=${version}→${world.picture};` : ''),
      version: world.picture,
    }),
    isImmediate: (room) => room === 'phone',
  });
  const change = (room: string): void => {
    world.picture += 1;
    channel.mark(room);
  };
  return { clock, sent, socket, world, channel, change };
}

test('a storm of changes becomes at most four frames a second, the last one true', () => {
  const { clock, sent, change } = setUp();
  for (let step = 1; step <= 100; step++) {
    change('overview');
    clock.advance(10);
  }
  clock.advance(FRAME_INTERVAL_MS);
  assert.ok(sent.length <= 5, `${sent.length} frames in one second`);
  assert.match(sent.at(-1) ?? '', /→100;$/);
});

test('a conversation does not wait for the next tick', () => {
  const { sent, change } = setUp();
  change('phone');
  change('phone');
  assert.deepEqual(sent, ['phone=0→1;', 'phone=1→2;']);
});

test('a browser is sent what it has not seen, and nothing when there is nothing new', () => {
  const { clock, sent, channel, change } = setUp();
  change('overview');
  clock.advance(FRAME_INTERVAL_MS);
  channel.mark('overview');
  clock.advance(FRAME_INTERVAL_MS);
  assert.deepEqual(sent, ['overview=0→1;']);
  change('overview');
  clock.advance(FRAME_INTERVAL_MS);
  assert.deepEqual(sent.at(-1), 'overview=1→2;');
});

test('a slow browser is left alone and then gets what is true by then, once', () => {
  const { clock, sent, socket, change } = setUp();
  socket.bufferedAmount = MAX_BUFFERED_BYTES + 1;
  for (let step = 1; step <= 50; step++) change('overview');
  clock.advance(5_000);
  assert.deepEqual(sent, []);
  socket.bufferedAmount = 0;
  clock.advance(1_000);
  assert.deepEqual(sent, ['overview=0→50;']);
});

test('rooms that change together go out together', () => {
  const { clock, sent, channel, change } = setUp();
  change('overview');
  change('overview');
  channel.mark('client');
  clock.advance(FRAME_INTERVAL_MS);
  assert.deepEqual(sent, ['overview=0→1;', 'overview=1→2;client=0→2;']);
});

test('nothing is sent after the browser has gone', () => {
  const { clock, sent, channel, change } = setUp();
  change('overview');
  change('overview');
  channel.close();
  clock.advance(5_000);
  change('overview');
  assert.equal(sent.length, 1);
});
