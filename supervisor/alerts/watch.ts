import { statfs } from 'node:fs/promises';
import { isOpen } from '../../shared/alert.ts';
import { type Clock, MINUTE_MS, SECOND_MS, type Timer } from '../../shared/clock.ts';
import { errorText } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { GatewayWatch } from '../gateways/gateway-watch.ts';
import type { FloatView } from '../orders/float.ts';
import { effectiveSettings } from '../stores/effective-settings.ts';
import type { Stores } from '../stores/types.ts';
import type { ClientService } from '../workers/types.ts';
import type { AlertBook } from './alert-book.ts';
import type { BotFacts, Facts, StorageFacts } from './facts.ts';
import { judge } from './judge.ts';
import type { OrderTrouble } from './order-trouble.ts';
import type { Teller } from './teller.ts';

export interface WatchOptions {
  readonly stores: Stores;
  readonly clients: Pick<ClientService, 'list' | 'onChange'>;
  readonly float: { list(): readonly FloatView[] };
  readonly gateways: Pick<GatewayWatch, 'health' | 'clockOffsetsMs'>;
  readonly orders: OrderTrouble;
  readonly book: AlertBook;
  readonly teller: Teller;
  /** WhatsApp's clock less ours, where its messages tell it. */
  readonly chatClockOffsetMs: () => number | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly dataDir: string;
  /** True: a planned stop is under way, and what ends with it is no trouble. */
  readonly stopping: () => boolean;
}

/** How often everything is looked at without an occasion. */
const LOOK_MS = 10 * SECOND_MS;
/** Who asked for a new QR code knows for so long why there is one. */
const COMMANDED_MS = 15 * MINUTE_MS;
/** After a change: soon, but once for what comes together. */
const SOON_MS = 1 * SECOND_MS;

/** Looks at everything from time to time, and soon after a change: raises and resolves alerts, and has them told. */
export class AlertWatch {
  readonly #options: WatchOptions;
  readonly #notReadySince = new Map<string, number>();
  readonly #ends: Array<() => void> = [];
  #timer: Timer | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #looking: Promise<void> | undefined;
  #closed = false;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  start(): void {
    const { clients, stores, orders } = this.#options;
    this.#ends.push(
      orders.start(),
      clients.onChange(() => this.#lookIn(SOON_MS)),
      stores.onCommit((changes) => {
        const telling = changes.some(
          ({ collection }) => collection === 'orders' || collection === 'settings',
        );
        if (telling) this.#lookIn(SOON_MS);
      }),
    );
    this.#lookIn(0);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const end of this.#ends) end();
    this.#timer?.cancel();
    await this.#looking;
  }

  #lookIn(delayMs: number): void {
    const { clock } = this.#options;
    const dueAt = clock.now() + delayMs;
    if (this.#closed || this.#looking || dueAt >= this.#dueAt) return;
    this.#timer?.cancel();
    this.#dueAt = dueAt;
    this.#timer = clock.schedule(delayMs, () => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      this.#looking = this.look().finally(() => {
        this.#looking = undefined;
        this.#lookIn(LOOK_MS);
      });
    });
  }

  /** Looks once; never rejects. */
  async look(): Promise<void> {
    const { book, teller, logger, stopping } = this.#options;
    if (stopping()) return;
    try {
      const facts = await this.#facts();
      await book.apply(judge(facts));
      if (!stopping()) book.remember(await teller.tell(book.list()));
    } catch (error) {
      // The next look finds the same; an alert must never be what fails.
      logger.warn({ error: errorText(error) }, 'The look for trouble failed');
    }
  }

  async #facts(): Promise<Facts> {
    const { stores, float, gateways, orders, clock, book, chatClockOffsetMs } = this.#options;
    const now = clock.now();
    const offsets = new Map<string, number>(gateways.clockOffsetsMs());
    const chat = chatClockOffsetMs();
    if (chat !== undefined) offsets.set('WhatsApp', chat);
    return {
      now,
      settings: effectiveSettings(stores.settings),
      bots: this.#bots(now),
      floats: float.list(),
      orders: orders.list(),
      storage: await this.#storage(),
      gateways: gateways.health(),
      clockOffsetsMs: offsets,
      open: new Set(
        book
          .list({ open: true })
          .filter(isOpen)
          .map(({ key }) => key),
      ),
    };
  }

  #bots(now: number): BotFacts[] {
    const bots = this.#options.clients.list().map(({ client, worker }) => {
      const should = client.desired === 'running' && worker.state !== 'ready';
      if (!should) this.#notReadySince.delete(client.id);
      else if (!this.#notReadySince.has(client.id)) this.#notReadySince.set(client.id, now);
      const notReadySince = this.#notReadySince.get(client.id);
      const lastEnd = this.#lastEnd(client.id, now);
      return {
        client,
        worker,
        ...(notReadySince !== undefined && { notReadySince }),
        ...(lastEnd && { lastEnd }),
      };
    });
    const known = new Set(bots.map(({ client }) => client.id));
    for (const clientId of this.#notReadySince.keys())
      if (!known.has(clientId)) this.#notReadySince.delete(clientId);
    return bots;
  }

  #lastEnd(clientId: string, now: number): BotFacts['lastEnd'] {
    const last = this.#options.stores.restarts.get(clientId)?.restarts[0];
    if (last?.kind === 'banned') return 'banned';
    return last?.kind === 'commanded' && now - last.at < COMMANDED_MS ? 'commanded' : undefined;
  }

  async #storage(): Promise<StorageFacts> {
    const { writable, low } = this.#options.stores.status();
    try {
      const { bavail, bsize } = await statfs(this.#options.dataDir);
      return { writable, low, freeBytes: bavail * bsize };
    } catch (error) {
      this.#options.logger.debug({ error: errorText(error) }, 'The free space of the disk is not known');
      return { writable, low };
    }
  }
}
