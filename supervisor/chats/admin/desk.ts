import type { AdminAction, AdminAnswer, AdminQuery } from '../../../shared/admin.ts';
import { namesOf } from '../../../shared/ban.ts';
import type { Client } from '../../../shared/client.ts';
import type { Clock } from '../../../shared/clock.ts';
import { AppError, errorText } from '../../../shared/errors.ts';
import type { Logger } from '../../../shared/logger.ts';
import { checkOwnersTerms } from '../../orders/owner-terms.ts';
import type { OrderService } from '../../orders/types.ts';
import { effectiveSettings } from '../../stores/effective-settings.ts';
import { conversationKey, type Transaction } from '../../stores/types.ts';
import { applyAction, type OrderActs } from './actions.ts';
import { type AnswerSources, answerQuery, type OrderRights } from './answers.ts';
import { PaymentChecks } from './payment-checks.ts';

/** A chat, and the phone that the network tells of it. */
export interface ChatRef {
  readonly chatId: string;
  readonly customerPhone?: string | undefined;
}

/** Admins who write to a client's bot: who they are, what they may see, what they do. */
export interface AdminDesk {
  /** Answers what is asked for from now on, and what an earlier process left. @returns how to stop */
  start(): () => void;
  /** The number by which the person in a chat is an admin of this client; undefined for everybody else. */
  adminIn(client: Client, chat: ChatRef): string | undefined;
  /** @throws AppError `forbidden` for whoever is no admin of the client */
  answer(client: Client, chat: ChatRef, query: AdminQuery): Promise<AdminAnswer>;
  /** In the turn's transaction. @throws AppError with the text for the admin */
  apply(tx: Transaction, client: Client, chat: ChatRef, action: AdminAction): void;
  /** Once the turn is durable: what is done outside the stores. */
  follow(client: Client, chat: ChatRef, action: AdminAction): void;
}

export interface AdminDeskOptions extends AnswerSources {
  readonly orders: OrderService & OrderActs;
  /** Those of the whole platform: admins on whichever bot they write to. */
  readonly platformAdmins: () => readonly string[];
  /** Whether the airtime that the shop sells now is bought with Statum keys of its own. */
  readonly ownsAirtime: (client: Client) => boolean;
  readonly restart: (clientId: string, by: string) => Promise<unknown>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export function createAdminDesk(options: AdminDeskOptions): AdminDesk {
  const { stores, orders, platformAdmins, ownsAirtime, clock, logger } = options;

  const isAdmin = (client: Client, person: string): boolean =>
    client.adminPhones.includes(person) || platformAdmins().includes(person);

  function adminIn(client: Client, chat: ChatRef): string | undefined {
    const known = stores.conversations.get(conversationKey(client.id, chat.chatId))?.customerPhone;
    const customerPhone = chat.customerPhone ?? known;
    return namesOf({ chatId: chat.chatId, customerPhone }).find((name) => isAdmin(client, name));
  }

  /** The platform's admins may do everything; a client's own are in an owner's place. */
  const rightsOf =
    (by: string): OrderRights =>
    (order, action) =>
      platformAdmins().includes(by) ? undefined : orders.ownerRefusal(order, action);

  function mustBeAdmin(client: Client, chat: ChatRef): string {
    const by = adminIn(client, chat);
    if (by === undefined) throw new AppError('forbidden', 'This number is no admin of this shop any more');
    return by;
  }

  const checks = new PaymentChecks(options);

  return {
    adminIn,

    async answer(client, chat, query) {
      const rights = rightsOf(mustBeAdmin(client, chat));
      return await answerQuery(client, query, { ...options, rights }, clock.now());
    },

    start: () => checks.start(),

    apply(tx, client, chat, action) {
      const by = mustBeAdmin(client, chat);
      applyAction(tx, action, {
        client,
        by,
        at: clock.now(),
        orders,
        rights: rightsOf(by),
        checkTerms: (after) => {
          if (platformAdmins().includes(by)) return;
          const change = { before: client.overrides, after, ownAirtime: ownsAirtime(client) };
          checkOwnersTerms(client, change, effectiveSettings(tx.settings));
        },
        isAdmin: (person) => isAdmin(client, person),
      });
      if (action.do === 'order' && action.request.action === 'check-payment')
        checks.ask(tx, { clientId: client.id, chatId: chat.chatId }, { orderNo: action.orderNo, by });
    },

    follow(client, chat, action) {
      const by = adminIn(client, chat);
      if (by === undefined || action.do !== 'restart') return;
      options
        .restart(client.id, by)
        .catch((error: unknown) =>
          logger.error({ clientId: client.id, error: errorText(error) }, 'What an admin asked for failed'),
        );
    },
  };
}
