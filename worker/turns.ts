import type { InboundContent, MachineState, Refusal, TurnContext } from '../shared/conversation.ts';
import { MAX_INBOUND_TEXT } from '../shared/conversation.ts';
import type {
  TurnAnswer,
  TurnAsk,
  TurnBegin,
  TurnBeginReply,
  TurnCommit,
  TurnCommitReply,
} from '../shared/ipc.ts';
import type { Logger } from '../shared/logger.ts';
import { TaskQueue } from '../shared/task-queue.ts';
import type { IncomingMessage } from './chat/transport.ts';
import type { ConversationOutput } from './conversation/admin/machine.ts';
import { giveUp, type MachineInput, type MachineOutput } from './conversation/machine.ts';

/** The supervisor, as turns see it. */
export interface TurnGate {
  begin(request: TurnBegin): Promise<TurnBeginReply>;
  ask(request: TurnAsk): Promise<TurnAnswer>;
  commit(request: TurnCommit): Promise<TurnCommitReply>;
}

export type Machine = (
  state: MachineState | null,
  input: MachineInput,
  context: TurnContext,
) => ConversationOutput;

/** A message that can be refused for ever must still be answered. */
const MAX_REFUSALS = 3;
/** An admin's screen asks for its facts, and at most once more because of what it was told. */
const MAX_QUERIES = 3;
/** Conflicts come from turns of an earlier process of this client; each ends by itself. */
const MAX_CONFLICTS = 5;
const DEFAULT_CHATS_IN_FLIGHT = 16;
const MAX_CONTACT_PHONES = 10;
const MAX_CONTACT_PHONE_LENGTH = 40;

/**
 * Carries each message through its turn: begin → the pure machine → commit. One message of a chat at a time, a bounded number
 * of chats at once; what does not end in a commit rejects, so that the transport offers the message again.
 */
export class Turns {
  readonly #gate: TurnGate;
  readonly #machine: Machine;
  readonly #logger: Logger;
  readonly #queue: TaskQueue;
  #closing = false;

  constructor(options: {
    gate: TurnGate;
    machine: Machine;
    logger: Logger;
    /** Most chats whose turns are under way at once. */
    chatsInFlight?: number;
  }) {
    this.#gate = options.gate;
    this.#machine = options.machine;
    this.#logger = options.logger;
    this.#queue = new TaskQueue(options.chatsInFlight ?? DEFAULT_CHATS_IN_FLIGHT);
  }

  /** Resolves once the turn is durable, or was so before. @throws whatever kept it from that. */
  handle(message: IncomingMessage): Promise<void> {
    if (this.#closing) return Promise.reject(new Error('The worker is closing'));
    return this.#queue.run(message.chatId, () => this.#turn(message));
  }

  /** Takes no more messages; resolves when those in hand have ended, one way or the other. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#queue.idle();
  }

  async #turn(message: IncomingMessage): Promise<void> {
    const content = bounded(message.content);
    const { chatId, messageId, sentAt, customerPhone } = message;
    const ref = { chatId, messageId, sentAt, ...(customerPhone !== undefined && { customerPhone }) };
    let refusal: Refusal | undefined;
    let refusals = 0;
    let conflicts = 0;
    for (;;) {
      // Begun anew after each refusal and conflict: prices, state and the fresh id are those of now.
      const begun = await this.#gate.begin({ ...ref, content });
      if (begun.status === 'duplicate') return;
      const context = refusal ? { ...begun.context, refusal } : begun.context;
      const { state, replies, effects, pictureId, delayMs } =
        refusals > MAX_REFUSALS
          ? giveUp(begun.state, begun.context)
          : await this.#converse(message, begun.state, { ...content, sentAt }, context);
      const committed = await this.#gate.commit({
        ...ref,
        expectedVersion: begun.version,
        state,
        replies,
        effects,
        ...(pictureId !== undefined && { pictureId }),
        ...(delayMs !== undefined && { delayMs }),
      });
      switch (committed.status) {
        case 'committed':
        case 'duplicate':
          return;
        case 'conflict':
          conflicts += 1;
          if (conflicts > MAX_CONFLICTS)
            throw new Error(`The chat moved on ${conflicts} times during one turn`);
          break;
        case 'refused':
          refusal = committed.refusal;
          refusals += 1;
          this.#logger.info(
            { messageId, reason: refusal.reason },
            'The turn was refused; telling the customer why',
          );
          if (refusals > MAX_REFUSALS + 1)
            throw new Error(`A turn without effects was refused: ${refusal.reason}`);
      }
    }
  }

  /** Runs the machine, again with each answer to what it asks. */
  async #converse(
    { chatId, customerPhone }: IncomingMessage,
    state: MachineState | null,
    input: MachineInput,
    begun: TurnContext,
  ): Promise<MachineOutput> {
    let context = begun;
    for (let queries = 0; queries <= MAX_QUERIES; queries += 1) {
      const output = this.#machine(state, input, context);
      if (output.query === undefined) return output;
      if (!context.admin) break;
      const { query } = output;
      const answer = await this.#gate.ask({
        chatId,
        query,
        ...(customerPhone !== undefined && { customerPhone }),
      });
      context = { ...context, admin: { ...context.admin, answer } };
    }
    return giveUp(state, begun);
  }
}

/** Networks let through more than any order needs; the rest is cut before it travels. */
function bounded(content: InboundContent): InboundContent {
  switch (content.kind) {
    case 'text':
      return { kind: 'text', text: content.text.slice(0, MAX_INBOUND_TEXT) };
    case 'contact':
      return {
        kind: 'contact',
        phones: content.phones
          .slice(0, MAX_CONTACT_PHONES)
          .map((phone) => phone.slice(0, MAX_CONTACT_PHONE_LENGTH)),
      };
    case 'media':
      return content.caption === undefined
        ? content
        : { ...content, caption: content.caption.slice(0, MAX_INBOUND_TEXT) };
    case 'edited':
      return { ...content, text: content.text.slice(0, MAX_INBOUND_TEXT) };
    case 'deleted':
      return content;
  }
}
