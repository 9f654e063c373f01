import assert from 'node:assert/strict';
import type { InboundContent, MachineState, Quote, TurnContext } from '../../../shared/conversation.ts';
import { workerRequests } from '../../../shared/ipc.ts';
import { formatKes } from '../../../shared/money.ts';
import { formatPhone } from '../../../shared/phone.ts';
import { readGuard } from '../../../worker/conversation/guard.ts';
import { type MachineOutput, next } from '../../../worker/conversation/machine.ts';
import { readState } from '../../../worker/conversation/state.ts';

/** What the customer has seen and agreed to, apart from the ids and times around it. */
const purchase = ({ amountKes, payableKes, recipientPhone, payerPhone }: Quote): string =>
  [amountKes, payableKes, recipientPhone, payerPhone].join('/');

/** One chat, walked message by message; whatever is sent, each turn must keep what the machine promises. */
export class Walk {
  #state: MachineState | null = null;
  readonly #shown = new Map<string, string>();
  readonly #used = new Set<string>();
  orders = 0;

  step(content: InboundContent, sentAt: number, context: TurnContext): MachineOutput {
    const output = next(this.#state, { ...content, sentAt }, context);
    const stale = context.now - sentAt > 10 * 60_000;
    this.#checkReplies(content, stale, output);
    // What crosses to the supervisor must pass its own check, or the message would come again for ever.
    const crossing = JSON.stringify({
      chatId: 'x',
      messageId: 'x',
      sentAt,
      expectedVersion: 0,
      ...output,
    });
    const restored = workerRequests['turn.commit'].request.parse(JSON.parse(crossing)).state;
    for (const effect of output.effects) {
      if (effect.type !== 'create-order') continue;
      const { quote } = effect;
      assert.equal(context.refusal, undefined, 'an order right after its refusal');
      assert.equal(stale, false, 'an order by a stale message');
      const { paused, ready } = context.shop;
      assert.ok(!paused && ready && !context.closed, 'an order in a closed shop');
      assert.equal(context.ban, undefined, 'an order of a banned person');
      assert.ok(content.kind === 'text' || content.kind === 'media', 'an order by what is no answer');
      assert.ok([...this.#shown.values()].includes(purchase(quote)), 'an order that no confirm has shown');
      assert.equal(this.#used.has(quote.confirmId), false, 'a confirm used twice');
      this.#used.add(quote.confirmId);
      this.orders += 1;
    }
    assert.equal(JSON.stringify(restored), JSON.stringify(output.state));
    const screen = readState(restored);
    assert.notEqual(screen, undefined, 'a state that cannot be read again');
    assert.equal(JSON.stringify({ ...restored, guard: readGuard(restored) }), JSON.stringify(restored));
    if (screen?.screen === 'confirm') this.#checkConfirm(screen.quote, output, context);
    this.#state = restored;
    return output;
  }

  #checkReplies(content: InboundContent, stale: boolean, { replies, state }: MachineOutput): void {
    const mayBeSilent =
      readGuard(state).silent !== null ||
      content.kind === 'deleted' ||
      (stale && (content.kind === 'edited' || this.#toldBack()));
    assert.ok(replies.length > 0 || mayBeSilent, 'no answer');
    for (const reply of replies) {
      assert.ok(reply.trim() !== '' && reply.length < 1_200, `no screenful: ${reply}`);
      assert.doesNotMatch(reply, /undefined|null|NaN|\[object|\{\w+\}/);
    }
  }

  #toldBack(): boolean {
    const at = this.#state === null ? undefined : readState(this.#state);
    return at?.screen === 'menu' && at.toldBackAt !== null;
  }

  /** A confirm counts as shown only with all that it binds the customer to. */
  #checkConfirm(quote: Quote, { replies }: MachineOutput, { refusal }: TurnContext): void {
    if (this.#shown.has(quote.confirmId)) return;
    this.#shown.set(quote.confirmId, purchase(quote));
    const told = replies.join('\n');
    assert.ok(told.includes(formatKes(quote.amountKes)) && told.includes(formatPhone(quote.recipientPhone)));
    // A refused purchase is offered again under its summary; its price was on the screen before.
    if (refusal) return;
    assert.ok(told.includes(formatKes(quote.payableKes)) && told.includes(formatPhone(quote.payerPhone)));
  }
}
