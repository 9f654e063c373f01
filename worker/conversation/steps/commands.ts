import { type Language, languages } from '../../../shared/language.ts';
import { amountScreen, numberScreen, payerScreen, whoScreen } from '../screens/buying.ts';
import { confirmScreen, purchaseOf } from '../screens/confirm.ts';
import { hint } from '../screens/hint.ts';
import { helpScreen, isClosed, menuScreen } from '../screens/menu.ts';
import { complaintScreen, orderScreen, ordersScreen, waitingScreen } from '../screens/orders.ts';
import type { Screen } from '../state.ts';
import { canRepeat, canRetry } from '../status.ts';
import { voiceOf } from '../texts/catalogue.ts';
import { preface, show, type Talk, type Turn } from '../turn.ts';
import { type Command, choiceOf, readPhone, wishesAirtime } from '../understand.ts';
import { backFromBuying, recipientGiven, wishTurn } from './buying.ts';
import { buyAgain, orderNumbered, orderOf, paidTurn, retryAtOnce } from './orders.ts';

const BUYING: ReadonlySet<Screen['screen']> = new Set(['who', 'number', 'amount', 'payer', 'confirm']);

/** True: the chat is in the middle of a purchase that is not ordered yet. */
export function isBuying(at: Screen): boolean {
  return BUYING.has(at.screen);
}

/** The menu's numbers, which the help screen speaks of too; a phone number typed here is whom to buy for. */
export function menuStep(talk: Talk, text: string): Turn {
  const home: Screen = { screen: 'menu', toldBackAt: null };
  switch (choiceOf(text)) {
    case 1:
      return commandTurn(talk, home, 'buy');
    case 2:
      return ordersScreen(talk);
    case 3:
      return helpScreen(talk);
    case 4:
      return commandTurn(talk, home, 'language');
    case 5:
      return againTurn(talk, home) ?? preface(talk.say('notUnderstood'), menuScreen(talk));
    default: {
      const reading = readPhone(text);
      if (reading.ok)
        return isClosed(talk.context) ? menuScreen(talk) : recipientGiven(talk, reading.phone, false, null);
      if (wishesAirtime(text)) return wishTurn(talk, text);
      return preface(talk.say('notUnderstood'), menuScreen(talk));
    }
  }
}

/** What counts on every screen. */
export function commandTurn(talk: Talk, at: Screen, command: Command): Turn {
  switch (command) {
    case 'home':
      return menuScreen(talk);
    case 'back':
      return backTurn(talk, at);
    case 'buy':
      return isClosed(talk.context) ? menuScreen(talk) : whoScreen(talk, null);
    case 'track':
      return ordersScreen(talk);
    case 'help':
      return helpScreen(talk);
    case 'again':
      return againTurn(talk, at) ?? menuScreen(talk);
    case 'thanks':
      return thanksTurn(talk, at);
    case 'paid':
      return paidTurn(talk, at);
    case 'language':
      return spokenIn(talk, at, otherLanguage(talk.language));
    case 'english':
      return spokenIn(talk, at, 'en');
    case 'swahili':
      return spokenIn(talk, at, 'sw');
  }
}

function thanksTurn(talk: Talk, at: Screen): Turn {
  if (isBuying(at) && isClosed(talk.context)) return menuScreen(talk);
  const welcome = talk.say('youAreWelcome');
  if (at.screen === 'waiting') return preface(welcome, sameScreen(talk, at));
  return show(at, welcome, at.screen === 'order' ? talk.say('waitingFooter') : hint(talk, at));
}

/** The latest purchase once more; where it stands, if it is still under way. Undefined: there is none. */
function againTurn(talk: Talk, at: Screen): Turn | undefined {
  const { context } = talk;
  if (at.screen === 'waiting') {
    const order = orderOf(context, at.quote);
    if (order && canRetry(order)) return retryAtOnce(talk, at, order);
  }
  const [newest] = context.orders;
  if (!newest) return undefined;
  return canRepeat(newest) ? buyAgain(talk, newest) : orderScreen(talk, newest);
}

function otherLanguage(language: Language): Language {
  return languages.find((each) => each !== language) ?? language;
}

/** Changes what this chat is spoken to in, for good, and shows the present screen again. */
function spokenIn(talk: Talk, at: Screen, language: Language): Turn {
  const memory = { ...talk.memory, language };
  const changed: Talk = { ...talk, memory, language, say: voiceOf(language, talk.context.texts) };
  return { ...preface(changed.say('languageChanged'), sameScreen(changed, at)), memory };
}

function sameScreen(talk: Talk, at: Screen): Turn {
  const { context } = talk;
  if (isBuying(at) && isClosed(context)) return menuScreen(talk);
  switch (at.screen) {
    case 'menu':
      return menuScreen(talk);
    case 'help':
      return helpScreen(talk);
    case 'who':
      return whoScreen(talk, at.wishedKes);
    case 'number':
      return numberScreen(talk, at.forSelf, at.wishedKes);
    case 'amount':
      return amountScreen(talk, at);
    case 'payer':
      return payerScreen(talk, at);
    case 'confirm':
      return confirmScreen(talk, purchaseOf(at));
    case 'waiting': {
      const order = orderOf(context, at.quote);
      return order ? waitingScreen(talk, at, order) : menuScreen(talk);
    }
    case 'orders':
      return ordersScreen(talk);
    case 'order': {
      const order = orderNumbered(context, at.orderNo);
      return order ? orderScreen(talk, order) : ordersScreen(talk);
    }
    case 'complaint':
      return complaintScreen(talk, at.orderNo);
  }
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
