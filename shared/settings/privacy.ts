import { z } from 'zod';
import { type DefaultsOf, setting } from './setting.ts';

const days = (min: number) =>
  z
    .number()
    .int()
    .min(0)
    .max(7_300)
    .refine((value) => value === 0 || value >= min, `0 (never), or at least ${min} days`);

/**
 * How long data about people is kept. The defaults for orders and the audit are six years: section 23 of Kenya's Tax Procedures Act (2015)
 * wants records kept for five years from the end of the period that they belong to, which is up to a year after the order.
 */
export const privacyFields = {
  conversationKeepDays: setting(days(30), {
    title: 'Forget silent chats after',
    help: 'What a bot remembers of a chat (language, own number, where it stood) goes when nobody has written in it for so long.',
    zero: 'never',
    unit: 'days',
    group: 'Privacy',
  }),
  orderPersonKeepDays: setting(days(90), {
    title: 'Erase people from orders after',
    help:
      'In finished orders older than this, phone numbers become pseudonyms; amounts, M-Pesa codes and states stay. ' +
      'Six years cover the five that Kenyan tax law asks for.',
    zero: 'never',
    unit: 'days',
    group: 'Privacy',
  }),
  auditKeepDays: setting(days(90), {
    title: 'Keep the audit for',
    help:
      'Entries of the audit (who did what, and why) that are older than this are forgotten. Not shorter than you may have to prove ' +
      'who confirmed or refunded a payment.',
    zero: 'for good',
    unit: 'days',
    group: 'Privacy',
  }),
} as const;

export const privacyDefaults = {
  conversationKeepDays: 365,
  orderPersonKeepDays: 2_190,
  auditKeepDays: 2_190,
} satisfies DefaultsOf<typeof privacyFields>;
