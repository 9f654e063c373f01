import { z } from 'zod';
import { AIRTIME_MAX_KES, AIRTIME_MIN_KES, formatKes } from '../money.ts';
import { plainLines } from '../plain-text.ts';
import { type DefaultsOf, setting, wholeKes } from './setting.ts';

/** What a shop sells and how it presents itself. Each may be overridden per client. */
export const shopFields = {
  minAmountKes: setting(wholeKes(AIRTIME_MIN_KES, AIRTIME_MAX_KES), {
    title: 'Smallest purchase',
    help: `The least airtime one purchase may be. The airtime gateway refuses less than ${formatKes(AIRTIME_MIN_KES)}.`,
    unit: 'KES',
    group: 'Shop',
  }),
  maxAmountKes: setting(wholeKes(AIRTIME_MIN_KES, AIRTIME_MAX_KES), {
    title: 'Largest purchase',
    help: `The most airtime one purchase may be. The airtime gateway refuses more than ${formatKes(AIRTIME_MAX_KES)}.`,
    unit: 'KES',
    group: 'Shop',
  }),
  discountPercent: setting(
    z
      .number()
      .min(0)
      .max(50)
      .refine(
        (percent) => Math.abs(percent * 100 - Math.round(percent * 100)) < 1e-9,
        'At most two decimals',
      ),
    {
      title: 'Discount',
      help: 'Taken off the price, rounded down to a whole shilling. The shop bears it.',
      unit: '%',
      group: 'Shop',
    },
  ),
  quickAmountsKes: setting(z.array(wholeKes(AIRTIME_MIN_KES, AIRTIME_MAX_KES)).max(6), {
    title: 'Quick amounts',
    help: 'Up to six amounts offered as choices. They carry letters where a number could also be an amount.',
    unit: 'KES',
    group: 'Shop',
  }),
  contact: setting(z.string().trim().max(80), {
    title: 'Contact',
    help: 'Shown to customers who need a person: a phone number, an e-mail address or a place. Empty: not shown.',
    group: 'Shop',
  }),
  banMessage: setting(plainLines(500), {
    title: 'Message to banned people',
    help: 'What somebody reads whom the shop has banned, unless the ban has words of its own. Empty: the standard text.',
    group: 'Shop',
  }),
} as const;

export const shopDefaults = {
  minAmountKes: AIRTIME_MIN_KES,
  maxAmountKes: AIRTIME_MAX_KES,
  discountPercent: 0,
  quickAmountsKes: [20, 50, 100, 200, 500, 1000],
  contact: '',
  banMessage: '',
} satisfies DefaultsOf<typeof shopFields>;
