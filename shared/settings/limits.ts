import { z } from 'zod';
import { type DefaultsOf, setting, wholeKes } from './setting.ts';

/** How much may be asked of one phone, chat, recipient or shop. Each may be overridden per client. */
export const limitFields = {
  promptsPerPayerPerHour: setting(z.number().int().min(1).max(20), {
    title: 'Prompts per payer and hour',
    help: 'The most M-Pesa prompts one phone may get in an hour, over all bots.',
    unit: 'prompts',
    group: 'Limits',
  }),
  payersPerChatPerDay: setting(z.number().int().min(1).max(50), {
    title: 'Payers per chat and day',
    help: 'The most different phones that one chat may ask to pay in 24 hours.',
    unit: 'phones',
    group: 'Limits',
  }),
  kesPerRecipientPerDay: setting(wholeKes(0, 1_000_000), {
    title: 'Airtime per recipient and day',
    help: 'The most airtime that one number may be bought in 24 hours, over all bots.',
    zero: 'no limit',
    unit: 'KES',
    group: 'Limits',
  }),
  kesPerShopPerDay: setting(wholeKes(0, 100_000_000), {
    title: 'Airtime per shop and day',
    help: 'The most airtime that the shop may sell in one day, Nairobi time.',
    zero: 'no limit',
    unit: 'KES',
    group: 'Limits',
  }),
} as const;

export const limitDefaults = {
  promptsPerPayerPerHour: 3,
  payersPerChatPerDay: 3,
  kesPerRecipientPerDay: 20_000,
  kesPerShopPerDay: 0,
} satisfies DefaultsOf<typeof limitFields>;
