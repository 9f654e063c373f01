import { z } from 'zod';

/** Who else stands in the audit and in timelines; a person must not sign as one of them. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'system',
  'customer',
  'shadow-pay',
  'statum',
  'api token',
  'start page',
]);

/** The name under which a person's deeds are written down. */
export const personNameSchema = z
  .string()
  .trim()
  .max(60, 'At most 60 characters')
  .regex(/^[\p{L}\p{M}\p{N} .,'_@()-]*$/u, "Letters, digits, spaces and . , ' _ @ ( ) - only")
  .refine((name) => !RESERVED_NAMES.has(name.toLowerCase()), 'This name is taken by the product itself');
