import {
  type InboundContent,
  type MachineState,
  STALE_MESSAGE_MS,
  saidText,
  type TurnContext,
} from '../../shared/conversation.ts';
import { MAX_CAPTION_LENGTH } from '../../shared/picture.ts';
import { type Guard, guardMessage, readGuard } from './guard.ts';
import { refusedTurn } from './refusal.ts';
import { bannedScreen, isClosed, menuScreen } from './screens/menu.ts';
import { type Memory, readMemory, readState, type Screen, writeState } from './state.ts';
import { canRepeat } from './status.ts';
import { amountStep, numberStep, payerStep, whoStep, wishTurn } from './steps/buying.ts';
import { commandTurn, isBuying, menuStep } from './steps/commands.ts';
import { confirmStep } from './steps/confirm.ts';
import { changedTurn, contactTurn, mediaTurn } from './steps/not-text.ts';
import {
  complaintStep,
  orderNumberStep,
  orderStep,
  ordersStep,
  receiptStep,
  waitingStep,
} from './steps/orders.ts';
import { voiceOf } from './texts/catalogue.ts';
import { preface, show, type Talk, type Turn } from './turn.ts';
import { cleanText, commandOf, wishesAirtime, wishesMoreAirtime } from './understand.ts';

export type MachineInput = InboundContent & { readonly sentAt: number };

export interface MachineOutput {
  readonly state: MachineState;
  readonly replies: string[];
  readonly effects: Turn['effects'][number][];
  /** The first reply is the caption of this picture of the shop's. */
  readonly pictureId?: string;
  /** How long the replies wait before they are sent, because the chat writes too much; absent: not at all. */
  readonly delayMs?: number;
}

/**
 * One turn of the conversation: what the customer sent, in the state the chat was in, makes new state, replies and effects.
 *
 * Pure: no I/O, clock or chance; the same arguments give the same answer, so a turn may be run again at any time. Never
 * throws. Always replies, except to the rest of a backlog of stale messages whose first one has been answered, to a flood or an
 * automatic reply after its one notice, and to a deleted message that changes nothing.
 *
 * @param state null for a chat never seen before
 */
export function next(state: MachineState | null, input: MachineInput, context: TurnContext): MachineOutput {
  const talk = talkOf(state, context, input.sentAt);
  const at = state === null ? undefined : readState(state);
  // A backlog was written while nobody answered, so it says nothing about its writer.
  if (isStale(talk)) return output(talk, staleTurn(talk, at, input), readGuard(state));
  const { guard, verdict } = guardMessage(readGuard(state), input, context);
  switch (verdict.answer) {
    case 'none':
      return output(talk, silentTurn(at), guard);
    case 'flood':
      return output(talk, { ...silentTurn(at), replies: [talk.say('flood', verdict.values)] }, guard);
    case 'loop':
      return output(talk, { ...silentTurn(at), replies: [talk.say('loop')] }, guard);
    case 'slowly':
      return { ...output(talk, answeredTurn(talk, state, at, input), guard), delayMs: verdict.delayMs };
    case 'now':
      return output(talk, answeredTurn(talk, state, at, input), guard);
  }
}

/** Ends a turn that could not be carried out whatever was tried: an honest word, no effect, back to the menu. */
export function giveUp(state: MachineState | null, context: TurnContext): MachineOutput {
  const talk = talkOf(state, context, context.now);
  return output(talk, preface(talk.say('apology'), menuScreen(talk)), readGuard(state));
}

function talkOf(state: MachineState | null, context: TurnContext, sentAt: number): Talk {
  const memory = readMemory(state);
  const language = memory.language ?? context.language;
  return { context, say: voiceOf(language, context.texts), language, memory, sentAt };
}

function output({ context, say, memory }: Talk, turn: Turn, guard: Guard): MachineOutput {
  const { screen, replies, effects, greets = false } = turn;
  const marked = context.mode === 'test' ? replies.map((reply) => `${say('testMark')}\n\n${reply}`) : replies;
  const remembered = turn.memory ?? memory;
  const pictureId = greets ? pictureFor(context, remembered, marked[0]) : undefined;
  return {
    state: writeState(
      screen,
      pictureId === undefined ? remembered : { ...remembered, seenPicture: pictureId },
      guard,
    ),
    replies: [...marked],
    effects: [...effects],
    ...(pictureId !== undefined && { pictureId }),
  };
}

/** Each customer is shown each picture once, with the first menu: who comes back knows it, and pays for what his phone loads. */
function pictureFor(
  { shop: { pictureId } }: TurnContext,
  { seenPicture }: Memory,
  caption: string | undefined,
): string | undefined {
  const fits = caption !== undefined && caption.length <= MAX_CAPTION_LENGTH;
  return pictureId !== seenPicture && fits ? pictureId : undefined;
}

function silentTurn(at: Screen | undefined): Turn {
  return { screen: at ?? { screen: 'menu', toldBackAt: null }, replies: [], effects: [] };
}

function isStale({ context, sentAt }: Talk): boolean {
  return context.now - sentAt > STALE_MESSAGE_MS;
}

/** Met after downtime: never buys, and one "we are back" answers the whole backlog. */
function staleTurn(talk: Talk, at: Screen | undefined, input: MachineInput): Turn {
  const { context, say, sentAt } = talk;
  if (input.kind === 'edited' || input.kind === 'deleted') return silentTurn(at);
  if (at?.screen === 'menu' && at.toldBackAt !== null && sentAt <= at.toldBackAt) return silentTurn(at);
  const told = { toldBackAt: context.now };
  return context.ban ? bannedScreen(talk, told) : preface(say('weAreBack'), menuScreen(talk, told));
}

function answeredTurn(
  talk: Talk,
  state: MachineState | null,
  at: Screen | undefined,
  input: MachineInput,
): Turn {
  const { context } = talk;
  if (context.ban) return bannedScreen(talk);
  if (context.refusal) return refusedTurn(talk, at, context.refusal);
  if (at === undefined) return input.kind === 'deleted' ? silentTurn(at) : firstTurn(talk, state, input);
  switch (input.kind) {
    case 'edited':
    case 'deleted':
      return changedTurn(talk, at, input.kind);
    case 'media': {
      const caption = cleanText(saidText(input));
      const turn = caption === '' ? undefined : textTurn(talk, at, caption);
      return mediaTurn(talk, at, input.media, turn);
    }
    case 'contact':
      return isClosed(context) && isBuying(at) ? menuScreen(talk) : contactTurn(talk, at, input.phones);
    case 'text':
      return textTurn(talk, at, cleanText(input.text));
  }
}

/** A chat without a place: a new one, or one whose state cannot be read. Words that name a destination lead there at once. */
function firstTurn(talk: Talk, state: MachineState | null, input: MachineInput): Turn {
  const text = cleanText(saidText(input));
  const home: Screen = { screen: 'menu', toldBackAt: null };
  const asked = receiptStep(talk, home, text) ?? orderNumberStep(talk, text);
  if (asked) return asked;
  const command = commandOf(text);
  const wish = (): Turn => (wishesAirtime(text) ? wishTurn(talk, text) : menuScreen(talk));
  const turn = command ? commandTurn(talk, home, command) : wish();
  return state === null ? turn : preface(talk.say('restarted'), turn);
}

/** Screens on which words about airtime may be about an order as well as about a new wish. */
function looksAtOrders({ screen }: Screen): boolean {
  return screen === 'waiting' || screen === 'orders' || screen === 'order';
}

/** True: the latest purchase has not ended, so that such words are about it. */
function isUnderWay({ orders: [newest] }: TurnContext): boolean {
  return newest !== undefined && !canRepeat(newest);
}

function textTurn(talk: Talk, at: Screen, text: string): Turn {
  const { context, say } = talk;
  if (text === '') return show(at, say('emptyText'), say('pleaseType'));
  // Before the rest: M-Pesa's SMS may name an order and holds words of all kinds.
  const claimed = receiptStep(talk, at, text);
  if (claimed) return claimed;
  const command = commandOf(text);
  if (command !== undefined) return commandTurn(talk, at, command);
  const asked = orderNumberStep(talk, text);
  if (asked) return asked;
  if (isClosed(context) && isBuying(at)) return menuScreen(talk);
  if (looksAtOrders(at) && !isUnderWay(context) && wishesMoreAirtime(text)) return wishTurn(talk, text);
  switch (at.screen) {
    case 'menu':
      return menuStep(talk, text);
    case 'who':
      return whoStep(talk, at, text);
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
      return complaintStep(talk, at);
    case 'help':
      return menuStep(talk, text);
  }
}
