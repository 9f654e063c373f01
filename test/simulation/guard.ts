import { HOUR_MS, MINUTE_MS } from '../../shared/clock.ts';
import { CONFIRM_TTL_MS, type Quote, STALE_MESSAGE_MS } from '../../shared/conversation.ts';
import { payableFor } from '../../shared/money.ts';
import type { Order } from '../../shared/order.ts';
import { settingsFor } from '../../shared/settings.ts';
import type { StkPushRequest } from '../../supervisor/gateways/types.ts';
import { effectiveSettings } from '../../supervisor/stores/effective-settings.ts';
import type { Change, Stores } from '../../supervisor/stores/types.ts';
import type { Engine } from './engine.ts';
import type { SetId } from './money-facts.ts';
import type { MoneyWorld } from './money-world.ts';
import type { MoneyGuard } from './simulated-gateways.ts';
import type { Medium } from './simulated-stores.ts';

/** Statum rejects similar requests within this time (docs/gateways.md, fact 7). */
const SIMILAR_MS = 5 * MINUTE_MS;

/** Notes what must not be. */
export type Accuse = (what: string, orderNo?: string) => void;

/**
 * Watches each step at the moment it is taken: what stands on the disk when money is about to move, and which orders are taken.
 * Knows the rules from the design, not from the code.
 */
export class Guard implements MoneyGuard {
  readonly #engine: Engine;
  readonly #medium: Medium;
  readonly #world: () => MoneyWorld;
  readonly #accuse: Accuse;
  readonly #quotes: ReadonlyMap<string, Quote>;
  /** The hourly limit that each order was taken under. */
  readonly #perHour = new Map<string, number>();

  constructor(parts: {
    engine: Engine;
    medium: Medium;
    world: () => MoneyWorld;
    accuse: Accuse;
    quotes: ReadonlyMap<string, Quote>;
  }) {
    this.#engine = parts.engine;
    this.#medium = parts.medium;
    this.#world = parts.world;
    this.#accuse = parts.accuse;
    this.#quotes = parts.quotes;
  }

  beforePush(setId: SetId, { phone, amountKes, reference }: StkPushRequest): void {
    const order = this.#medium.content.orders.get(reference);
    const now = this.#engine.now;
    if (order?.payment.state !== 'requesting') {
      this.#accuse(
        `a prompt is sent while the disk says ${order?.payment.state ?? 'nothing'} of its order`,
        reference,
      );
      return;
    }
    if (order.payment.credentials.setId !== setId)
      this.#accuse(`a prompt is sent with the keys of ${setId}`, reference);
    if (phone !== order.payerPhone || amountKes !== order.payableKes)
      this.#accuse(`a prompt of KES ${amountKes} is sent to ${phone}`, reference);
    const others = this.#world().prompts.filter((prompt) => prompt.phone === phone && prompt.setId === setId);
    if (others.some((prompt) => prompt.reference === reference))
      this.#accuse('a second prompt is sent for one order', reference);
    const open = others.find(({ paidAt, failsAt, closesAt }) => now < (paidAt ?? failsAt ?? closesAt));
    if (open) this.#accuse(`a prompt is sent while ${open.id} is still on that phone`, reference);
    // A minute of grace: the limit counts from the order, the prompt goes out a little later.
    const lately = others.filter(({ at }) => now - at < HOUR_MS - MINUTE_MS).length;
    const perHour = this.#perHour.get(reference) ?? 0;
    if (lately >= perHour)
      this.#accuse(`prompt ${lately + 1} of this hour, and ${perHour} are allowed`, reference);
  }

  beforeAirtime(setId: SetId, { phone, amountKes }: { phone: string; amountKes: number }): string {
    const now = this.#engine.now;
    const { posts } = this.#world();
    const claims = this.#medium
      .submitting()
      .filter(
        ({ recipientPhone, amountKes: ordered, mode }) =>
          recipientPhone === phone &&
          ordered === amountKes &&
          (mode === 'live') === (setId === 'environment'),
      );
    // Each claim allows one POST.
    const claimed = claims.filter(
      ({ orderNo, delivery }) => posts.filter((post) => post.orderNo === orderNo).length < delivery.attempts,
    );
    const order = claimed[0];
    if (!order || claimed.length > 1) {
      this.#accuse(
        `KES ${amountKes} of airtime is sent to ${phone} with ${claimed.length} durable claims on it`,
        claims[0]?.orderNo,
      );
      return claims[0]?.orderNo ?? 'nobody';
    }
    const { orderNo } = order;
    if (order.payment.state !== 'paid') this.#accuse(`airtime is sent while ${order.payment.state}`, orderNo);
    if (order.resolution) this.#accuse(`airtime is sent after the order was ${order.resolution}`, orderNo);
    if (order.delivery.credentials?.setId !== setId) this.#accuse(`sent with the keys of ${setId}`, orderNo);
    const mayHaveSent = posts.filter((post) => post.orderNo === orderNo && post.possiblyAccepted).length;
    const resends = (this.#medium.timelines.get(orderNo) ?? []).filter(
      ({ event }) => event === 'resend',
    ).length;
    if (mayHaveSent > resends)
      this.#accuse(
        `airtime is sent again after ${mayHaveSent} possible top-ups and ${resends} resends`,
        orderNo,
      );
    const similar = posts.findLast(
      (post) =>
        post.possiblyAccepted &&
        post.phone === phone &&
        post.amountKes === amountKes &&
        post.setId === setId &&
        now - post.at <= SIMILAR_MS,
    );
    if (similar) this.#accuse(`the same airtime went out ${(now - similar.at) / 1_000} s before`, orderNo);
    return orderNo;
  }

  /** Judges each order at the moment it is taken, by the settings of that moment. */
  onApplied(changes: readonly Change[], stores: Stores): void {
    for (const change of changes) {
      if (change.collection === 'orders' && !change.before && change.after) this.#taken(change.after, stores);
    }
  }

  #taken(order: Order, stores: Stores): void {
    const now = this.#engine.now;
    const accuse = (what: string): void => this.#accuse(`taken although ${what}`, order.orderNo);
    const client = stores.clients.get(order.clientId);
    const settings = settingsFor(effectiveSettings(stores.settings), client?.overrides ?? {});
    this.#perHour.set(order.orderNo, settings.promptsPerPayerPerHour);
    const quote = this.#quotes.get(order.confirmId);
    if (!client || client.paused) accuse('selling is paused');
    const people = [order.payerPhone, order.customerPhone ?? '', order.chatId.replace('@c.us', '')];
    for (const ban of stores.bans.values()) {
      const counts = ban.clientId === undefined || ban.clientId === order.clientId;
      if (counts && people.includes(ban.person)) accuse(`${ban.person} is banned`);
    }
    if (!quote) {
      accuse('nobody was shown such a purchase');
      return;
    }
    const frozen =
      order.amountKes === quote.amountKes &&
      order.payableKes === quote.payableKes &&
      order.payableKes === payableFor(quote.amountKes, quote.discountPercent) &&
      order.payerPhone === quote.payerPhone &&
      order.recipientPhone === quote.recipientPhone;
    if (!frozen) accuse('the customer was shown something else');
    if (now - quote.shownAt > Math.max(CONFIRM_TTL_MS, STALE_MESSAGE_MS)) accuse('the confirm has expired');
    if (order.amountKes < settings.minAmountKes || order.amountKes > settings.maxAmountKes)
      accuse(`KES ${order.amountKes} is not sold`);
    const day = 24 * HOUR_MS;
    const payers = new Set<string>();
    for (const other of stores.orders.byChat(order.clientId, order.chatId, 1_000)) {
      if (other.orderNo !== order.orderNo && now - other.createdAt < day) payers.add(other.payerPhone);
    }
    if (!payers.has(order.payerPhone) && payers.size >= settings.payersPerChatPerDay)
      accuse(`this chat has had ${payers.size} payers today`);
    // The first one that bears it.
    if (stores.orders.byConfirmId(order.confirmId)?.orderNo !== order.orderNo)
      accuse('this confirm made an order already');
  }
}
