import type { AdminAction, AdminAnswer, AdminFacts, AdminQuery } from '../../../shared/admin.ts';
import {
  CONFIRM_TTL_MS,
  type MachineState,
  STALE_MESSAGE_MS,
  saidText,
  type TurnContext,
} from '../../../shared/conversation.ts';
import { findOrderNo } from '../../../shared/ids.ts';
import { findReceipt } from '../../../shared/order.ts';
import { parsePhone } from '../../../shared/phone.ts';
import { type Guard, guardMessage } from '../guard.ts';
import { type MachineInput, type MachineOutput, next } from '../machine.ts';
import { answerOf, choiceOf, cleanText, commandOf } from '../understand.ts';
import { doneText, summaryOf } from './acts.ts';
import { questionOf, readInput, searchFor, takesZero } from './inputs.ts';
import {
  type AdminScreen,
  type AdminState,
  customerPart,
  type Input,
  readAdminGuard,
  readAdminState,
  type ScreenAt,
  type Target,
  type View,
  withAdminState,
} from './state.ts';
import { parentOf, queryOf, render } from './views.ts';

/** What a turn of the conversation makes, or what it must be told before it can make it. */
export type ConversationOutput =
  | (MachineOutput & { readonly query?: undefined })
  | { readonly query: AdminQuery };

/**
 * One turn of a conversation, whoever writes: customers get the shop's menu, admins of the shop get theirs. Pure. For an admin's
 * screen it may answer with a query in place of an output: run it again on the same message with the answer in its context.
 *
 * Nothing that changes anything is done without a confirm screen shown before, answered by 1.
 */
export function converse(
  state: MachineState | null,
  input: MachineInput,
  context: TurnContext,
): ConversationOutput {
  const { admin } = context;
  if (!admin) return next(customerPart(state), input, context);
  const before = readAdminState(state);
  const customer = customerPart(state);
  const chat = { admin, customer, shopName: context.shop.name, guard: readAdminGuard(state) };
  if (before?.screen.at === 'customer' && !asksForAdmin(input)) {
    const output = next(customer, input, context);
    return { ...output, state: withAdminState(output.state, before, readAdminGuard(state)) };
  }
  if (context.now - input.sentAt > STALE_MESSAGE_MS) return outputOf(staleStep(before, input, context), chat);
  const { guard, verdict } = guardMessage(chat.guard, input, context);
  const guarded = { ...chat, guard };
  switch (verdict.answer) {
    case 'none':
      return outputOf(silentStep(before), guarded);
    case 'flood':
    case 'loop':
      return outputOf({ ...silentStep(before), replies: [ENOUGH[verdict.answer]] }, guarded);
    case 'slowly': {
      const output = outputOf(stepOf(before, input, context), guarded);
      return output.query === undefined ? { ...output, delayMs: verdict.delayMs } : output;
    }
    case 'now':
      return outputOf(stepOf(before, input, context), guarded);
  }
}

/** A step ends on a screen that is complete, or on a view whose facts may still have to be asked for. */
type Step =
  | {
      readonly kind: 'screen';
      readonly screen: AdminScreen;
      readonly replies: readonly string[];
      readonly effects?: readonly AdminAction[];
      readonly toldBackAt?: number;
    }
  | { readonly kind: 'view'; readonly view: View; readonly said?: string; readonly toldBackAt?: number };

interface Chat {
  readonly admin: AdminFacts;
  /** What the customer's machine knows of it. */
  readonly customer: MachineState | null;
  readonly shopName: string;
  readonly guard: Guard;
}

/** An admin's number may itself be a bot's. */
const ENOUGH = {
  flood: '🐢 That is a lot at once. I answer again in a few minutes.',
  loop: '🤖 The same words again and again: I stop here. Write something else to go on.',
} as const;

const MENU: View = { view: 'menu' };
const NOT_UNDERSTOOD = '🤔 Sorry, I did not get that.';
const ADMIN_WORDS: ReadonlySet<string> = new Set(['admin', 'admin menu', 'staff']);

function asksForAdmin(input: MachineInput): boolean {
  return input.kind === 'text' && ADMIN_WORDS.has(cleanText(input.text).toLowerCase());
}

function outputOf(step: Step, chat: Chat): ConversationOutput {
  if (step.kind === 'view') return viewOutput(step, chat);
  const { screen, replies, effects, toldBackAt } = step;
  return {
    state: withAdminState(chat.customer, { screen, toldBackAt: toldBackAt ?? null }, chat.guard),
    replies: [...replies],
    effects: (effects ?? []).map((action) => ({ type: 'admin', action })),
  };
}

function viewOutput(
  step: Extract<Step, { kind: 'view' }>,
  { admin: { answer }, customer, shopName, guard }: Chat,
): ConversationOutput {
  const view = narrowed(step.view, answer);
  const shown = answer && render(view, answer, shopName);
  if (!shown) return { query: queryOf(view) };
  const text = step.said === undefined ? shown.text : `${step.said}\n\n${shown.text}`;
  const screen: AdminScreen = { at: 'view', view, choices: [...shown.choices] };
  const toldBackAt = step.toldBackAt ?? null;
  return { state: withAdminState(customer, { screen, toldBackAt }, guard), replies: [text], effects: [] };
}

/** A search that finds one order shows that order; asked for it, the supervisor has answered with it. */
function narrowed(view: View, answer: AdminAnswer | undefined): View {
  if (view.view !== 'found' || view.first > 0) return view;
  const only = answer?.ask === 'find' && answer.items.length === 1 ? answer.items[0] : undefined;
  const found = only ?? (answer?.ask === 'order' ? answer.order : undefined);
  return found ? { view: 'order', orderNo: found.orderNo, from: null } : view;
}

function stepOf(before: AdminState | undefined, input: MachineInput, context: TurnContext): Step {
  const { refusal, now } = context;
  const screen = before?.screen;
  if (refusal) {
    const why = refusal.reason === 'admin' ? refusal.message : 'That did not work just now';
    const back = screen?.at === 'confirm' ? screen.back : MENU;
    return toView(back, `⚠️ ${sentence(why)} Nothing was changed.`);
  }
  if (input.kind === 'deleted') return silentStep(before);
  const text = typedText(input);
  if (screen === undefined || screen.at === 'customer') return toView(MENU);
  if (input.kind === 'edited')
    return again(screen, '✏️ An edited message changes nothing. Send it anew.', now);
  if (text === undefined) return again(screen, 'Please type your answer.', now);
  const command = screen.at === 'input' ? commandAtInput(screen.input, text) : commandOf(text);
  if (command === 'home' || ADMIN_WORDS.has(text.toLowerCase())) return toView(MENU);
  if (command === 'back') return toView(backFrom(screen));
  switch (screen.at) {
    case 'view':
      return choose(screen, text, context);
    case 'input':
      return typed(screen, text, now);
    case 'confirm':
      return confirmed(screen, text, input.sentAt, now);
  }
}

/** Where words are asked for, a greeting may be a word; where a figure is, 0 may be the figure. */
function commandAtInput(input: Input, text: string): 'home' | 'back' | undefined {
  if (/^(?:00|#|menu)$/i.test(text)) return 'home';
  return text === '0' && !takesZero(input) ? 'back' : undefined;
}

/** Met after downtime: nothing is done by it, and one answer serves the whole backlog. */
function staleStep(
  before: AdminState | undefined,
  { kind, sentAt }: MachineInput,
  { now }: TurnContext,
): Step {
  const told = before?.toldBackAt ?? null;
  const isTold = told !== null && sentAt <= told;
  if (isTold || kind === 'edited' || kind === 'deleted') return silentStep(before);
  return {
    kind: 'view',
    view: MENU,
    said: '👋 *We are back!* Your message came while we were away, so nothing was done by it.',
    toldBackAt: now,
  };
}

/** Nothing is said, and the chat stays where it is. */
function silentStep(before: AdminState | undefined): Extract<Step, { kind: 'screen' }> {
  return {
    kind: 'screen',
    screen: before?.screen ?? { at: 'view', view: MENU, choices: [] },
    replies: [],
    ...(before?.toldBackAt != null && { toldBackAt: before.toldBackAt }),
  };
}

/** Typed or pasted text, or the one number of a shared contact. Undefined: nothing that could be an answer. */
function typedText(input: MachineInput): string | undefined {
  if (input.kind === 'contact') return input.phones.length === 1 ? input.phones[0] : undefined;
  return cleanText(saidText(input)) || undefined;
}

function backFrom(screen: ScreenAt<'view'> | ScreenAt<'input'> | ScreenAt<'confirm'>): View {
  return screen.at === 'view' ? parentOf(screen.view) : screen.back;
}

const toView = (view: View, said?: string): Step => ({
  kind: 'view',
  view,
  ...(said !== undefined && { said }),
});

/** A screen that needs no facts is shown as it was; a view is asked for anew. */
function again(
  screen: ScreenAt<'view'> | ScreenAt<'input'> | ScreenAt<'confirm'>,
  said: string,
  now: number,
): Step {
  if (screen.at === 'view') return toView(screen.view, said);
  if (screen.at === 'input') return inputStep(screen.input, screen.back, said);
  return confirmStep(screen, { now, said, reshown: screen.reshown });
}

function choose(screen: ScreenAt<'view'>, text: string, context: TurnContext): Step {
  const choice = choiceOf(text);
  const target = choice === undefined ? undefined : screen.choices[choice - 1];
  if (target) return follow(target, screen.view, context.now);
  // An order number leads to its order from every screen of facts.
  const orderNo = findOrderNo(text);
  if (orderNo !== undefined) return toView({ view: 'order', orderNo, from: null });
  // So do a phone, its last digits and M-Pesa's code, as in the search.
  if (parsePhone(text) !== undefined || /^\d{4}$/.test(text) || findReceipt(text) !== undefined) {
    return toView(searchFor(text));
  }
  return toView(screen.view, NOT_UNDERSTOOD);
}

function typed(screen: ScreenAt<'input'>, text: string, now: number): Step {
  const reading = readInput(screen.input, text);
  if (reading.to === 'nowhere') return inputStep(screen.input, screen.back, `❌ ${reading.problem}`);
  return follow(reading, screen.back, now);
}

/** @param from the view to which "back" leads */
function follow(target: Target, from: View, now: number): Step {
  switch (target.to) {
    case 'view':
      return toView(target.view);
    case 'input':
      return inputStep(target.input, from);
    case 'confirm':
      return confirmStep({ ...target, back: from }, { now, reshown: false });
    case 'check': {
      const action: AdminAction = {
        do: 'order',
        orderNo: target.orderNo,
        request: { action: 'check-payment' },
      };
      return done(action, from);
    }
    case 'customer':
      return {
        kind: 'screen',
        screen: { at: 'customer' },
        replies: [
          '👤 *Customer mode*: from now on the bot treats you as a customer. Send *hi* to begin, or *admin* to come back.',
        ],
      };
  }
}

function inputStep(input: Input, back: View, said?: string): Step {
  const question = questionOf(input);
  return {
    kind: 'screen',
    screen: { at: 'input', input, back },
    replies: [said === undefined ? question : `${said}\n\n${question}`],
  };
}

function confirmStep(
  { action, about, back }: Pick<ScreenAt<'confirm'>, 'action' | 'about' | 'back'>,
  { now, said, reshown }: { now: number; said?: string; reshown: boolean },
): Step {
  const question = `❓ *Please confirm*\n\n${summaryOf(action, about)}\n\n1️⃣ Yes\n2️⃣ No`;
  return {
    kind: 'screen',
    screen: { at: 'confirm', action, about, shownAt: now, reshown, back },
    replies: [said === undefined ? question : `${said}\n\n${question}`],
  };
}

function confirmed(screen: ScreenAt<'confirm'>, text: string, sentAt: number, now: number): Step {
  const choice = choiceOf(text);
  const answer = answerOf(text);
  if (choice === 2 || answer === 'no') return toView(screen.back, '👌 Nothing was changed.');
  if (choice !== 1 && answer !== 'yes')
    return again(screen, `${NOT_UNDERSTOOD} Reply *1* for yes or *2* for no.`, now);
  if (now - screen.shownAt > CONFIRM_TTL_MS)
    return confirmStep(screen, {
      now,
      said: '⏰ That took more than 10 minutes, so please check once more.',
      reshown: false,
    });
  // A "1" tapped twice on the screen before has not seen this one. Asked once only, for the sake of clocks that differ.
  if (sentAt < screen.shownAt && !screen.reshown)
    return confirmStep(screen, {
      now,
      said: '👀 Your answer came before this was on your screen.',
      reshown: true,
    });
  return done(screen.action, screen.back);
}

/** Uses the confirm up: the chat leaves its screen together with the act. */
function done(action: AdminAction, back: View): Step {
  return {
    kind: 'screen',
    screen: { at: 'view', view: back, choices: [{ to: 'view', view: back }] },
    replies: [`${doneText(action)}\n\n1️⃣ ${back.view === 'order' ? 'See the order' : 'Go on'}\n*00* Menu`],
    effects: [action],
  };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
