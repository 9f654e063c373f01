import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../../shared/clock.ts';
import { newId } from '../../../shared/ids.ts';

/** Longer than any value made here; what is longer is not looked at. */
const MAX_COOKIE_LENGTH = 1_024;

const whoSchema = z.discriminatedUnion('role', [
  z.object({ role: z.literal('admin'), name: z.string() }),
  z.object({
    role: z.literal('owner'),
    name: z.string(),
    clientId: z.string(),
    /** The invite by which he came in; the session counts as long as it is not revoked. */
    inviteId: z.string(),
  }),
]);
/** Whom a session is for. */
export type SessionOwner = z.infer<typeof whoSchema>;
/** A client's owner, as his session knows him. */
export type OwnerIdentity = Extract<SessionOwner, { role: 'owner' }>;

const sessionSchema = z.object({
  id: z.string(),
  expiresAt: z.number(),
  who: whoSchema,
  /** What {@link import('./access-book.ts').AccessBook.epochOf} said when it was issued. */
  epoch: z.string(),
});
export type Session = z.infer<typeof sessionSchema>;

/**
 * Signed sessions: the cookie carries who it is for and until when, the signature makes it ours. Nothing of a session is stored, so
 * a restart signs nobody out; a changed admin token or a deleted key file signs out everybody. Whether one still counts
 * besides (revoked, signed out everywhere) is the access book's to say.
 */
export interface Sessions {
  issue(
    who: SessionOwner,
    options: { readonly ttlMs: number; readonly epoch: string },
  ): { readonly value: string; readonly session: Session };
  /** Undefined for anything forged, damaged or expired. */
  read(value: string): Session | undefined;
  csrfToken(session: Session): string;
  isCsrfToken(session: Session, candidate: string): boolean;
}

export function createSessions(options: {
  readonly secret: string;
  readonly adminToken: string;
  readonly clock: Clock;
}): Sessions {
  const { clock } = options;
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', options.secret, options.adminToken, purpose, 32));
  const signingKey = derive('session');
  const csrfKey = derive('csrf');
  const csrfToken = (session: Session): string => mac(csrfKey, session.id);

  return {
    issue(who, { ttlMs, epoch }) {
      const session = { id: newId('se'), expiresAt: clock.now() + ttlMs, who, epoch };
      const payload = Buffer.from(JSON.stringify(session)).toString('base64url');
      return { value: `${payload}.${mac(signingKey, payload)}`, session };
    },
    read(value) {
      if (value.length > MAX_COOKIE_LENGTH) return undefined;
      const [payload, signature, ...rest] = value.split('.');
      if (!payload || !signature || rest.length > 0) return undefined;
      if (!sameText(signature, mac(signingKey, payload))) return undefined;
      const parsed = sessionSchema.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
      if (!parsed.success || parsed.data.expiresAt <= clock.now()) return undefined;
      return parsed.data;
    },
    csrfToken,
    isCsrfToken: (session, candidate) => sameText(candidate, csrfToken(session)),
  };
}

function mac(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}

function sameText(candidate: string, expected: string): boolean {
  const given = Buffer.from(candidate);
  const wanted = Buffer.from(expected);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
