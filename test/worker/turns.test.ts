import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MachineState, Refusal, TurnContext } from '../../shared/conversation.ts';
import type { TurnBegin, TurnCommit, TurnCommitReply } from '../../shared/ipc.ts';
import { silentLogger } from '../../shared/logger.ts';
import { next } from '../../worker/conversation/machine.ts';
import { type TurnGate, Turns } from '../../worker/turns.ts';
import { nobodyAsks } from '../helpers/nobody-asks.ts';
import { contextOf, T0 } from './conversation/sample.ts';

/** The supervisor's side of turns, in memory; `answer` says what becomes of a commit. */
class Gate implements TurnGate {
  readonly begun: TurnBegin[] = [];
  readonly commits: TurnCommit[] = [];
  readonly states = new Map<string, { state: MachineState; version: number }>();
  answer: (commit: TurnCommit) => TurnCommitReply | Promise<TurnCommitReply> = () => ({
    status: 'committed',
  });
  context: TurnContext = contextOf();

  async begin(request: TurnBegin) {
    this.begun.push(request);
    const stored = this.states.get(request.chatId);
    const context = { ...this.context, freshId: `cf_${this.begun.length}` };
    return { status: 'open' as const, version: stored?.version ?? 0, state: stored?.state ?? null, context };
  }

  readonly ask = nobodyAsks;

  async commit(request: TurnCommit): Promise<TurnCommitReply> {
    this.commits.push(request);
    const answer = await this.answer(request);
    if (answer.status === 'committed') {
      this.states.set(request.chatId, { state: request.state, version: request.expectedVersion + 1 });
    }
    return answer;
  }
}

const turnsOf = (gate: TurnGate, chatsInFlight = 16) =>
  new Turns({ gate, machine: next, logger: silentLogger, chatsInFlight });
const text = (messageId: string, written: string, chatId = 'a@c.us') => ({
  messageId,
  chatId,
  sentAt: T0,
  content: { kind: 'text' as const, text: written },
});

async function upToConfirm(turns: Turns): Promise<void> {
  for (const [index, written] of ['hi', '1', '1', '100'].entries())
    await turns.handle(text(`m${index}`, written));
}

describe('turns', () => {
  it('messages of one chat are handled one after another, also when they come at once', async () => {
    const gate = new Gate();
    const turns = turnsOf(gate);
    await Promise.all(
      ['hi', '1', '1', '100', '1'].map((written, index) => turns.handle(text(`m${index}`, written))),
    );
    assert.deepEqual(
      gate.commits.map(({ expectedVersion }) => expectedVersion),
      [0, 1, 2, 3, 4],
    );
    assert.equal(gate.commits.at(-1)?.effects.length, 1);
  });

  it('a chat that moved on meanwhile is begun again', async () => {
    const gate = new Gate();
    let conflicts = 2;
    gate.answer = () => ({ status: conflicts-- > 0 ? 'conflict' : 'committed' });
    await turnsOf(gate).handle(text('m1', 'hi'));
    assert.equal(gate.begun.length, 3);
  });

  it('a refused order tells the customer why, with the facts of now', async () => {
    const gate = new Gate();
    const turns = turnsOf(gate);
    await upToConfirm(turns);
    gate.answer = ({ effects }) => {
      if (effects.length === 0) return { status: 'committed' };
      gate.context = contextOf({ shop: { ...contextOf().shop, discountPercent: 10 } });
      return { status: 'refused', refusal: { reason: 'price-changed', payableKes: 90 } };
    };
    await turns.handle(text('m9', '1'));
    assert.deepEqual(gate.commits.at(-1)?.effects, []);
    assert.match(gate.commits.at(-1)?.replies.join() ?? '', /price has changed[\s\S]*KES 90/);
  });

  it('a turn refused again and again ends in an apology', async () => {
    const refusal: Refusal = { reason: 'float' };
    const gate = new Gate();
    const stubborn = new Turns({
      gate,
      machine: (state, input, context) => {
        const { refusal: _, ...unaware } = context;
        return next(state, input, unaware);
      },
      logger: silentLogger,
    });
    await upToConfirm(stubborn);
    gate.answer = ({ effects }) =>
      effects.length > 0 ? { status: 'refused', refusal } : { status: 'committed' };
    await stubborn.handle(text('m9', '1'));
    assert.match(gate.commits.at(-1)?.replies.join() ?? '', /nothing was charged/);
    assert.deepEqual(gate.commits.at(-1)?.effects, []);
  });

  it('a failed commit rejects, so that the message comes again, and does not block its chat', async () => {
    const gate = new Gate();
    const turns = turnsOf(gate);
    gate.answer = () => Promise.reject(new Error('The disk is full'));
    await assert.rejects(turns.handle(text('m1', 'hi')), /disk is full/);
    gate.answer = () => ({ status: 'committed' });
    await turns.handle(text('m1', 'hi'));
    assert.equal(gate.states.get('a@c.us')?.version, 1);
  });

  it('only so many chats are in flight at once', async () => {
    const gate = new Gate();
    let running = 0;
    let most = 0;
    gate.answer = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return { status: 'committed' };
    };
    const turns = turnsOf(gate, 3);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => turns.handle(text(`m${index}`, 'hi', `${index}@c.us`))),
    );
    assert.equal(most, 3);
  });

  it('closing finishes what is in hand and takes nothing more', async () => {
    const gate = new Gate();
    const turns = turnsOf(gate);
    const first = turns.handle(text('m1', 'hi'));
    const closed = turns.close();
    await assert.rejects(turns.handle(text('m2', '1')), /closing/);
    await Promise.all([first, closed]);
    assert.equal(gate.commits.length, 1);
  });

  it('a huge text is cut before it travels', async () => {
    const gate = new Gate();
    await turnsOf(gate).handle(text('m1', 'x'.repeat(1_000_000)));
    const sent = gate.begun[0]?.content;
    assert.equal(sent?.kind === 'text' && sent.text.length, 4_096);
  });
});
