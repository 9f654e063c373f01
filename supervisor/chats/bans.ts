import { type Ban, type BanPut, banKey, namesOf, parsePerson } from '../../shared/ban.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { conversationKey, type Reader, type Stores, type Transaction } from '../stores/types.ts';

/** The ban that counts in a chat: the client's own before the platform's, because its words are the ones its customers know. */
export function findBan(
  bans: Reader<Ban>,
  clientId: string,
  chat: { readonly chatId: string; readonly customerPhone?: string | undefined },
): Ban | undefined {
  if (bans.size === 0) return undefined;
  const names = namesOf(chat);
  const keys = [clientId, undefined].flatMap((owner) => names.map((name) => banKey(name, owner)));
  return keys.map((key) => bans.get(key)).find((ban) => ban !== undefined);
}

/** Whom a ban is about, by whom it is made, and for which client; without one it holds on every bot. */
interface BanAct {
  /** A phone in any Kenyan form, or a chat id. */
  readonly who: string;
  readonly by: string;
  readonly at: number;
  readonly clientId?: string;
}

/**
 * Bans a person, or changes the ban there is, in the caller's transaction. A chat whose phone is known is banned by its phone.
 * @throws AppError `invalid` naming `phoneOrChatId`
 */
export function putBan(tx: Transaction, texts: BanPut, act: BanAct): Ban {
  const { by, at, clientId } = act;
  const person = personOf(tx, act);
  const before = tx.bans.get(banKey(person, clientId));
  const { reason, message } = texts;
  if (before && before.reason === reason && before.message === message) return before;
  const ban: Ban = {
    ...(clientId !== undefined && { clientId }),
    person,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    by,
    createdAt: before?.createdAt ?? at,
    updatedAt: at,
  };
  tx.bans.put(ban);
  audit(tx, before ? 'ban.change' : 'ban.add', person, act, reason);
  return ban;
}

/**
 * Lifts a ban in the caller's transaction.
 * @returns false when there is none
 * @throws AppError `invalid` naming `phoneOrChatId`
 */
export function liftBan(tx: Transaction, act: BanAct): boolean {
  // A chat may have been banned before its phone became known.
  const names = new Set([personOf(tx, act), parsePerson(act.who) ?? act.who]);
  const lifted = [...names].filter((person) => {
    const key = banKey(person, act.clientId);
    if (!tx.bans.get(key)) return false;
    tx.bans.delete(key);
    audit(tx, 'ban.lift', person, act);
    return true;
  });
  return lifted.length > 0;
}

/**
 * WhatsApp has told whose chat it is: a ban of the chat holds for the phone from now on, in whatever chat it writes. One of the whole
 * platform stays with the chat as well, because other bots may not have been told yet.
 */
export function banPhoneToo(
  tx: Transaction,
  clientId: string,
  { chatId, customerPhone }: { readonly chatId: string; readonly customerPhone?: string | undefined },
): void {
  if (customerPhone === undefined || tx.bans.size === 0 || !chatId.endsWith('@lid')) return;
  for (const owner of [clientId, undefined]) {
    const ban = tx.bans.get(banKey(chatId, owner));
    if (!ban) continue;
    if (!tx.bans.get(banKey(customerPhone, owner))) tx.bans.put({ ...ban, person: customerPhone });
    if (owner !== undefined) tx.bans.delete(banKey(chatId, owner));
  }
}

/** What goes with a client that is deleted. */
export function dropBans(tx: Transaction, clientId: string): void {
  const own = [...tx.bans.values()].filter((ban) => ban.clientId === clientId);
  for (const { person } of own) tx.bans.delete(banKey(person, clientId));
}

/** Bans for the API, the pages and whoever else is no transaction of his own. */
export interface BanService {
  /** Newest first. @param clientId of this client; without it, those that hold on every bot. @throws AppError `not-found` */
  list(clientId?: string): readonly Ban[];
  /** @throws AppError `not-found`, `invalid` */
  put(who: string, texts: BanPut, by: string, clientId?: string): Promise<Ban>;
  /** Lifting what is not there changes nothing. @throws AppError `not-found`, `invalid` */
  lift(who: string, by: string, clientId?: string): Promise<void>;
}

export function createBanService({ stores, clock }: { stores: Stores; clock: Clock }): BanService {
  const mustExist = (clients: Stores['clients'], clientId: string | undefined): void => {
    if (clientId !== undefined && !clients.get(clientId))
      throw new AppError('not-found', 'There is no such client');
  };
  const actOf = (who: string, by: string, clientId: string | undefined): BanAct => ({
    who,
    by,
    at: clock.now(),
    ...(clientId !== undefined && { clientId }),
  });
  return {
    list(clientId) {
      mustExist(stores.clients, clientId);
      return [...stores.bans.values()]
        .filter((ban) => ban.clientId === clientId)
        .sort((one, other) => other.createdAt - one.createdAt);
    },
    put: (who, texts, by, clientId) =>
      stores.transact((tx) => {
        mustExist(tx.clients, clientId);
        return putBan(tx, texts, actOf(who, by, clientId));
      }),
    lift: async (who, by, clientId) => {
      await stores.transact((tx) => {
        mustExist(tx.clients, clientId);
        return liftBan(tx, actOf(who, by, clientId));
      });
    },
  };
}

/** The normalised phone where it is known, of a chat too; else the chat's id. */
function personOf(tx: Transaction, { who, clientId }: BanAct): string {
  const person = parsePerson(who);
  if (person === undefined) {
    throw new AppError('invalid', 'Expected a Kenyan mobile number such as 0700000001, or a chat id', {
      field: 'phoneOrChatId',
    });
  }
  if (!person.endsWith('@lid')) return person;
  const clientIds = clientId === undefined ? [...tx.clients.values()].map(({ id }) => id) : [clientId];
  const phones = clientIds.map((id) => tx.conversations.get(conversationKey(id, person))?.customerPhone);
  return phones.find((phone) => phone !== undefined) ?? person;
}

function audit(tx: Transaction, action: string, person: string, act: BanAct, note?: string): void {
  tx.audit.append({
    at: act.at,
    by: act.by,
    action,
    subject: person,
    ...(act.clientId !== undefined && { clientId: act.clientId }),
    ...(note !== undefined && { note }),
  });
}
