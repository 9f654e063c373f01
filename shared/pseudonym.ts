import { z } from 'zod';

/**
 * What stands in an order in place of a person whose data was erased: the same for the same person, so that sums and histories
 * still fit together, and nothing that leads back to the number. Ends with four digits, so that it can be searched for like a phone.
 */
const PSEUDONYM = /^erased-[a-z2-7]{8}-\d{4}$/;

export const pseudonymSchema = z
  .string()
  .regex(PSEUDONYM, 'Expected an erased person such as erased-k3f9q2mx-0417');

export function isPseudonym(name: string): boolean {
  return PSEUDONYM.test(name);
}
