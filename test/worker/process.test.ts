import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { MachineState } from '../../shared/conversation.ts';
import type { TurnCommit } from '../../shared/ipc.ts';
import {
  IPC_PROTOCOL,
  supervisorEvents,
  supervisorRequests,
  workerEvents,
  workerRequests,
} from '../../shared/ipc.ts';
import { IpcChannel } from '../../shared/ipc-channel.ts';
import type { FramedPort } from '../../shared/ipc-port.ts';
import { silentLogger } from '../../shared/logger.ts';
import { framedChild } from '../helpers/framed-child.ts';
import { contextOf } from './conversation/sample.ts';
import { FakeChatNetwork, TOKEN } from './fake-chat-network.ts';

const entry = fileURLToPath(new URL('../../worker/main.ts', import.meta.url));
const CHAT = '254700000001@c.us';

/** The supervisor's end of a real worker process. */
class Supervisor {
  readonly child: ChildProcess;
  readonly port: FramedPort;
  readonly channel;
  readonly events: string[] = [];
  readonly commits: TurnCommit[] = [];
  readonly exited: Promise<number | null>;
  /** Awaited before a commit is answered. */
  beforeCommit: () => Promise<void> = async () => undefined;
  #state: MachineState | null = null;
  #waiters: Array<() => void> = [];

  constructor() {
    const { child, port } = framedChild(entry, ['7'], { env: {} });
    this.child = child;
    this.port = port;
    this.exited = once(this.child, 'exit').then(([code]) => code);
    this.channel = new IpcChannel(port, {
      generation: 7,
      requests: supervisorRequests,
      handles: workerRequests,
      emits: supervisorEvents,
      hears: workerEvents,
      logger: silentLogger,
    });
    this.channel.handle('turn.begin', () => ({
      status: 'open',
      version: this.commits.length,
      state: this.#state,
      context: contextOf({ now: Date.now() }),
    }));
    this.channel.handle('turn.commit', async (commit) => {
      this.#note(`commit ${commit.messageId}`);
      await this.beforeCommit();
      this.commits.push(commit);
      this.#state = commit.state;
      return { status: 'committed' };
    });
    this.channel.onEvent('state', ({ state }) => this.#note(state));
    this.channel.onEvent('heartbeat', ({ rssBytes, eventLoopDelayMs }) => {
      this.#note(rssBytes > 1e6 && eventLoopDelayMs >= 0 ? 'heartbeat' : 'bad heartbeat');
    });
  }

  init(port: number, token = TOKEN) {
    return this.channel.request('worker.init', {
      protocol: IPC_PROTOCOL,
      clientId: 'cl_1',
      heartbeatMs: 50,
      chat: { kind: 'sandbox', host: '127.0.0.1', port, token },
    });
  }

  async until(event: string, times = 1): Promise<void> {
    while (this.events.filter((seen) => seen === event).length < times) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  #note(event: string): void {
    this.events.push(event);
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

describe('the worker process', () => {
  let network: FakeChatNetwork;
  let supervisor: Supervisor;
  beforeEach(async () => {
    network = await FakeChatNetwork.start();
    supervisor = new Supervisor();
    await supervisor.init(network.port);
    await supervisor.until('ready');
  });
  afterEach(async () => {
    if (supervisor.child.exitCode === null && supervisor.child.signalCode === null)
      supervisor.child.kill('SIGKILL');
    await supervisor.exited;
    await network.close();
  });

  it('carries a customer through turns, says what it is told to, and beats', async () => {
    for (const [index, text] of ['hi', '1', '1', '100', '1'].entries()) {
      network.write(`in-${index}`, text);
      await network.until(() => network.acknowledged().length === index + 1);
    }
    assert.equal(supervisor.commits.at(-1)?.effects[0]?.type, 'create-order');

    const message = { outboxId: 'ob-1', chatId: CHAT, text: 'Hello', lookFirst: false };
    assert.deepEqual(await supervisor.channel.request('chat.send', message), {
      sent: true,
      messageId: 'out-ob-1',
    });
    // Looked for first, so not said twice.
    await supervisor.channel.request('chat.send', { ...message, lookFirst: true });
    assert.equal(network.sent().length, 1);
    const refused = { ...message, outboxId: 'ob-2', text: 'refuse me' };
    assert.deepEqual(await supervisor.channel.request('chat.send', refused), {
      sent: false,
      reason: 'Could not be stored',
    });
    await supervisor.until('heartbeat', 2);
  });

  it('closes when it is told to: the turn in hand is finished first, exit 0', async () => {
    let commitNow = (): void => undefined;
    supervisor.beforeCommit = () => new Promise((resolve) => (commitNow = resolve));
    network.write('in-1', 'hi');
    await supervisor.until('commit in-1');
    const closed = supervisor.channel.request('worker.close', {});
    // Ctrl-C reaches the whole group of processes; it is not the worker's to obey.
    supervisor.child.kill('SIGINT');
    commitNow();
    assert.deepEqual(await closed, {});
    assert.equal(await supervisor.exited, 0);
    // A process may be gone before the last that it said has been read.
    await network.until(() => network.connections === 0);
    assert.deepEqual(network.acknowledged(), ['in-1']);
  });

  it('SIGTERM ends it like a close', async () => {
    supervisor.child.kill('SIGTERM');
    assert.equal(await supervisor.exited, 0);
  });

  it('is gone when its supervisor is', async () => {
    supervisor.port.close();
    await supervisor.exited;
    await network.until(() => network.connections === 0);
  });

  it('killed in the middle of a turn, its successor gets the message again', async () => {
    supervisor.beforeCommit = () => new Promise(() => undefined);
    network.write('in-1', 'hi');
    await supervisor.until('commit in-1');
    supervisor.child.kill('SIGKILL');
    await supervisor.exited;
    supervisor = new Supervisor();
    await supervisor.init(network.port);
    await network.until(() => network.acknowledged().length === 1);
    assert.equal(supervisor.commits.length, 1);
  });

  it('a chat network that refuses it ends it with 1, to be started anew', async () => {
    const other = new Supervisor();
    await other.init(network.port, 'the token of an earlier world');
    assert.equal(await other.exited, 1);
  });

  it('leaving the chat logs out', async () => {
    await supervisor.channel.request('chat.logout', {});
    await supervisor.until('logged-out');
    await network.until(() => network.connections === 0);
  });
});
