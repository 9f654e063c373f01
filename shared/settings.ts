import { z } from 'zod';
import { AIRTIME_MAX_KES, AIRTIME_MIN_KES } from './money.ts';

/**
 * Every setting of the product: meaning, default, bounds and unit stand here once. The API validates with these schemas, the
 * dashboard builds its forms from `meta`, the docs are generated from both.
 *
 * Settings of a *shop* can be overridden per client; settings of the *platform* cannot.
 */
interface SettingMeta {
  readonly title: string;
  readonly help: string;
  readonly unit?: string;
  readonly group: 'Shop' | 'Limits' | 'Platform' | 'Workers' | 'Payments';
}

const setting = <T extends z.ZodType>(schema: T, meta: SettingMeta): T => schema.meta({ ...meta });
const wholeKes = (min: number, max: number) => z.number().int('Whole shillings only').min(min).max(max);

/** The fields a client may override. Kept apart from their defaults so that an override can be partial. */
const shopFields = {
  minAmountKes: setting(wholeKes(AIRTIME_MIN_KES, AIRTIME_MAX_KES), {
    title: 'Smallest purchase',
    help: `The least airtime one purchase may be. The airtime gateway refuses less than KES ${AIRTIME_MIN_KES}.`,
    unit: 'KES',
    group: 'Shop',
  }),
  maxAmountKes: setting(wholeKes(AIRTIME_MIN_KES, AIRTIME_MAX_KES), {
    title: 'Largest purchase',
    help: `The most airtime one purchase may be. The airtime gateway refuses more than KES ${AIRTIME_MAX_KES}.`,
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
    help: 'The most airtime that one number may be bought in 24 hours, over all bots. 0: no limit.',
    unit: 'KES',
    group: 'Limits',
  }),
  kesPerShopPerDay: setting(wholeKes(0, 100_000_000), {
    title: 'Airtime per shop and day',
    help: 'The most airtime that the shop may sell in one day, Nairobi time. 0: no limit.',
    unit: 'KES',
    group: 'Limits',
  }),
} as const;

const shopDefaults = {
  minAmountKes: AIRTIME_MIN_KES,
  maxAmountKes: AIRTIME_MAX_KES,
  discountPercent: 0,
  quickAmountsKes: [20, 50, 100, 200, 500, 1000],
  contact: '',
  promptsPerPayerPerHour: 3,
  payersPerChatPerDay: 3,
  kesPerRecipientPerDay: 20_000,
  kesPerShopPerDay: 0,
} satisfies { [K in keyof typeof shopFields]: z.infer<(typeof shopFields)[K]> };

const platformFields = {
  appName: setting(z.string().trim().min(1, 'The name must not be empty').max(60), {
    title: 'Name of the platform',
    help: 'Shown on every page and in every bot without a name of its own.',
    group: 'Platform',
  }),
  lowFloatKes: setting(wholeKes(0, 100_000_000), {
    title: 'Low float',
    help: 'Warn when a prepaid airtime balance, less what open orders have promised, falls below this.',
    unit: 'KES',
    group: 'Payments',
  }),
} as const;

const platformDefaults = {
  appName: 'Airtime Bots',
  lowFloatKes: 1_000,
} satisfies { [K in keyof typeof platformFields]: z.infer<(typeof platformFields)[K]> };

const boundsInOrder = (settings: {
  minAmountKes?: number | undefined;
  maxAmountKes?: number | undefined;
}): boolean =>
  settings.minAmountKes === undefined ||
  settings.maxAmountKes === undefined ||
  settings.minAmountKes <= settings.maxAmountKes;
const boundsProblem = {
  path: ['minAmountKes'],
  message: 'The smallest purchase must not exceed the largest',
};

/** All settings, complete. */
export const settingsSchema = z
  .object({ ...shopFields, ...platformFields })
  .refine(boundsInOrder, boundsProblem);
export type Settings = z.infer<typeof settingsSchema>;

/** What `PATCH /api/v1/settings` takes: any of them, unknown names refused. */
export const settingsPatchSchema = z.strictObject({ ...shopFields, ...platformFields }).partial();
export type SettingsPatch = z.infer<typeof settingsPatchSchema>;

/** One client's overrides of shop settings. */
export const shopOverridesSchema = z.strictObject(shopFields).partial();
export type ShopOverrides = z.infer<typeof shopOverridesSchema>;

export const defaultSettings: Settings = { ...shopDefaults, ...platformDefaults };

/** A client's effective settings: its own overrides, else the platform's. */
export function settingsFor(settings: Settings, overrides: ShopOverrides): Settings {
  const own = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  return { ...settings, ...own };
}
