import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../shared/logger.ts';
import { Channel, FRAME_INTERVAL_MS, MAX_BUFFERED_BYTES } from '../../supervisor/http/live/channel.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

/** Lets promises that are due run; the channel's own time is the fake clock's. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setUp() {
  const clock = new FakeClock();
  const sent: string[] = [];
  const socket = { bufferedAmount: 0, send: (frame: string) => void sent.push(frame) };
  const world = { picture: 0, broken: false };
  const channel = new Channel({
    clock,
    logger: silentLogger,
    socket,
    frame: async (room) => {
      if (world.broken) throw new Error('away');
      return `${room}=${world.picture};`;
    },
    isImmediate: (room) => room === 'phone',
  });
  return { clock, sent, socket, world, channel };
}

test('a storm of changes becomes at most four frames a second, the last one true', async () => {
  const { clock, sent, world, channel } = setUp();
  for (let step = 1; step <= 100; step++) {
    world.picture = step;
    channel.mark('overview');
    await settle();
    clock.advance(10);
    await settle();
  }
  clock.advance(FRAME_INTERVAL_MS);
  await settle();
  assert.ok(sent.length <= 5, `${sent.length} frames in one second`);
  assert.equal(sent.at(-1), 'overview=100;');
});

test('a conversation does not wait for the next tick', async () => {
  const { sent, channel } = setUp();
  channel.mark('phone');
  await settle();
  channel.mark('phone');
  await settle();
  assert.equal(sent.length, 2);
});

test('a slow browser is left alone and then gets what is true by then, once', async () => {
  const { clock, sent, socket, world, channel } = setUp();
  socket.bufferedAmount = MAX_BUFFERED_BYTES + 1;
  for (world.picture = 1; world.picture < 50; world.picture++) channel.mark('overview');
  await settle();
  clock.advance(5_000);
  await settle();
  assert.deepEqual(sent, []);
  socket.bufferedAmount = 0;
  clock.advance(1_000);
  await settle();
  assert.deepEqual(sent, ['overview=50;']);
});

test('a change while a frame is being made is not lost', async () => {
  const { clock, sent, world, channel } = setUp();
  channel.mark('overview');
  world.picture = 2;
  channel.mark('overview');
  await settle();
  clock.advance(FRAME_INTERVAL_MS);
  await settle();
  assert.equal(sent.at(-1), 'overview=2;');
});

test('a frame that cannot be made is owed, and sent when it can', async () => {
  const { clock, sent, world, channel } = setUp();
  world.broken = true;
  channel.mark('overview');
  await settle();
  assert.deepEqual(sent, []);
  world.broken = false;
  clock.advance(1_000);
  await settle();
  assert.deepEqual(sent, ['overview=0;']);
});

test('nothing is sent after the browser has gone', async () => {
  const { clock, sent, channel } = setUp();
  channel.mark('overview');
  channel.close();
  await settle();
  clock.advance(5_000);
  await settle();
  assert.deepEqual(sent, []);
});
