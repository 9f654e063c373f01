import type { AdminAction } from '../../shared/admin.ts';
import type { Client } from '../../shared/client.ts';
import type { Clock } from '../../shared/clock.ts';
import {
  type Conversation,
  type Effect,
  type Quote,
  type Refusal,
  STALE_MESSAGE_MS,
} from '../../shared/conversation.ts';
import { AppError } from '../../shared/errors.ts';
import { newId, newOrderNo } from '../../shared/ids.ts';
import type { TurnAnswer, TurnBeginReply, TurnCommit, TurnCommitReply } from '../../shared/ipc.ts';
import type { Order } from '../../shared/order.ts';
import { settingsFor } from '../../shared/settings.ts';
import type { Gateways } from '../gateways/gateways.ts';
import type { DaySales } from '../orders/day-sales.ts';
import type { FloatKeeper } from '../orders/float.ts';
import { refusalFor } from '../orders/limits.ts';
import { applyEvent, createOrder } from '../orders/machine.ts';
import { writeOutcome } from '../orders/order-book.ts';
import { effectiveSettings } from '../stores/effective-settings.ts';
import { conversationKey, type Stores, type Transaction } from '../stores/types.ts';
import type { AdminDesk } from './admin/desk.ts';
import { banPhoneToo, findBan } from './bans.ts';
import { turnContext } from './context.ts';
import { handledAfter, wasHandled } from './handled.ts';
import { storageRisk } from './storage-risk.ts';
import type { TurnService } from './types.ts';

/**
 * Turns: what a worker asks before it runs the menu machine, and the one transaction in which everything that follows from a
 * customer's message is written: the message's id, the new state, the order, the replies.
 */
export function createTurns(options: {
  readonly stores: Stores;
  readonly gateways: Gateways;
  readonly float: Pick<FloatKeeper, 'covers' | 'reserve' | 'release'>;
  readonly sales: Pick<DaySales, 'soldKes' | 'count' | 'forget'>;
  /** For those who write as admins of the shop; without it nobody does. */
  readonly admins?: AdminDesk;
  readonly clock: Clock;
  /** {@link storageRisk} */
  readonly ephemeralDisk: boolean;
  /** True: no order is taken any more because the platform is stopping. */
  readonly stopping: () => boolean;
}): TurnService {
  const { stores, gateways, float, sales, admins, clock, ephemeralDisk, stopping } = options;

  return {
    async begin(clientId, request): Promise<TurnBeginReply> {
      const client = existing(stores.clients.get(clientId), clientId);
      const conversation = stores.conversations.get(conversationKey(clientId, request.chatId));
      if (wasHandled(conversation, request.messageId)) {
        // The worker tells the chat network that this message is done with, so its turn must be on disk by then.
        await stores.durable();
        return { status: 'duplicate' };
      }
      return {
        status: 'open',
        version: conversation?.version ?? 0,
        state: conversation?.state ?? null,
        context: turnContext({
          client,
          request,
          stores,
          now: clock.now(),
          ready: canSell(client),
          adminPhone: admins?.adminIn(client, request),
        }),
      };
    },

    async ask(clientId, request): Promise<TurnAnswer> {
      const client = existing(stores.clients.get(clientId), clientId);
      if (!admins) throw new AppError('forbidden', 'Nobody is an admin here');
      return await admins.answer(client, request, request.query);
    },

    async commit(clientId, request): Promise<TurnCommitReply> {
      const taken: Order[] = [];
      try {
        const reply = await stores.transact((tx) => commitTurn(tx, clientId, request, taken));
        const client = stores.clients.get(clientId);
        if (reply.status === 'committed' && client)
          for (const effect of request.effects)
            if (effect.type === 'admin') admins?.follow(client, request, effect.action);
        return reply;
      } catch (error) {
        // Not written, so not promised: a full disk may have refused it after all.
        for (const order of taken) {
          float.release(order);
          sales.forget(order);
        }
        // Thrown inside the work, so nothing of the turn was written.
        if (error instanceof Refused) return { status: 'refused', refusal: error.refusal };
        throw error;
      }
    },
  };

  function canSell(client: Client): boolean {
    const settings = settingsFor(effectiveSettings(stores.settings), client.overrides);
    if (client.approved === false || storageRisk(client.mode, settings, ephemeralDisk)) return false;
    return gateways.shadowPayFor(client) !== undefined && gateways.statumFor(client) !== undefined;
  }

  function commitTurn(
    tx: Transaction,
    clientId: string,
    request: TurnCommit,
    taken: Order[],
  ): TurnCommitReply {
    const client = existing(tx.clients.get(clientId), clientId);
    const before = tx.conversations.get(conversationKey(clientId, request.chatId));
    if (wasHandled(before, request.messageId)) return { status: 'duplicate' };
    if ((before?.version ?? 0) !== request.expectedVersion) return { status: 'conflict' };

    const now = clock.now();
    for (const effect of request.effects) {
      if (effect.type === 'create-order') {
        const order = takeOrder(tx, client, request, effect.quote, now);
        if (order) taken.push(order);
      }
      if (effect.type === 'admin') takeAction(tx, client.id, request, effect.action);
      if (effect.type === 'complain') takeComplaint(tx, clientId, request.chatId, effect, now);
    }
    banPhoneToo(tx, clientId, request);
    tx.conversations.put(nextConversation(before, clientId, request, now));
    for (const [index, text] of request.replies.entries()) {
      const pictureId = index === 0 ? request.pictureId : undefined;
      tx.outbox.put({
        id: newId('ob'),
        clientId,
        chatId: request.chatId,
        seq: tx.outbox.nextSeq(),
        text,
        ...(pictureId !== undefined && { pictureId }),
        ...(request.delayMs !== undefined && { sendAfter: now + request.delayMs }),
        createdAt: now,
      });
    }
    return { status: 'committed' };
  }

  /** @throws Refused with the words for the admin when it may not be */
  function takeAction(tx: Transaction, clientId: string, turn: TurnCommit, action: AdminAction): void {
    try {
      if (!admins) throw new AppError('forbidden', 'Nobody is an admin here');
      if (clock.now() - turn.sentAt > STALE_MESSAGE_MS)
        throw new AppError('conflict', 'That message is too old to act on');
      admins.apply(tx, existing(tx.clients.get(clientId), clientId), turn, action);
    } catch (error) {
      if (error instanceof AppError) throw new Refused({ reason: 'admin', message: error.message });
      throw error;
    }
  }

  /** @throws Refused when the order may not be. A confirm that made an order already makes no second one. */
  function takeOrder(
    tx: Transaction,
    client: Client,
    turn: TurnCommit,
    quote: Quote,
    now: number,
  ): Order | undefined {
    if (tx.orders.byConfirmId(quote.confirmId)) return undefined;
    if (stopping() || stores.status().low) throw new Refused({ reason: 'unavailable' });
    if (now - turn.sentAt > STALE_MESSAGE_MS) throw new Refused({ reason: 'confirm-expired' });
    if (client.approved === false) throw new Refused({ reason: 'not-open' });
    const settings = settingsFor(effectiveSettings(tx.settings), client.overrides);
    if (storageRisk(client.mode, settings, ephemeralDisk)) throw new Refused({ reason: 'not-open' });
    refuseBanned(tx, client.id, turn, quote);
    const refusal = refusalFor(quote, {
      client,
      chatId: turn.chatId,
      settings,
      orders: tx.orders,
      soldTodayKes: () => sales.soldKes(client.id, now),
      now,
    });
    if (refusal) throw new Refused(refusal);
    const shadowPay = gateways.shadowPayFor(client);
    const statum = gateways.statumFor(client);
    if (!shadowPay || !statum) throw new Refused({ reason: 'not-open' });
    if (!float.covers(statum.ref.setId, quote.amountKes)) throw new Refused({ reason: 'float' });
    const outcome = createOrder(
      {
        orderNo: freeOrderNo(tx),
        clientId: client.id,
        mode: client.mode,
        chatId: turn.chatId,
        ...(turn.customerPhone !== undefined && { customerPhone: turn.customerPhone }),
        quote,
        credentials: shadowPay.ref,
      },
      now,
    );
    writeOutcome(tx, outcome);
    float.reserve(outcome.order);
    sales.count(outcome.order);
    return outcome.order;
  }
}

/** A ban that came between the confirm screen and its yes counts; so does one of the phone that is to pay. */
function refuseBanned(tx: Transaction, clientId: string, turn: TurnCommit, { payerPhone }: Quote): void {
  const known = tx.conversations.get(conversationKey(clientId, turn.chatId))?.customerPhone;
  const chat = { chatId: turn.chatId, customerPhone: turn.customerPhone ?? known };
  if (findBan(tx.bans, clientId, chat)) throw new Refused({ reason: 'banned', who: 'customer' });
  if (findBan(tx.bans, clientId, { chatId: payerPhone, customerPhone: payerPhone }))
    throw new Refused({ reason: 'banned', who: 'payer' });
}

/** Only about an order of this very chat; about any other it is as if nothing had been said. */
function takeComplaint(
  tx: Transaction,
  clientId: string,
  chatId: string,
  { orderNo, receipt }: Extract<Effect, { type: 'complain' }>,
  now: number,
): void {
  const order = tx.orders.get(orderNo);
  if (order?.clientId !== clientId || order.chatId !== chatId) return;
  const outcome = applyEvent(order, { type: 'complaint', receipt }, now);
  if (outcome) writeOutcome(tx, outcome);
}

function nextConversation(
  before: Conversation | undefined,
  clientId: string,
  request: TurnCommit,
  now: number,
): Conversation {
  const customerPhone = request.customerPhone ?? before?.customerPhone;
  return {
    clientId,
    chatId: request.chatId,
    version: (before?.version ?? 0) + 1,
    state: request.state,
    handledMessageIds: handledAfter(before, request.messageId),
    ...(customerPhone !== undefined && { customerPhone }),
    updatedAt: now,
  };
}

function freeOrderNo(tx: Transaction): string {
  let orderNo = newOrderNo();
  while (tx.orders.get(orderNo)) orderNo = newOrderNo();
  return orderNo;
}

function existing(client: Client | undefined, clientId: string): Client {
  if (!client) throw new AppError('not-found', `There is no client ${clientId}`);
  return client;
}

/** Leaves the transaction's work so that nothing of the turn is written. */
class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`Refused: ${refusal.reason}`);
    this.name = 'Refused';
    this.refusal = refusal;
  }
}
