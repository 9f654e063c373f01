import { z } from 'zod';

/**
 * A *credential set* is one gateway's keys of one owner (the platform or a client), versioned. What is shown of a set is whether
 * it is there, whose it is and the end of its public key, never the keys themselves.
 */

export const gatewayNames = ['shadow-pay', 'statum'] as const;
export type GatewayName = (typeof gatewayNames)[number];

/** Shorter ones could not be blotted out of texts without blotting out words. */
const MIN_KEY_LENGTH = 4;
const MAX_KEY_LENGTH = 256;
const MAX_ACCOUNT_ID = 999_999_999;

/** Text that fits into an HTTP header as it is. Blanks around it come from pasting; blanks inside are a mistake. */
const keySchema = z
  .string()
  .trim()
  .min(MIN_KEY_LENGTH, `The key is too short; it has at least ${MIN_KEY_LENGTH} characters`)
  .max(MAX_KEY_LENGTH, `The key is too long; it has at most ${MAX_KEY_LENGTH} characters`)
  .regex(
    /^[\x21-\x7e]+$/,
    'A key has no spaces and only plain letters, digits and signs; copy it from the gateway once more',
  );

export const shadowPayKeysSchema = z.strictObject({
  apiKey: keySchema,
  apiSecret: keySchema,
  /** Number of the payment account at Shadow Pay that collects the money. */
  accountId: z
    .number()
    .int('The account id is a whole number')
    .min(1, 'The account id is at least 1')
    .max(MAX_ACCOUNT_ID, `The account id is at most ${MAX_ACCOUNT_ID}`),
});

export const statumKeysSchema = z.strictObject({
  // HTTP Basic puts a colon between key and secret.
  consumerKey: keySchema.regex(/^[^:]*$/, 'A consumer key has no colon'),
  consumerSecret: keySchema,
});

/** What a PATCH of a client or of the settings takes about credentials: new keys, null to remove them, or nothing. */
export const credentialsPatchFields = {
  shadowPay: shadowPayKeysSchema.nullable().optional(),
  statum: statumKeysSchema.nullable().optional(),
} as const;
const credentialsPatchSchema = z.object(credentialsPatchFields);
export type CredentialsPatch = z.infer<typeof credentialsPatchSchema>;

/** One gateway's keys as they are shown. */
export const credentialViewSchema = z.object({
  set: z.boolean(),
  source: z.enum(['client', 'global', 'env', 'none']),
  /** The end of the API key (or consumer key), never of a secret, so that a person can tell which one it is. */
  last4: z.string().optional(),
});
export type CredentialView = z.infer<typeof credentialViewSchema>;

/** What is stored of a set. Keys are sealed (supervisor/secrets); nothing in here opens anything by itself. */
export const credentialSetSchema = z.object({
  /** `platform:shadow-pay`, `client:<client id>:statum`, … */
  setId: z.string(),
  gateway: z.enum(gatewayNames),
  /** The highest version ever given out; a number is never used twice. */
  latestVersion: z.number().int().nonnegative(),
  /** The version that counts now; absent when the keys have been removed. */
  currentVersion: z.number().int().optional(),
  /** The current version, and older ones that unsettled orders were charged with. */
  versions: z.array(z.object({ version: z.number().int(), sealed: z.string(), savedAt: z.number() })),
});
export type CredentialSet = z.infer<typeof credentialSetSchema>;
