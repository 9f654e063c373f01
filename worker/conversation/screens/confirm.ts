import type { Quote } from '../../../shared/conversation.ts';
import { formatKes, payableFor } from '../../../shared/money.ts';
import { formatPhone, likelyNetwork, type Phone } from '../../../shared/phone.ts';
import type { ScreenOf } from '../state.ts';
import { show, type Talk, type Turn } from '../turn.ts';

export interface Purchase {
  readonly amountKes: number;
  readonly recipientPhone: Phone;
  readonly payerPhone: Phone;
  readonly forSelf: boolean;
}

/** Freezes a purchase at the shop's present price. */
export function quoteFor({ context }: Talk, purchase: Purchase): Quote {
  const { discountPercent } = context.shop;
  return {
    confirmId: context.freshId,
    amountKes: purchase.amountKes,
    payableKes: payableFor(purchase.amountKes, discountPercent),
    discountPercent,
    recipientPhone: purchase.recipientPhone,
    payerPhone: purchase.payerPhone,
    shownAt: context.now,
  };
}

export function purchaseOf({ forSelf, quote }: { forSelf: boolean; quote: Quote }): Purchase {
  const { amountKes, recipientPhone, payerPhone } = quote;
  return { amountKes, recipientPhone, payerPhone, forSelf };
}

/** Shows what will be bought at what price, under a fresh confirm id. */
export function confirmScreen(
  talk: Talk,
  purchase: Purchase,
  options: { payableKes?: number; reshown?: boolean } = {},
): Turn {
  const { say, context } = talk;
  const fresh = quoteFor(talk, purchase);
  const quote = options.payableKes === undefined ? fresh : { ...fresh, payableKes: options.payableKes };
  const saved = quote.amountKes - quote.payableKes;
  const discount =
    saved > 0
      ? say('confirmDiscount', { saved: formatKes(saved), percent: String(quote.discountPercent) })
      : '';
  const test = context.mode === 'test' ? say('confirmTest') : '';
  const screen: ScreenOf<'confirm'> = {
    screen: 'confirm',
    forSelf: purchase.forSelf,
    quote,
    reshown: options.reshown ?? false,
  };
  return show(
    screen,
    say('confirm', {
      amount: formatKes(quote.amountKes),
      recipient: formatPhone(quote.recipientPhone),
      payer: formatPhone(quote.payerPhone),
      price: formatKes(quote.payableKes),
      notes: discount + networkHint(talk, quote.recipientPhone) + test,
    }),
  );
}

/** Airtime goes to three networks; numbers are portable, so a prefix of another one is worth a word but no refusal. */
function networkHint({ say }: Talk, recipientPhone: Phone): string {
  const network = likelyNetwork(recipientPhone);
  return network === 'Equitel' || network === 'Faiba' ? say('confirmNetworkHint', { network }) : '';
}
