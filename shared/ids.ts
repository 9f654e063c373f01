import { randomBytes, randomFillSync, randomInt } from 'node:crypto';

/** Crockford's base 32 without I, L, O, U, 0 and 1: nothing that is misread on a phone screen. */
const TYPABLE = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const LETTERS = 'ABCDEFGHJKMNPQRSTVWXYZ';
const DIGITS = '23456789';

export const ORDER_NO_LENGTH = 8;
/** What an order number looks like: a letter, six characters, a digit. So no amount, phone or M-Pesa receipt (10) matches. */
export const ORDER_NO_PATTERN = /^[A-HJKMNP-TV-Z][2-9A-HJKMNP-TV-Z]{6}[2-9]$/;

const pick = (alphabet: string): string => alphabet.charAt(randomInt(alphabet.length));

/**
 * A fresh order number: 8 characters, random (about 36 bits), so it cannot be guessed in sequence.
 * Uniqueness is the store's business: the caller draws again while the number is taken.
 */
export function newOrderNo(): string {
  let orderNo = pick(LETTERS);
  while (orderNo.length < ORDER_NO_LENGTH - 1) orderNo += pick(TYPABLE);
  return orderNo + pick(DIGITS);
}

/** The order number written somewhere in a customer's text, upper-cased; undefined when there is none. */
export function findOrderNo(text: string): string | undefined {
  for (const word of text.toUpperCase().split(/[^0-9A-Z]+/)) {
    if (ORDER_NO_PATTERN.test(word)) return word;
  }
  return undefined;
}

const ID_BYTES = 12;
/** Random bytes for some hundred ids: asking the system for twelve takes ten times as long as all else about an id. */
const idPool = Buffer.alloc(256 * ID_BYTES);
let idPoolUsed = idPool.length;

/** An opaque, unguessable id: the prefix says what it is of (`cl`, `ob`, …), 96 random bits say which one. */
export function newId(prefix: string): string {
  if (idPoolUsed === idPool.length) {
    randomFillSync(idPool);
    idPoolUsed = 0;
  }
  const start = idPoolUsed;
  idPoolUsed += ID_BYTES;
  return `${prefix}_${idPool.toString('base64url', start, idPoolUsed)}`;
}

/** An unguessable secret for tokens and URLs: 256 random bits, URL-safe. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
