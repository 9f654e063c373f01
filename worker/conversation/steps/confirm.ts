import { CONFIRM_TTL_MS, type Quote } from '../../../shared/conversation.ts';
import { formatKes } from '../../../shared/money.ts';
import { formatPhone } from '../../../shared/phone.ts';
import { payerScreen } from '../screens/buying.ts';
import { confirmScreen, purchaseOf } from '../screens/confirm.ts';
import { menuScreen } from '../screens/menu.ts';
import type { ScreenOf } from '../state.ts';
import { preface, show, type Talk, type Turn } from '../turn.ts';
import { answerOf, choiceOf } from '../understand.ts';

/** 1 = Yes, 2 = No, 3 = another payer. The confirm is used up by its yes: the chat leaves this screen with the order. */
export function confirmStep(talk: Talk, at: ScreenOf<'confirm'>, text: string): Turn {
  const { say } = talk;
  const choice = choiceOf(text);
  const answer = answerOf(text);
  if (choice === 1 || answer === 'yes') return confirmed(talk, at);
  if (choice === 2 || answer === 'no') return preface(say('cancelled'), menuScreen(talk));
  if (choice === 3) {
    const { amountKes, recipientPhone } = at.quote;
    return payerScreen(talk, { amountKes, recipientPhone, forSelf: at.forSelf });
  }
  return show(
    at,
    say('notUnderstood'),
    say('confirmHint', {
      price: formatKes(at.quote.payableKes),
      amount: formatKes(at.quote.amountKes),
      recipient: formatPhone(at.quote.recipientPhone),
    }),
  );
}

function confirmed(talk: Talk, at: ScreenOf<'confirm'>): Turn {
  const { say, context, sentAt } = talk;
  const { quote } = at;
  if (context.now - quote.shownAt > CONFIRM_TTL_MS) {
    return preface(say('confirmExpired'), confirmScreen(talk, purchaseOf(at)));
  }
  // A "1" tapped twice on the screen before, or waiting from a downtime, has not seen this price. Asked once only: a chat
  // network whose clock is behind ours must not make buying impossible.
  if (sentAt < quote.shownAt && !at.reshown) {
    return preface(say('confirmUnseen'), confirmScreen(talk, purchaseOf(at), { reshown: true }));
  }
  return placeOrder(talk, at.forSelf, quote);
}

/** Asks for the order; its number is told by the order desk, once there is one. */
export function placeOrder({ say, context }: Talk, forSelf: boolean, quote: Quote): Turn {
  const values = {
    amount: formatKes(quote.amountKes),
    price: formatKes(quote.payableKes),
    payer: formatPhone(quote.payerPhone),
    recipient: formatPhone(quote.recipientPhone),
  };
  return {
    screen: { screen: 'waiting', forSelf, quote, offeredAt: context.now },
    replies: [context.mode === 'test' ? say('orderingTest', values) : say('ordering', values)],
    effects: [{ type: 'create-order', quote }],
  };
}
