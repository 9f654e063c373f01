import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Stores, Transaction } from '../../stores/types.ts';
import { tokenMatcher } from './admin-token.ts';

/**
 * The access code opens the start page. What the UI has set counts before the environment's `ACCESS_CODE`; of the former only a
 * slow digest is stored, so that nobody reads it out of a file.
 */
const RECORD = 'access-code';
const DIGEST_BYTES = 32;
const slowDigest = promisify<string, Buffer, number, Buffer>(scrypt);

/** Short ones are found by trying, however slowly. */
export const accessCodeSchema = z
  .string()
  .trim()
  .min(6, 'At least 6 characters')
  .max(100, 'At most 100 characters')
  .regex(/^\P{Cc}*$/u, 'One line, without control characters');

/** A field of `PATCH /api/v1/settings`: a new code, or null to take the one set here away. */
export const accessCodePatchField = { accessCode: accessCodeSchema.nullable().optional() };

export const accessCodeViewSchema = z.object({
  set: z.boolean(),
  source: z.enum(['ui', 'env', 'none']),
});
export type AccessCodeView = z.infer<typeof accessCodeViewSchema>;

type Codes = Pick<Stores, 'access'>;

export function accessCodeView({ access }: Codes, environmentCode: string | undefined): AccessCodeView {
  if (stored({ access })) return { set: true, source: 'ui' };
  return environmentCode === undefined ? { set: false, source: 'none' } : { set: true, source: 'env' };
}

/** Compares in constant time. False where no code is set at all. */
export async function isAccessCode(
  stores: Codes,
  environmentCode: string | undefined,
  candidate: string,
): Promise<boolean> {
  const written = candidate.trim();
  const record = stored(stores);
  if (record) {
    const digest = await slowDigest(written, Buffer.from(record.salt, 'hex'), DIGEST_BYTES);
    return timingSafeEqual(digest, Buffer.from(record.digest, 'hex'));
  }
  return environmentCode !== undefined && tokenMatcher(environmentCode)(written);
}

/** What {@link putAccessCode} stores; made before the transaction, because it takes its time. */
export async function prepareAccessCode(code: string): Promise<{ salt: string; digest: string }> {
  const salt = randomBytes(16);
  const digest = await slowDigest(code, salt, DIGEST_BYTES);
  return { salt: salt.toString('hex'), digest: digest.toString('hex') };
}

/** @param prepared null takes the code away; the environment's counts again, if there is one. */
export function putAccessCode(
  tx: Pick<Transaction, 'access' | 'audit'>,
  prepared: { salt: string; digest: string } | null,
  by: string,
  at: number,
): void {
  if (prepared === null) {
    if (!tx.access.get(RECORD)) return;
    tx.access.delete(RECORD);
  } else {
    tx.access.put({ id: RECORD, kind: RECORD, ...prepared, setAt: at });
  }
  const action = prepared === null ? 'access-code.remove' : 'access-code.set';
  tx.audit.append({ at, by, action, subject: 'platform' });
}

function stored({ access }: Codes): { readonly salt: string; readonly digest: string } | undefined {
  const record = access.get(RECORD);
  return record?.kind === RECORD ? record : undefined;
}
