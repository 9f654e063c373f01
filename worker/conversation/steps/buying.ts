import { formatPhone, type Phone } from '../../../shared/phone.ts';
import { amountScreen, numberScreen, ownPayer, payerScreen, whoScreen } from '../screens/buying.ts';
import { confirmScreen } from '../screens/confirm.ts';
import { menuScreen } from '../screens/menu.ts';
import { boundsText, chosenQuickAmount, offersLetters } from '../screens/quick-amounts.ts';
import type { ScreenOf } from '../state.ts';
import { preface, show, type Talk, type Turn } from '../turn.ts';
import { answerOf, choiceOf, type PhoneReading, readAmount, readPhone } from '../understand.ts';

/** "For me" or "for someone else"; a number typed at once is someone's, and saves a step. */
export function whoStep(talk: Talk, text: string): Turn {
  const { context, say } = talk;
  const choice = choiceOf(text);
  const answer = answerOf(text);
  if (choice === 1 || answer === 'me') {
    const own = context.customerPhone;
    return own === undefined
      ? numberScreen(talk, true)
      : amountScreen(talk, { recipientPhone: own, forSelf: true, payerPhone: null });
  }
  if (choice === 2 || answer === 'else') return numberScreen(talk, false);
  if (answer === 'no') return preface(say('cancelled'), menuScreen(talk));
  const reading = readPhone(text);
  if (reading.ok) return recipientGiven(talk, reading.phone, false);
  return show({ screen: 'who' }, say('notUnderstood'), say('whoHint'));
}

export function numberStep(talk: Talk, at: ScreenOf<'number'>, text: string): Turn {
  const reading = readPhone(text);
  if (reading.ok) return recipientGiven(talk, reading.phone, at.forSelf);
  if (answerOf(text) === 'no') return preface(talk.say('cancelled'), menuScreen(talk));
  return show(at, phoneProblem(talk, reading));
}

export function recipientGiven(talk: Talk, recipientPhone: Phone, forSelf: boolean): Turn {
  const own = talk.context.customerPhone;
  return amountScreen(talk, { recipientPhone, forSelf: forSelf || recipientPhone === own, payerPhone: null });
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

/** Whoever buys for himself pays himself; only who buys for another, or whose number is not known, is asked. */
function amountGiven(talk: Talk, at: ScreenOf<'amount'>, amountKes: number): Turn {
  const { recipientPhone, forSelf } = at;
  const payerPhone = at.payerPhone ?? (forSelf ? talk.context.customerPhone : undefined);
  return payerPhone === undefined
    ? payerScreen(talk, { recipientPhone, forSelf, amountKes })
    : confirmScreen(talk, { recipientPhone, forSelf, amountKes, payerPhone });
}

export function payerStep(talk: Talk, at: ScreenOf<'payer'>, text: string): Turn {
  const { say } = talk;
  const own = ownPayer(talk, at);
  const answer = answerOf(text);
  if (own !== undefined && (choiceOf(text) === 1 || answer === 'me' || answer === 'yes')) {
    return payerGiven(talk, at, own);
  }
  const reading = readPhone(text);
  if (reading.ok) return payerGiven(talk, at, reading.phone);
  if (answer === 'no') return preface(say('cancelled'), menuScreen(talk));
  return show(
    at,
    phoneProblem(talk, reading),
    own === undefined ? '' : say('payerHint', { own: formatPhone(own) }),
  );
}

export function payerGiven(talk: Talk, at: ScreenOf<'payer'>, payerPhone: Phone): Turn {
  const { recipientPhone, forSelf, amountKes } = at;
  return confirmScreen(talk, { recipientPhone, forSelf, amountKes, payerPhone });
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
      return whoScreen(talk);
    case 'amount':
      return at.forSelf ? whoScreen(talk) : numberScreen(talk, false);
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
