import type { Client } from '../../shared/client.ts';
import { type Clock, MINUTE_MS, SECOND_MS, type Timer } from '../../shared/clock.ts';
import type { Order } from '../../shared/order.ts';
import type { Gateways, StatumAccess } from '../gateways/gateways.ts';
import { effectiveSettings } from '../stores/effective-settings.ts';
import type { Change, Stores } from '../stores/types.ts';

const REFRESH_MS = 5 * MINUTE_MS;
/** A balance that could not be had is asked for again sooner. */
const RETRY_MS = 30 * SECOND_MS;
/** A balance this young is good enough for the next held order. */
const FRESH_MS = 5 * SECOND_MS;

/** One Statum set's prepaid balance as the platform knows it. */
export interface FloatView {
  /** Credential set. */
  readonly source: string;
  /** The client that owns the set; absent for a set that several share. */
  readonly clientId?: string;
  /** Absent: not known yet. */
  readonly balanceKes?: number;
  /** Airtime of orders that are open: promised, not sent yet. */
  readonly reservedKes: number;
  readonly checkedAt?: number;
  /** Why the last look failed. */
  readonly problem?: string;
  /** What is left for new orders is below the setting. */
  readonly low: boolean;
}

interface Balance {
  balanceKes?: number;
  checkedAt?: number;
  problem?: string;
}

/**
 * Knows each Statum set's float: refreshed on a schedule, by delivery callbacks and by every accepted top-up. What open orders
 * have promised is reserved, so that a prompt goes out only if the airtime can be sent afterwards.
 */
export class FloatKeeper {
  readonly #options: FloatOptions;
  readonly #balances = new Map<string, Balance>();
  readonly #looks = new Map<string, Promise<number | undefined>>();
  readonly #reserved = new Map<string, number>();
  /** What each open order holds, and of which set. */
  readonly #holds = new Map<string, { readonly setId: string; readonly amountKes: number }>();
  #timer: Timer | undefined;
  #unsubscribe: () => void = () => undefined;
  #closed = false;

  constructor(options: FloatOptions) {
    this.#options = options;
  }

  start(): void {
    const { stores } = this.#options;
    for (const order of stores.orders.unsettled()) this.#hold(order);
    this.#unsubscribe = stores.onCommit((changes) => this.#follow(changes));
    void this.#refreshAll();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#unsubscribe();
  }

  /**
   * @returns false when it is known that this much airtime could not be sent. An unknown balance refuses nobody: the gateway
   * being silent for a moment must not close every shop, and an order that meets an empty float is held, not lost.
   */
  covers(setId: string, amountKes: number): boolean {
    const balanceKes = this.#balances.get(setId)?.balanceKes;
    return balanceKes === undefined || balanceKes - (this.#reserved.get(setId) ?? 0) >= amountKes;
  }

  /**
   * Whether a held order's airtime can be paid for by now. Looks at the gateway, but many held orders share one look.
   * @returns false also when the balance cannot be had: what is held has been paid for and must not be tried blindly.
   */
  async nowCovers(order: Order): Promise<boolean> {
    const statum = this.#options.gateways.statumFor(order);
    if (!statum) return false;
    const { setId } = statum.ref;
    const known = this.#balances.get(setId);
    const ageMs = this.#options.clock.now() - (known?.checkedAt ?? Number.NEGATIVE_INFINITY);
    // One from the future is as old as the clock was ahead.
    const isFresh = ageMs >= 0 && ageMs < FRESH_MS;
    const balanceKes = isFresh ? known?.balanceKes : await this.#look(statum);
    return balanceKes !== undefined && balanceKes >= order.amountKes;
  }

  /** Counts a new order's airtime as promised at once, before its transaction is durable, so that two cannot share one rest. */
  reserve(order: Order): void {
    this.#hold(order);
  }

  /** Takes a {@link reserve} back: the order was not written. */
  release({ orderNo }: Order): void {
    this.#drop(orderNo);
  }

  /** A balance that the gateway told by itself. */
  learn(setId: string, balanceKes: number): void {
    this.#balances.set(setId, { balanceKes, checkedAt: this.#options.clock.now() });
  }

  /** Asks now; those who ask at the same time share one call. @returns undefined when the balance cannot be had. */
  #look(statum: StatumAccess): Promise<number | undefined> {
    const { setId } = statum.ref;
    const underWay = this.#looks.get(setId);
    if (underWay) return underWay;
    const look = statum
      .balance()
      .then((answer) => {
        if (answer.outcome === 'known') {
          this.learn(setId, answer.balanceKes);
          return answer.balanceKes;
        }
        this.#balances.set(setId, { ...this.#balances.get(setId), problem: answer.reason });
        return undefined;
      })
      .finally(() => this.#looks.delete(setId));
    this.#looks.set(setId, look);
    return look;
  }

  list(): readonly FloatView[] {
    const sets = new Map<string, Client[]>();
    for (const client of this.#options.stores.clients.values()) {
      const setId = this.#options.gateways.statumFor(client)?.ref.setId;
      if (setId !== undefined) sets.set(setId, [...(sets.get(setId) ?? []), client]);
    }
    return [...sets].map(([source, clients]) => this.#view(source, clients[0]));
  }

  /** The float that a client's airtime comes from; undefined without usable keys. */
  of(client: Client): FloatView | undefined {
    const setId = this.#options.gateways.statumFor(client)?.ref.setId;
    return setId === undefined ? undefined : this.#view(setId, client);
  }

  /** @param user one of the clients that use it */
  #view(source: string, user: Client | undefined): FloatView {
    return {
      source,
      ...(source.startsWith('client:') && user && { clientId: user.id }),
      ...this.#balances.get(source),
      reservedKes: this.#reserved.get(source) ?? 0,
      low: this.#isLow(source),
    };
  }

  #isLow(setId: string): boolean {
    const balanceKes = this.#balances.get(setId)?.balanceKes;
    if (balanceKes === undefined) return false;
    return (
      balanceKes - (this.#reserved.get(setId) ?? 0) <
      effectiveSettings(this.#options.stores.settings).lowFloatKes
    );
  }

  async #refreshAll(): Promise<void> {
    const asked = new Set<string>();
    let failed = false;
    for (const client of this.#options.stores.clients.values()) {
      const statum = this.#options.gateways.statumFor(client);
      if (!statum || asked.has(statum.ref.setId) || this.#closed) continue;
      asked.add(statum.ref.setId);
      if ((await this.#look(statum)) === undefined) failed = true;
    }
    if (this.#closed) return;
    this.#timer = this.#options.clock.schedule(failed || asked.size === 0 ? RETRY_MS : REFRESH_MS, () => {
      void this.#refreshAll();
    });
  }

  #follow(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.collection !== 'orders' || !change.after) continue;
      const { before, after } = change;
      this.#hold(after);
      const accepted = after.delivery.state === 'sent' && before?.delivery.state === 'submitting';
      const setId = after.delivery.credentials?.setId;
      if (accepted && setId !== undefined) this.#spend(setId, after.amountKes);
    }
  }

  /** Between two looks the balance is what it was less what went out. */
  #spend(setId: string, amountKes: number): void {
    const known = this.#balances.get(setId);
    if (known?.balanceKes === undefined) return;
    this.#balances.set(setId, { ...known, balanceKes: Math.max(0, known.balanceKes - amountKes) });
  }

  #drop(orderNo: string): { readonly setId: string } | undefined {
    const held = this.#holds.get(orderNo);
    if (!held) return undefined;
    this.#holds.delete(orderNo);
    this.#reserved.set(held.setId, (this.#reserved.get(held.setId) ?? 0) - held.amountKes);
    return held;
  }

  #hold(order: Order): void {
    const { orderNo, amountKes } = order;
    const before = this.#drop(orderNo);
    if (!isPromised(order)) return;
    const setId = before?.setId ?? this.#options.gateways.statumFor(order)?.ref.setId;
    if (setId === undefined) return;
    this.#holds.set(orderNo, { setId, amountKes });
    this.#reserved.set(setId, (this.#reserved.get(setId) ?? 0) + amountKes);
  }
}

/** Airtime that may have to be sent soon. A declined, expired or unclear payment promises nothing: most of them never come. */
function isPromised({ payment, delivery }: Order): boolean {
  if (payment.state === 'requesting' || payment.state === 'prompted') return delivery.state === 'none';
  return payment.state === 'paid' && ['queued', 'held', 'submitting'].includes(delivery.state);
}

export interface FloatOptions {
  readonly stores: Stores;
  readonly gateways: Gateways;
  readonly clock: Clock;
}
