import type { Client } from '../../shared/client.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/clock.ts';
import { CONFIRM_TTL_MS, type Quote, type Refusal } from '../../shared/conversation.ts';
import { AIRTIME_MAX_KES, AIRTIME_MIN_KES, payableFor } from '../../shared/money.ts';
import type { Order } from '../../shared/order.ts';
import type { Settings } from '../../shared/settings.ts';
import type { OrderReader } from '../stores/types.ts';
import { countsForLimits } from './day-sales.ts';

/** M-Pesa refuses the same amount from the same customer within two minutes (Daraja code 17). */
const SAME_AMOUNT_WINDOW_MS = 2 * MINUTE_MS;
/** A prompt of which nobody knows whether it was shown may still be open for this long. */
const UNKNOWN_PROMPT_MS = 2 * MINUTE_MS;

/**
 * Whether a confirmed quote may become an order; checked inside the turn's transaction, so that two messages cannot both pass.
 * @returns the refusal to be told, or undefined.
 */
export function refusalFor(
  quote: Quote,
  facts: {
    readonly client: Client;
    readonly chatId: string;
    readonly settings: Settings;
    readonly orders: OrderReader;
    /** Airtime that the client has sold today. */
    readonly soldTodayKes: () => number;
    readonly now: number;
  },
): Refusal | undefined {
  const { client, settings, now } = facts;
  if (client.paused) return { reason: 'paused' };
  if (now - quote.shownAt > CONFIRM_TTL_MS) return { reason: 'confirm-expired' };
  return refusedAmount(quote, settings) ?? refusedPayer(quote, facts) ?? refusedVolume(quote, facts);
}

/** The frozen price stands, but only if it is one that the rules could have made. */
function refusedAmount(quote: Quote, settings: Settings): Refusal | undefined {
  const minAmountKes = Math.max(settings.minAmountKes, AIRTIME_MIN_KES);
  const maxAmountKes = Math.min(settings.maxAmountKes, AIRTIME_MAX_KES);
  if (quote.amountKes < minAmountKes || quote.amountKes > maxAmountKes) {
    return { reason: 'amount', minAmountKes, maxAmountKes };
  }
  const possible = quote.discountPercent >= 0 && quote.discountPercent <= 50;
  if (!possible || quote.payableKes !== payableFor(quote.amountKes, quote.discountPercent)) {
    return { reason: 'price-changed', payableKes: payableFor(quote.amountKes, settings.discountPercent) };
  }
  return undefined;
}

function refusedPayer(
  quote: Quote,
  { client, chatId, settings, orders, now }: Parameters<typeof refusalFor>[1],
): Refusal | undefined {
  const ofPayer = orders.byPayer(quote.payerPhone, 50).filter((order) => sameMoney(order, client));

  const open = ofPayer.find((order) => promptMayBeOpen(order, now));
  if (open) {
    const own = open.clientId === client.id && open.chatId === chatId;
    return { reason: 'open-prompt', ...(own && { orderNo: open.orderNo }) };
  }

  const sameAmount = ofPayer.find(
    ({ payableKes, payment }) =>
      payableKes === quote.payableKes &&
      payment.paidAt !== undefined &&
      now - payment.paidAt < SAME_AMOUNT_WINDOW_MS,
  );
  if (sameAmount?.payment.paidAt !== undefined) {
    return { reason: 'same-amount', retryAt: sameAmount.payment.paidAt + SAME_AMOUNT_WINDOW_MS };
  }

  const promptedLately = ofPayer.filter(
    ({ payment }) => now - payment.requestedAt < HOUR_MS && payment.declineCause !== 'gateway',
  );
  const perHour = settings.promptsPerPayerPerHour;
  const oldest = promptedLately[perHour - 1];
  if (oldest) return { reason: 'payer-limit', perHour, retryAt: oldest.payment.requestedAt + HOUR_MS };

  const payers = new Set(
    orders
      .byChat(client.id, chatId, 200)
      .filter((order) => now - order.createdAt < DAY_MS)
      .map((order) => order.payerPhone),
  );
  const perDay = settings.payersPerChatPerDay;
  if (!payers.has(quote.payerPhone) && payers.size >= perDay) return { reason: 'payers-per-chat', perDay };
  return undefined;
}

/** How much one number may be bought, and one shop may sell, in a day. */
function refusedVolume(
  quote: Quote,
  { client, settings, orders, soldTodayKes, now }: Parameters<typeof refusalFor>[1],
): Refusal | undefined {
  const perRecipient = settings.kesPerRecipientPerDay;
  if (perRecipient > 0) {
    const boughtKes = orders
      .byRecipient(quote.recipientPhone, 500)
      .filter((order) => now - order.createdAt < DAY_MS && sameMoney(order, client) && countsForLimits(order))
      .reduce((sum, { amountKes }) => sum + amountKes, 0);
    if (boughtKes + quote.amountKes > perRecipient)
      return { reason: 'recipient-limit', kesPerDay: perRecipient };
  }
  const perShop = settings.kesPerShopPerDay;
  if (perShop > 0 && soldTodayKes() + quote.amountKes > perShop) return { reason: 'shop-limit' };
  return undefined;
}

function promptMayBeOpen({ payment }: Order, now: number): boolean {
  if (payment.state === 'requesting' || payment.state === 'prompted') return true;
  return payment.state === 'unknown' && now - payment.requestedAt < UNKNOWN_PROMPT_MS;
}

/** Real and simulated money never meet, not even in a limit. */
export function sameMoney(a: { mode: Client['mode'] }, b: { mode: Client['mode'] }): boolean {
  return (a.mode === 'live') === (b.mode === 'live');
}
