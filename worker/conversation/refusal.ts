import type { Refusal } from '../../shared/conversation.ts';
import { formatKes } from '../../shared/money.ts';
import { formatPhone } from '../../shared/phone.ts';
import { amountScreen, payerScreen } from './screens/buying.ts';
import { confirmScreen, type Purchase, purchaseOf } from './screens/confirm.ts';
import { bannedScreen, menuScreen } from './screens/menu.ts';
import { boundsText } from './screens/quick-amounts.ts';
import type { Screen } from './state.ts';
import { preface, show, type Talk, type Turn } from './turn.ts';

/**
 * The supervisor has refused the order that this message asked for. Tells why, and leads to where the customer can mend it.
 * Never an effect: the customer sees the reason before anything is tried again.
 */
export function refusedTurn(talk: Talk, at: Screen | undefined, refusal: Refusal): Turn {
  const { say, context } = talk;
  const { shop } = context;
  if (refusal.reason === 'paused' || shop.paused) {
    return menuScreen({ ...talk, context: { ...context, shop: { ...shop, paused: true } } });
  }
  if (refusal.reason === 'not-open') {
    return show({ screen: 'menu', toldBackAt: null }, say('refusedNotOpen', { shop: shop.name }));
  }
  // Only a confirm, or one more try after an order, can have been refused.
  if (at?.screen !== 'confirm' && at?.screen !== 'waiting') return preface(say('apology'), menuScreen(talk));
  const purchase = purchaseOf(at);
  const { recipientPhone, forSelf, amountKes } = purchase;
  const payer = formatPhone(purchase.payerPhone);
  switch (refusal.reason) {
    case 'amount': {
      const bounds = { minAmountKes: refusal.minAmountKes, maxAmountKes: refusal.maxAmountKes };
      const text = amountKes < refusal.minAmountKes ? 'amountLow' : 'amountHigh';
      return preface(
        say(text, boundsText(bounds)),
        amountScreen(
          { ...talk, context: { ...context, shop: { ...shop, ...bounds } } },
          { recipientPhone, forSelf, payerPhone: purchase.payerPhone },
        ),
      );
    }
    case 'price-changed':
      return preface(say('confirmPrice'), confirmScreen(talk, purchase, { payableKes: refusal.payableKes }));
    case 'confirm-expired':
      return preface(say('confirmExpired'), confirmScreen(talk, purchase));
    case 'open-prompt':
      return keptConfirm(
        talk,
        purchase,
        refusal.orderNo === undefined
          ? say('refusedOpenPrompt', { payer })
          : say('refusedOwnOpenPrompt', { payer, orderNo: refusal.orderNo }),
      );
    case 'payer-limit':
      return keptConfirm(
        talk,
        purchase,
        say('refusedPayerLimit', {
          payer,
          perHour: String(refusal.perHour),
          minutes: minutesUntil(refusal.retryAt, context.now),
        }),
      );
    case 'same-amount':
      return keptConfirm(
        talk,
        purchase,
        say('refusedSameAmount', { minutes: minutesUntil(refusal.retryAt, context.now) }),
      );
    case 'banned':
      return refusal.who === 'customer'
        ? bannedScreen(talk)
        : preface(
            say('refusedBannedPayer', { payer }),
            payerScreen(talk, { recipientPhone, forSelf, amountKes }),
          );
    case 'payers-per-chat':
      return preface(
        say('refusedPayers', { perDay: String(refusal.perDay) }),
        payerScreen(talk, { recipientPhone, forSelf, amountKes }),
      );
    case 'recipient-limit':
      return preface(
        say('refusedRecipient', {
          recipient: formatPhone(recipientPhone),
          perDay: formatKes(refusal.kesPerDay),
        }),
        amountScreen(talk, { recipientPhone, forSelf, payerPhone: purchase.payerPhone }),
      );
    case 'shop-limit':
      return preface(say('refusedShopLimit'), menuScreen(talk));
    case 'float':
      return preface(
        say('refusedFloat', { amount: formatKes(amountKes) }),
        amountScreen(talk, { recipientPhone, forSelf, payerPhone: purchase.payerPhone }),
      );
    case 'admin':
      return preface(say('apology'), menuScreen(talk));
    case 'unavailable':
      return keptConfirm(talk, purchase, say('refusedUnavailable'));
  }
}

/** The cause goes away by itself or by another payer: the purchase stays ready for one more "1". */
function keptConfirm(talk: Talk, purchase: Purchase, why: string): Turn {
  const { screen } = confirmScreen(talk, purchase);
  return show(screen, why, talk.say('refusedSummary', summary(purchase)), talk.say('retryChoices'));
}

function summary(purchase: Purchase) {
  return { amount: formatKes(purchase.amountKes), recipient: formatPhone(purchase.recipientPhone) };
}

/** Whole minutes, rounded up: "in 0 min" would be refused again. */
function minutesUntil(at: number, now: number): string {
  return String(Math.max(1, Math.ceil((at - now) / 60_000)));
}
