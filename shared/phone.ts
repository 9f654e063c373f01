import { parsePhoneNumberFromString } from 'libphonenumber-js/mobile';
import { z } from 'zod';
import { isPseudonym } from './pseudonym.ts';

/** A Kenyan mobile number as everything inside the product holds it: `254` and nine digits, no plus. */
export const phoneSchema = z
  .string()
  .regex(/^254[17]\d{8}$/, 'Expected a Kenyan mobile number such as 0700000001');
export type Phone = string;

/**
 * What people put between digits. Letters, other scripts' digits and extensions are refused before the library sees them:
 * it would dig a number out of a sentence, read the letter O as a zero and accept Arabic-Indic digits (docs/gateways.md, section 4).
 */
const WRITTEN_PHONE = /^\+?[\d(][\d\s().\-\u00a0\u2011\u2013]*$/;

/**
 * Reads a Kenyan mobile number in any way Kenyans write one: 07…/01…, 254…, +254…, 00254…, or nine bare digits.
 * @returns `2547XXXXXXXX` / `2541XXXXXXXX`, or undefined for anything else (landlines, short codes, other countries, text).
 */
export function parsePhone(written: string): Phone | undefined {
  if (recentlyParsed.has(written)) return recentlyParsed.get(written);
  const phone = readPhone(written);
  if (recentlyParsed.size >= MOST_REMEMBERED) recentlyParsed.clear();
  if (written.length <= LONGEST_REMEMBERED) recentlyParsed.set(written, phone);
  return phone;
}

/** Each message of a chat has the same number read several times, and the library takes 6 µs for each. */
const recentlyParsed = new Map<string, Phone | undefined>();
const MOST_REMEMBERED = 1_000;
const LONGEST_REMEMBERED = 40;

function readPhone(written: string): Phone | undefined {
  const text = written.trim().replace(/^tel(?:ephone)?\s*[:.]?\s*/i, '');
  if (text.length > 24 || !WRITTEN_PHONE.test(text)) return undefined;
  // `00` is how a plus is dialled.
  const digits = text.replace(/\D/g, '').replace(/^00254/, '254');
  const international = digits.startsWith('254') ? `+${digits}` : digits;
  const parsed = parsePhoneNumberFromString(international, { defaultCountry: 'KE', extract: false });
  if (!parsed?.isValid() || parsed.country !== 'KE') return undefined;
  const phone = parsed.number.slice(1);
  return phoneSchema.safeParse(phone).success ? phone : undefined;
}

/** How a number is shown to people in Kenya: `0700 000 001`. */
export function formatPhone(phone: Phone): string {
  if (isPseudonym(phone)) return phone;
  const local = `0${phone.slice(3)}`;
  return `${local.slice(0, 4)} ${local.slice(4, 7)} ${local.slice(7)}`;
}

/** The same number with its middle hidden, for screens that others see: `0712 ••• 678`. */
export function maskPhone(phone: Phone): string {
  if (isPseudonym(phone)) return phone;
  const local = `0${phone.slice(3)}`;
  return `${local.slice(0, 4)} ••• ${local.slice(7)}`;
}

export const networks = ['Safaricom', 'Airtel', 'Telkom', 'Equitel', 'Faiba'] as const;
export type Network = (typeof networks)[number];

/** Original allocations, first three digits after 254 (docs/gateways.md, section 4). */
const ALLOCATIONS: ReadonlyArray<readonly [from: number, to: number, network: Network]> = [
  [100, 108, 'Airtel'],
  [110, 119, 'Safaricom'],
  [120, 120, 'Telkom'],
  [124, 124, 'Equitel'],
  [140, 145, 'Safaricom'],
  [180, 189, 'Safaricom'],
  [700, 729, 'Safaricom'],
  [730, 739, 'Airtel'],
  [740, 743, 'Safaricom'],
  [745, 746, 'Safaricom'],
  [747, 747, 'Faiba'],
  [748, 749, 'Safaricom'],
  [750, 756, 'Airtel'],
  [757, 759, 'Safaricom'],
  [761, 762, 'Airtel'],
  [763, 766, 'Equitel'],
  [768, 769, 'Safaricom'],
  [770, 779, 'Telkom'],
  [780, 789, 'Airtel'],
  [790, 799, 'Safaricom'],
];

/** The network a number was first given to: a hint, never a block, because numbers have been portable since 2011. */
export function likelyNetwork(phone: Phone): Network | undefined {
  const prefix = Number(phone.slice(3, 6));
  return ALLOCATIONS.find(([from, to]) => prefix >= from && prefix <= to)?.[2];
}
