import {
  type InboundContent,
  type MachineState,
  STALE_MESSAGE_MS,
  type TurnContext,
} from '../../shared/conversation.ts';
import { refusedTurn } from './refusal.ts';
import { whoScreen } from './screens/buying.ts';
import { bannedScreen, helpScreen, isClosed, menuScreen } from './screens/menu.ts';
import { ordersScreen } from './screens/orders.ts';
import { readState, type Screen, writeState } from './state.ts';
import { canRetry } from './status.ts';
import { amountStep, backFromBuying, numberStep, payerStep, whoStep } from './steps/buying.ts';
import { confirmStep } from './steps/confirm.ts';
import { contactTurn, mediaTurn } from './steps/not-text.ts';
import {
  complaintStep,
  orderNumberStep,
  orderOf,
  orderStep,
  ordersStep,
  retryAtOnce,
  retryWithConfirm,
  waitingStep,
} from './steps/orders.ts';
import { english } from './texts/catalogue.ts';
import { preface, show, type Talk, type Turn } from './turn.ts';
import { type Command, choiceOf, cleanText, commandOf } from './understand.ts';

export type MachineInput = InboundContent & { readonly sentAt: number };

export interface MachineOutput {
  readonly state: MachineState;
  readonly replies: string[];
  readonly effects: Turn['effects'][number][];
}

/**
 * One turn of the conversation: what the customer sent, in the state the chat was in, makes new state, replies and effects.
 *
 * Pure: no I/O, clock or chance; the same arguments give the same answer, so a turn may be run again at any time. Never
 * throws. Always replies, except to the rest of a backlog of stale messages whose first one has been answered.
 *
 * @param state null for a chat never seen before
 */
export function next(state: MachineState | null, input: MachineInput, context: TurnContext): MachineOutput {
  const talk: Talk = { context, say: english, sentAt: input.sentAt };
  return output(talk, turn(talk, state, input));
}

/** Ends a turn that could not be carried out whatever was tried: an honest word, no effect, back to the menu. */
export function giveUp(context: TurnContext): MachineOutput {
  const talk: Talk = { context, say: english, sentAt: context.now };
  return output(talk, preface(english('apology'), menuScreen(talk)));
}

function output({ context, say }: Talk, { screen, replies, effects }: Turn): MachineOutput {
  const marked = context.mode === 'test' ? replies.map((reply) => `${say('testMark')}\n\n${reply}`) : replies;
  return { state: writeState(screen), replies: [...marked], effects: [...effects] };
}

function turn(talk: Talk, state: MachineState | null, input: MachineInput): Turn {
  const { context, say } = talk;
  const at = state === null ? undefined : readState(state);
  if (context.now - input.sentAt > STALE_MESSAGE_MS) return staleTurn(talk, at);
  if (context.ban) return bannedScreen(talk);
  if (context.refusal) return refusedTurn(talk, at, context.refusal);
  if (at === undefined) {
    const asked = input.kind === 'text' ? orderNumberStep(talk, cleanText(input.text)) : undefined;
    return asked ?? (state === null ? menuScreen(talk) : preface(say('restarted'), menuScreen(talk)));
  }
  switch (input.kind) {
    case 'media':
      return mediaTurn(talk, at, input.media);
    case 'contact':
      return isClosed(context) && isBuying(at) ? menuScreen(talk) : contactTurn(talk, at, input.phones);
    case 'text':
      return textTurn(talk, at, cleanText(input.text));
  }
}

/** Met after downtime: never buys, and one "we are back" answers the whole backlog. */
function staleTurn(talk: Talk, at: Screen | undefined): Turn {
  const { context, say, sentAt } = talk;
  if (at?.screen === 'menu' && at.toldBackAt !== null && sentAt <= at.toldBackAt) {
    return { screen: at, replies: [], effects: [] };
  }
  const told = { toldBackAt: context.now };
  return context.ban ? bannedScreen(talk, told) : preface(say('weAreBack'), menuScreen(talk, told));
}

function textTurn(talk: Talk, at: Screen, text: string): Turn {
  const { context, say } = talk;
  if (text === '') return show(at, say('emptyText'), say('pleaseType'));
  const command = commandOf(text);
  if (command !== undefined) return commandTurn(talk, at, command);
  const asked = orderNumberStep(talk, text);
  if (asked) return asked;
  if (isClosed(context) && isBuying(at)) return menuScreen(talk);
  switch (at.screen) {
    case 'menu':
      return menuStep(talk, text);
    case 'who':
      return whoStep(talk, text);
    case 'number':
      return numberStep(talk, at, text);
    case 'amount':
      return amountStep(talk, at, text);
    case 'payer':
      return payerStep(talk, at, text);
    case 'confirm':
      return confirmStep(talk, at, text);
    case 'waiting':
      return waitingStep(talk, at, text);
    case 'orders':
      return ordersStep(talk, at, text);
    case 'order':
      return orderStep(talk, at, text);
    case 'complaint':
      return complaintStep(talk, at, text);
    case 'help':
      return menuStep(talk, text);
  }
}

/** The help screen's numbers are the menu's: its text speaks of them. */
function menuStep(talk: Talk, text: string): Turn {
  switch (choiceOf(text)) {
    case 1:
      return commandTurn(talk, { screen: 'menu', toldBackAt: null }, 'buy');
    case 2:
      return ordersScreen(talk);
    case 3:
      return helpScreen(talk);
    default:
      return preface(talk.say('notUnderstood'), menuScreen(talk));
  }
}

function commandTurn(talk: Talk, at: Screen, command: Command): Turn {
  const { context } = talk;
  switch (command) {
    case 'home':
      return menuScreen(talk);
    case 'back':
      return backTurn(talk, at);
    case 'buy':
      return isClosed(context) ? menuScreen(talk) : whoScreen(talk);
    case 'track':
      return ordersScreen(talk);
    case 'help':
      return helpScreen(talk);
    case 'again': {
      const order = at.screen === 'waiting' ? orderOf(context, at.quote) : context.orders[0];
      if (!order || !canRetry(order)) return menuScreen(talk);
      return at.screen === 'waiting' ? retryAtOnce(talk, at, order) : retryWithConfirm(talk, order);
    }
  }
}

const BUYING: ReadonlySet<Screen['screen']> = new Set(['who', 'number', 'amount', 'payer', 'confirm']);

function isBuying(at: Screen): boolean {
  return BUYING.has(at.screen);
}

function backTurn(talk: Talk, at: Screen): Turn {
  switch (at.screen) {
    case 'who':
    case 'number':
    case 'amount':
    case 'payer':
    case 'confirm':
      return isClosed(talk.context) ? menuScreen(talk) : backFromBuying(talk, at);
    case 'order':
    case 'complaint':
      return ordersScreen(talk);
    case 'menu':
    case 'help':
    case 'orders':
    case 'waiting':
      return menuScreen(talk);
  }
}
