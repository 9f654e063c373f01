import { formatPhone, type Phone } from '../../../shared/phone.ts';
import {
  amountScreen,
  contactScreen,
  numberScreen,
  ownNumber,
  ownPayer,
  payerScreen,
  whoScreen,
} from '../screens/buying.ts';
import { confirmScreen } from '../screens/confirm.ts';
import { isClosed, menuScreen } from '../screens/menu.ts';
import { boundsText, chosenQuickAmount, offersLetters } from '../screens/quick-amounts.ts';
import type { ScreenOf } from '../state.ts';
import { preface, show, type Talk, type Turn } from '../turn.ts';
import {
  answerOf,
  choiceOf,
  type PhoneReading,
  readAmount,
  readPhone,
  readWish,
  wishesAirtime,
} from '../understand.ts';

/** A contact card with more is a phone book. */
const MOST_CONTACT_CHOICES = 5;

/** A wish in the customer's own words, in the menu or as the first message: what it names is not asked again. */
export function wishTurn(talk: Talk, text: string): Turn {
  if (isClosed(talk.context)) return menuScreen(talk);
  const { phone, amountKes = null } = readWish(text);
  const wishedKes = isSold(talk, amountKes) ? amountKes : null;
  return phone === undefined ? whoScreen(talk, wishedKes) : recipientGiven(talk, phone, false, wishedKes);
}

function isSold({ context: { shop } }: Talk, amountKes: number | null): amountKes is number {
  return amountKes !== null && amountKes >= shop.minAmountKes && amountKes <= shop.maxAmountKes;
}

/** "For me" or "for someone else"; a number typed at once is someone's, and saves a step. */
export function whoStep(talk: Talk, at: ScreenOf<'who'>, text: string): Turn {
  const { say } = talk;
  const choice = choiceOf(text);
  const answer = answerOf(text);
  if (choice === 1 || answer === 'me') {
    const own = ownNumber(talk);
    return own === undefined
      ? numberScreen(talk, true, at.wishedKes)
      : recipientGiven(talk, own, false, at.wishedKes);
  }
  if (choice === 2 || answer === 'else') return numberScreen(talk, false, at.wishedKes);
  if (answer === 'no') return preface(say('cancelled'), menuScreen(talk));
  const reading = readPhone(text);
  if (reading.ok) return recipientGiven(talk, reading.phone, false, at.wishedKes);
  if (wishesAirtime(text)) return wishTurn(talk, text);
  return show(at, say('notUnderstood'), say('whoHint'));
}

export function numberStep(talk: Talk, at: ScreenOf<'number'>, text: string): Turn {
  const chosen = at.offered[(choiceOf(text) ?? 0) - 1];
  if (chosen !== undefined) return recipientGiven(talk, chosen, at.forSelf, at.wishedKes);
  const reading = readPhone(text);
  if (reading.ok) return recipientGiven(talk, reading.phone, at.forSelf, at.wishedKes);
  if (answerOf(text) === 'no') return preface(talk.say('cancelled'), menuScreen(talk));
  return show(at, phoneProblem(talk, reading));
}

/** Asks for the amount, unless it was named already and can be sold. */
export function recipientGiven(
  talk: Talk,
  recipientPhone: Phone,
  forSelf: boolean,
  wishedKes: ScreenOf<'who'>['wishedKes'],
): Turn {
  const target = { recipientPhone, forSelf: forSelf || recipientPhone === ownNumber(talk), payerPhone: null };
  const turn = isSold(talk, wishedKes)
    ? amountGiven(talk, { screen: 'amount', ...target }, wishedKes)
    : amountScreen(talk, target);
  return forSelf ? { ...turn, memory: { ...talk.memory, ownPhone: recipientPhone } } : turn;
}

export function amountStep(talk: Talk, at: ScreenOf<'amount'>, text: string): Turn {
  const { say, context } = talk;
  const { shop } = context;
  const quick = chosenQuickAmount(shop, text);
  if (quick !== undefined) return amountGiven(talk, at, quick);
  const reading = readAmount(text, shop);
  if (reading.ok) return amountGiven(talk, at, reading.amountKes);
  if (answerOf(text) === 'no') return preface(say('cancelled'), menuScreen(talk));
  switch (reading.problem) {
    case 'empty':
    case 'not-a-number':
      return show(at, say('amountNotNumber'));
    case 'fraction':
      return show(at, say('amountFraction'));
    case 'negative':
      return show(at, say('amountNegative'));
    case 'phone':
      return show(at, say('amountIsPhone', { recipient: formatPhone(at.recipientPhone) }));
    case 'too-long':
      return show(at, say('amountTooLong', boundsText(shop)));
    case 'low':
      return show(
        at,
        say('amountLow', boundsText(shop)),
        offersLetters(shop) && choiceOf(text) !== undefined ? say('amountLetters') : '',
      );
    case 'high':
      return show(at, say('amountHigh', boundsText(shop)));
  }
}

/** Whoever buys for himself pays himself, unless he says otherwise at the confirm; only who buys for another is asked. */
function amountGiven(talk: Talk, at: ScreenOf<'amount'>, amountKes: number): Turn {
  const { recipientPhone, forSelf } = at;
  const payerPhone = at.payerPhone ?? (forSelf ? ownNumber(talk) : undefined);
  return payerPhone === undefined
    ? payerScreen(talk, { recipientPhone, forSelf, amountKes })
    : confirmScreen(talk, { recipientPhone, forSelf, amountKes, payerPhone });
}

export function payerStep(talk: Talk, at: ScreenOf<'payer'>, text: string): Turn {
  const { say } = talk;
  const own = ownPayer(talk, at);
  const answer = answerOf(text);
  if (own !== undefined && (answer === 'me' || answer === 'yes')) return payerGiven(talk, at, own);
  const chosen = at.offered[(choiceOf(text) ?? 0) - 1];
  if (chosen !== undefined) return payerGiven(talk, at, chosen);
  const reading = readPhone(text);
  if (reading.ok) return payerGiven(talk, at, reading.phone);
  if (answer === 'no') return preface(say('cancelled'), menuScreen(talk));
  return own !== undefined && reading.problem === 'wrong'
    ? show(at, say('notUnderstood'), say('payerHint', { own: formatPhone(own) }))
    : show(at, phoneProblem(talk, reading));
}

export function payerGiven(talk: Talk, at: ScreenOf<'payer'>, payerPhone: Phone): Turn {
  const { recipientPhone, forSelf, amountKes } = at;
  return confirmScreen(talk, { recipientPhone, forSelf, amountKes, payerPhone });
}

/** A shared contact is a phone number where one is asked for; of several the customer chooses. */
export function contactGiven(
  talk: Talk,
  at: ScreenOf<'who' | 'number' | 'payer'>,
  [phone, ...more]: readonly Phone[],
): Turn {
  const { say } = talk;
  if (phone === undefined) return show(at, say('contactEmpty'));
  const forSelf = at.screen === 'number' && at.forSelf;
  const wishedKes = at.screen === 'payer' ? null : at.wishedKes;
  if (more.length === 0) {
    return at.screen === 'payer'
      ? payerGiven(talk, at, phone)
      : recipientGiven(talk, phone, forSelf, wishedKes);
  }
  const phones = [phone, ...more].slice(0, MOST_CONTACT_CHOICES);
  if (at.screen !== 'payer') return contactScreen(talk, forSelf, phones, wishedKes);
  return preface(say('contactSeveral'), payerScreen(talk, at, phones));
}

function phoneProblem({ say }: Talk, reading: Extract<PhoneReading, { ok: false }>): string {
  switch (reading.problem) {
    case 'incomplete':
      return say('numberIncomplete', { digits: String(reading.digits) });
    case 'foreign':
      return say('numberForeign');
    case 'wrong':
      return say('numberWrong');
  }
}

/** One screen back within a purchase. */
export function backFromBuying(
  talk: Talk,
  at: ScreenOf<'who' | 'number' | 'amount' | 'payer' | 'confirm'>,
): Turn {
  switch (at.screen) {
    case 'who':
      return menuScreen(talk);
    case 'number':
      return whoScreen(talk, at.wishedKes);
    case 'amount':
      return at.forSelf ? whoScreen(talk, null) : numberScreen(talk, false, null);
    case 'payer': {
      const { recipientPhone, forSelf } = at;
      return amountScreen(talk, { recipientPhone, forSelf, payerPhone: null });
    }
    case 'confirm': {
      const { forSelf, quote } = at;
      const { recipientPhone, payerPhone } = quote;
      return amountScreen(talk, { recipientPhone, forSelf, payerPhone });
    }
  }
}
