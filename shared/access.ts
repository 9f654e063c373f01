import { z } from 'zod';

/** Who may come in besides the admin token's holders. Nothing here opens anything by itself: secrets stand as digests only. */

/** A client's owner, invited by an admin or come by the start page. His sessions count as long as this record does. */
export const inviteSchema = z.object({
  id: z.string(),
  kind: z.literal('invite'),
  clientId: z.string(),
  /** Who the owner is in the audit and in timelines. */
  ownerName: z.string(),
  source: z.enum(['admin', 'start-page']),
  /** SHA-256 of the link's code, hex; absent when there never was a link. */
  codeDigest: z.string().optional(),
  createdAt: z.number(),
  createdBy: z.string(),
  /** The link signs nobody in after this. Sessions that it opened have an end of their own. */
  expiresAt: z.number(),
  /** The link has been used: it signs nobody in again. */
  usedAt: z.number().optional(),
  /** Ends the link and every session that it opened. */
  revokedAt: z.number().optional(),
});
export type Invite = z.infer<typeof inviteSchema>;

/** Sessions issued under a lower epoch are void: raising it signs somebody, or everybody, out everywhere. */
const epochSchema = z.object({
  /** `epoch:everybody`, `epoch:admin:<name>`, `epoch:owner:<invite id>` */
  id: z.string(),
  kind: z.literal('epoch'),
  epoch: z.number().int().positive(),
});

/** A session whose holder has signed out: a copy of its cookie opens nothing. */
const endedSessionSchema = z.object({
  /** `ended:<session id>` */
  id: z.string(),
  kind: z.literal('ended-session'),
  /** When the cookie would have expired by itself; the record is of no use after that. */
  expiresAt: z.number(),
});

/** The start page's access code. Slow to guess from the file, too. */
const accessCodeRecordSchema = z.object({
  id: z.literal('access-code'),
  kind: z.literal('access-code'),
  /** Hex. */
  salt: z.string(),
  /** scrypt of the code, hex. */
  digest: z.string(),
  setAt: z.number(),
});

export const accessRecordSchema = z.discriminatedUnion('kind', [
  inviteSchema,
  epochSchema,
  endedSessionSchema,
  accessCodeRecordSchema,
]);
export type AccessRecord = z.infer<typeof accessRecordSchema>;
