import { createHash } from 'node:crypto';
import type { AccessRecord, Invite } from '../../../shared/access.ts';
import { type Clock, DAY_MS } from '../../../shared/clock.ts';
import { AppError } from '../../../shared/errors.ts';
import { newId, newSecret } from '../../../shared/ids.ts';
import { effectiveSettings } from '../../stores/effective-settings.ts';
import type { Reader, Stores } from '../../stores/types.ts';
import type { OwnerIdentity, Session, SessionOwner } from './sessions.ts';

/** Whom a sign-out everywhere is for. */
export type SignOutOf = 'everybody' | SessionOwner;

export interface IssuedInvite {
  readonly invite: Invite;
  /** Path of the link; told this once. */
  readonly path: string;
}

/** Owners' invites and sign-outs everywhere, over the stores. */
export interface AccessBook {
  /** Goes into each session; once it is another, the session is void. */
  epochOf(who: SessionOwner): string;
  /** False: signed out here or everywhere, revoked, or its client is gone. */
  stillCounts(session: Session): boolean;
  sessionTtlMs(who: SessionOwner): number;
  signOutEverywhere(whom: SignOutOf, by: string): Promise<void>;
  /** Voids one session, whoever holds a copy of its cookie. */
  endSession(session: Session): Promise<void>;

  /** Newest first. */
  invitesOf(clientId: string): readonly Invite[];
  /** @throws AppError `not-found` for a client that does not exist */
  invite(clientId: string, ownerName: string, by: string): Promise<IssuedInvite>;
  /** The invite as far as its link still works. */
  findByCode(code: string): Invite | undefined;
  /** Uses the link up. @throws AppError `unauthorized` when it does not work (any more) */
  redeem(code: string, from: string): Promise<OwnerIdentity>;
  /** Whoever made a client on the start page is its owner from then on, in this browser: there is no link to lose. */
  admitMaker(clientId: string, ownerName: string): Promise<OwnerIdentity>;
  /** Ends the link and the sessions it opened. @throws AppError `not-found` */
  revoke(clientId: string, inviteId: string, by: string): Promise<void>;
}

export function createAccessBook({
  stores,
  clock,
}: {
  readonly stores: Stores;
  readonly clock: Clock;
}): AccessBook {
  const inviteById = (access: Reader<AccessRecord>, id: string): Invite | undefined => {
    const record = access.get(id);
    return record?.kind === 'invite' ? record : undefined;
  };
  const invites = (): Invite[] =>
    [...stores.access.values()].flatMap((record) => (record.kind === 'invite' ? [record] : []));

  function epochAt(id: string): number {
    const record = stores.access.get(id);
    return record?.kind === 'epoch' ? record.epoch : 0;
  }

  const epochOf = (who: SessionOwner): string => `${epochAt('epoch:everybody')}.${epochAt(epochId(who))}`;

  function usable(invite: Invite | undefined): invite is Invite {
    return (
      invite !== undefined &&
      invite.usedAt === undefined &&
      invite.revokedAt === undefined &&
      invite.expiresAt > clock.now() &&
      stores.clients.get(invite.clientId) !== undefined
    );
  }

  function byCode(code: string): Invite | undefined {
    const wanted = digestOf(code);
    const found = invites().find(({ codeDigest }) => codeDigest === wanted);
    return usable(found) ? found : undefined;
  }

  return {
    epochOf,

    stillCounts({ id, who, epoch }) {
      if (epoch !== epochOf(who) || stores.access.get(endedId(id)) !== undefined) return false;
      if (who.role === 'admin') return true;
      const invite = inviteById(stores.access, who.inviteId);
      return (
        invite !== undefined &&
        invite.revokedAt === undefined &&
        invite.clientId === who.clientId &&
        stores.clients.get(who.clientId) !== undefined
      );
    },

    sessionTtlMs({ role }) {
      const { adminSessionDays, ownerSessionDays } = effectiveSettings(stores.settings);
      return (role === 'admin' ? adminSessionDays : ownerSessionDays) * DAY_MS;
    },

    async signOutEverywhere(whom, by) {
      const id = epochId(whom);
      await stores.transact((tx) => {
        const before = tx.access.get(id);
        tx.access.put({ id, kind: 'epoch', epoch: (before?.kind === 'epoch' ? before.epoch : 0) + 1 });
        tx.audit.append({
          at: clock.now(),
          by,
          action: 'sign-out.everywhere',
          note: whom === 'everybody' ? 'everybody' : whom.name,
          ...(whom !== 'everybody' && whom.role === 'owner' && { clientId: whom.clientId }),
        });
      });
    },

    async endSession({ id, expiresAt }) {
      const now = clock.now();
      await stores.transact((tx) => {
        for (const record of [...tx.access.values()])
          if (record.kind === 'ended-session' && record.expiresAt <= now) tx.access.delete(record.id);
        tx.access.put({ id: endedId(id), kind: 'ended-session', expiresAt });
      });
    },

    invitesOf: (clientId) =>
      invites()
        .filter((invite) => invite.clientId === clientId)
        .toSorted((one, other) => other.createdAt - one.createdAt),

    async invite(clientId, ownerName, by) {
      const code = newSecret();
      const now = clock.now();
      const { inviteDays } = effectiveSettings(stores.settings);
      const invite: Invite = {
        ...freshInvite({ clientId, ownerName, by, now }),
        source: 'admin',
        codeDigest: digestOf(code),
        expiresAt: now + inviteDays * DAY_MS,
      };
      await stores.transact((tx) => {
        if (!tx.clients.get(clientId)) throw new AppError('not-found', 'There is no such client');
        tx.access.put(invite);
        tx.audit.append({
          at: now,
          by,
          action: 'invite.create',
          subject: invite.id,
          clientId,
          note: ownerName,
        });
      });
      return { invite, path: `/invite/${code}` };
    },

    findByCode: byCode,

    async redeem(code, from) {
      return await stores.transact((tx) => {
        const found = byCode(code);
        // Read again inside: of two who come at once only one may find it unused.
        const invite = found && inviteById(tx.access, found.id);
        if (!usable(invite))
          throw new AppError('unauthorized', 'This link has been used, was withdrawn or has expired');
        const { id, clientId, ownerName } = invite;
        const at = clock.now();
        tx.access.put({ ...invite, usedAt: at });
        tx.audit.append({
          at,
          by: ownerName,
          action: 'invite.use',
          subject: id,
          clientId,
          note: `from ${from}`,
        });
        return { role: 'owner', name: ownerName, clientId, inviteId: id };
      });
    },

    async admitMaker(clientId, ownerName) {
      const now = clock.now();
      const invite: Invite = {
        ...freshInvite({ clientId, ownerName, by: 'start page', now }),
        source: 'start-page',
        expiresAt: now,
        usedAt: now,
      };
      await stores.transact((tx) => tx.access.put(invite));
      return { role: 'owner', name: ownerName, clientId, inviteId: invite.id };
    },

    async revoke(clientId, inviteId, by) {
      await stores.transact((tx) => {
        const invite = inviteById(tx.access, inviteId);
        if (!invite || invite.clientId !== clientId)
          throw new AppError('not-found', 'There is no such invite');
        if (invite.revokedAt !== undefined) return;
        const at = clock.now();
        tx.access.put({ ...invite, revokedAt: at });
        tx.audit.append({
          at,
          by,
          action: 'invite.revoke',
          subject: inviteId,
          clientId,
          note: invite.ownerName,
        });
      });
    },
  };
}

function freshInvite(facts: {
  readonly clientId: string;
  readonly ownerName: string;
  readonly by: string;
  readonly now: number;
}): Pick<Invite, 'id' | 'kind' | 'clientId' | 'ownerName' | 'createdAt' | 'createdBy'> {
  const { clientId, ownerName, by, now } = facts;
  return { id: newId('iv'), kind: 'invite', clientId, ownerName, createdAt: now, createdBy: by };
}

function endedId(sessionId: string): string {
  return `ended:${sessionId}`;
}

function epochId(whom: SignOutOf): string {
  if (whom === 'everybody') return 'epoch:everybody';
  return whom.role === 'admin' ? `epoch:admin:${whom.name.toLowerCase()}` : `epoch:owner:${whom.inviteId}`;
}

function digestOf(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
