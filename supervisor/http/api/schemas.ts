import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { type Phone, parsePhone } from '../../../shared/phone.ts';

const MAX_ID_LENGTH = 80;

export const clientParamsSchema = z.object({ clientId: z.string().min(1).max(MAX_ID_LENGTH) });
export const orderParamsSchema = z.object({
  /** Order numbers are typed by people, so small letters count as capitals. */
  orderNo: z.string().min(1).max(20).toUpperCase(),
});
export const phoneParamsSchema = z.object({ phone: z.string().min(1).max(40) });

export const cursorSchema = z.string().min(1).max(300).optional();
/** Page size, from a query string. */
export const limitSchema = (standard: number, max: number) =>
  z.coerce.number().int().min(1).max(max).default(standard);

/** @throws AppError `invalid` naming `field` for anything but a Kenyan mobile number */
export function requirePhone(written: string, field: string): Phone {
  const phone = parsePhone(written);
  if (!phone) throw new AppError('invalid', 'Expected a Kenyan mobile number such as 0700000001', { field });
  return phone;
}

/** Normalised, each once. */
export function requirePhones(written: readonly string[], field: string): Phone[] {
  return [...new Set(written.map((phone, index) => requirePhone(phone, `${field}.${index}`)))];
}
