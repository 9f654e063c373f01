import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { afterEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Envelope } from '../../shared/ipc.ts';
import { IpcChannel } from '../../shared/ipc-channel.ts';
import { IpcClosedError, IpcInvalidError, IpcRemoteError, IpcTimeoutError } from '../../shared/ipc-errors.ts';
import { type IpcPort, MAX_FRAME_BYTES } from '../../shared/ipc-port.ts';
import { silentLogger } from '../../shared/logger.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { framedChild } from '../helpers/framed-child.ts';
import { childEvents, childRequests, parentEvents, parentRequests } from './fixtures/ipc-tables.ts';

const tables = { requests: parentRequests, handles: childRequests, emits: childEvents, hears: childEvents };

/** One end whose other end is the test itself; messages count as written when the test says so. */
class TestPort extends EventEmitter implements IpcPort {
  readonly sent: Envelope[] = [];
  readonly unwritten: (() => void)[] = [];
  autoWrite = true;
  reading = true;
  refused: string | undefined;

  onMessage(listener: (message: unknown) => void): void {
    this.on('message', listener);
  }

  onClose(listener: () => void): void {
    this.once('close', listener);
  }

  pause(): void {
    this.reading = false;
  }

  resume(): void {
    this.reading = true;
  }

  refuse(problem: string): void {
    this.refused = problem;
  }

  send(message: Envelope, callback: (error: Error | null) => void): void {
    this.sent.push(message);
    if (this.autoWrite) queueMicrotask(() => callback(null));
    else this.unwritten.push(() => callback(null));
  }

  ids(): number[] {
    return this.sent.flatMap((message) => (message.kind === 'request' ? [message.id] : []));
  }
}

function testChannel(options: { maxPending?: number } = {}) {
  const port = new TestPort();
  const clock = new FakeClock();
  const channel = new IpcChannel(port, { generation: 7, logger: silentLogger, clock, ...tables, ...options });
  const reply = (id: number, text: string, gen = 7): void => {
    port.emit('message', { kind: 'reply', gen, id, body: { text } });
  };
  return { port, clock, channel, reply };
}

describe('IPC with a real forked process', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  function forkPeer(generation = 1) {
    const entry = fileURLToPath(new URL('./fixtures/ipc-peer.ts', import.meta.url));
    const { child, port } = framedChild(entry, [String(generation)]);
    children.push(child);
    const channel = new IpcChannel(port, {
      generation,
      requests: parentRequests,
      handles: childRequests,
      emits: parentEvents,
      hears: childEvents,
      logger: silentLogger,
    });
    return { child, channel, port };
  }

  it('answers requests in both directions and carries events both ways', async () => {
    const { channel } = forkPeer();
    channel.handle('upper', ({ text }) => ({ text: text.toUpperCase() }));
    const heard = new Promise((resolve) => {
      channel.onEvent('heard', ({ text }) => {
        if (text === 'ahoy') resolve(text);
        else channel.emit('shout', { text: 'ahoy' });
      });
    });
    assert.deepEqual(await channel.request('relay', { text: 'jambo' }), { text: 'JAMBO' });
    assert.equal(await heard, 'ahoy');
  });

  it('passes on that the other side failed, and goes on working', async () => {
    const { channel } = forkPeer();
    await assert.rejects(channel.request('fail', {}), (error) => {
      assert.ok(error instanceof IpcRemoteError);
      assert.match(error.message, /the kettle is broken/);
      return true;
    });
    assert.deepEqual(await channel.request('echo', { text: 'still here' }), { text: 'still here' });
  });

  it('tells a request whose process died from one that was never sent', async () => {
    const { channel, child } = forkPeer();
    const open = channel.request('silence', {});
    const death = channel.request('die', {});
    await assert.rejects(open, (error) => error instanceof IpcClosedError && error.sent);
    await assert.rejects(death, (error) => error instanceof IpcClosedError && error.sent);
    if (child.exitCode === null) await once(child, 'exit');
    await assert.rejects(
      channel.request('echo', { text: 'anyone?' }),
      (error) => error instanceof IpcClosedError && !error.sent,
    );
  });

  it('refuses what does not fit: a wrong request is answered with an error, wrong events are dropped', async () => {
    const { channel } = forkPeer(4);
    const texts: string[] = [];
    channel.onEvent('heard', ({ text }) => texts.push(text));
    for (const envelope of [
      'nonsense',
      { kind: 'event', gen: 4, type: 'heard', body: { text: 5 } },
      { kind: 'event', gen: 4, type: '__proto__', body: {} },
      { kind: 'request', gen: 4, id: 1, type: 'constructor', body: {} },
      { kind: 'event', gen: 3, type: 'heard', body: { text: 'from an older process' } },
    ]) {
      await channel.request('raw', { envelope });
    }
    assert.deepEqual(texts, ['hello']);
    assert.equal(channel.stats.staleMessages, 1);
  });

  it('carries a message as large as is allowed, and does not send a larger one', async () => {
    const { channel } = forkPeer();
    const text = 'ä'.repeat(MAX_FRAME_BYTES / 2 - 100);
    assert.deepEqual(await channel.request('echo', { text }), { text });
    await assert.rejects(
      channel.request('echo', { text: `${text}${'x'.repeat(200)}` }),
      (error) => error instanceof IpcClosedError && !error.sent,
    );
    assert.deepEqual(await channel.request('echo', { text: 'still here' }), { text: 'still here' });
  });

  it('loses none of ten thousand requests made at once, and keeps their order', async () => {
    const { channel } = forkPeer();
    const answers: string[] = [];
    await Promise.all(
      Array.from({ length: 10_000 }, async (_, index) => {
        const { text } = await channel.request('echo', { text: String(index) });
        answers.push(text);
      }),
    );
    assert.deepEqual(
      answers,
      Array.from({ length: 10_000 }, (_, index) => String(index)),
    );
  });

  it('ends the child when the parent lets go', async () => {
    const { channel, child, port } = forkPeer();
    await channel.request('echo', { text: 'up' });
    port.close();
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
  });
});

describe('IPC time-outs and late answers', () => {
  it('gives up after the time-out and ignores the answer that comes later', async () => {
    const { channel, clock, port, reply } = testChannel();
    const asked = channel.request('echo', { text: 'a' }, { timeoutMs: 500 });
    clock.advance(499);
    assert.equal(channel.stats.pending, 1);
    clock.advance(1);
    await assert.rejects(asked, (error) => error instanceof IpcTimeoutError && error.sent);
    const [id = 0] = port.ids();
    reply(id, 'too late');
    const again = channel.request('echo', { text: 'b' });
    reply(id, 'still too late');
    reply(id + 1, 'b');
    assert.deepEqual(await again, { text: 'b' });
  });

  it('does not take an answer of another generation for its own', async () => {
    const { channel, port, reply } = testChannel();
    const asked = channel.request('echo', { text: 'a' });
    const [id = 0] = port.ids();
    reply(id, 'of the dead worker', 6);
    reply(id, 'of the living one');
    assert.deepEqual(await asked, { text: 'of the living one' });
    assert.equal(channel.stats.staleMessages, 1);
  });

  it('rejects a reply that does not fit its schema', async () => {
    const { channel, port } = testChannel();
    const asked = channel.request('echo', { text: 'a' });
    port.emit('message', { kind: 'reply', gen: 7, id: port.ids()[0], body: { wrong: true } });
    await assert.rejects(asked, (error) => error instanceof IpcInvalidError && error.sent);
  });
});

describe('IPC under pressure', () => {
  it('lets requests wait in order once the most allowed are open, each with its own time-out', async () => {
    const { channel, clock, port, reply } = testChannel({ maxPending: 2 });
    const one = channel.request('echo', { text: 'one' });
    const two = channel.request('echo', { text: 'two' });
    const three = channel.request('echo', { text: 'three' }, { timeoutMs: 1_000 });
    const four = channel.request('echo', { text: 'four' });
    assert.equal(channel.stats.waiting, 2);
    clock.advance(1_000);
    await assert.rejects(three, (error) => error instanceof IpcTimeoutError && !error.sent);
    const [first = 0, second = 0] = port.ids();
    reply(second, '2');
    assert.deepEqual(await two, { text: '2' });
    reply(first, '1');
    assert.deepEqual(await one, { text: '1' });
    assert.deepEqual(
      port.sent.map((message) => ('body' in message ? message.body : undefined)),
      [{ text: 'one' }, { text: 'two' }, { text: 'four' }],
    );
    reply(port.ids()[2] ?? 0, '4');
    assert.deepEqual(await four, { text: '4' });
  });

  it('drops heartbeats while the pipe is full but never another event', () => {
    const { channel, port } = testChannel({ maxPending: 2 });
    port.autoWrite = false;
    channel.emit('heard', { text: '1' });
    channel.emit('heartbeat', { text: '2' });
    channel.emit('heartbeat', { text: '3' });
    channel.emit('heard', { text: '4' });
    for (const written of port.unwritten.splice(0)) written();
    channel.emit('heartbeat', { text: '5' });
    const texts = port.sent.map((message) => ('body' in message ? message.body : undefined));
    assert.deepEqual(texts, [{ text: '1' }, { text: '2' }, { text: '4' }, { text: '5' }]);
    assert.equal(channel.stats.droppedEvents, 1);
  });

  it('does not send what does not fit its own schema', async () => {
    const { channel, port } = testChannel();
    // What a value from outside the type system, such as parsed JSON, may carry into a well-typed call.
    const wrong = JSON.parse('{"text":5}');
    assert.throws(() => channel.emit('heard', wrong), IpcInvalidError);
    await assert.rejects(
      channel.request('echo', wrong),
      (error) => error instanceof IpcInvalidError && !error.sent,
    );
    assert.deepEqual(port.sent, []);
  });

  it('reads no further from a side that asks too much at once, until its requests are answered', async () => {
    const { channel, port } = testChannel({ maxPending: 2 });
    const answers: (() => void)[] = [];
    channel.handle('upper', ({ text }) => new Promise((resolve) => answers.push(() => resolve({ text }))));
    for (let id = 1; id <= 4; id += 1)
      port.emit('message', { kind: 'request', gen: 7, id, type: 'upper', body: { text: 'a' } });
    assert.ok(!port.reading);
    for (const answer of answers.splice(0, 1)) answer();
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(!port.reading, 'three are still open');
    for (const answer of answers) answer();
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(port.reading);
    assert.equal(port.sent.length, 4);
  });

  it('gives up a side that talks nothing but nonsense', () => {
    const { port } = testChannel();
    for (let count = 1; count < 50; count += 1) port.emit('message', 'nonsense');
    assert.equal(port.refused, undefined);
    port.emit('message', 'nonsense');
    assert.match(port.refused ?? '', /50 messages/);
  });

  it('survives a listener that throws', () => {
    const { channel, port } = testChannel();
    const heard: string[] = [];
    channel.onEvent('heard', () => {
      throw new Error('listener at fault');
    });
    channel.onEvent('heard', ({ text }) => heard.push(text));
    port.emit('message', { kind: 'event', gen: 7, type: 'heard', body: { text: 'a' } });
    assert.deepEqual(heard, ['a']);
  });
});
