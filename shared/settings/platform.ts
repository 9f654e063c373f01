import { z } from 'zod';
import { setting, wholeKes } from './setting.ts';

/** What holds for the whole platform. */
export const platformFields = {
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

export const platformDefaults = {
  appName: 'Airtime Bots',
  lowFloatKes: 1_000,
} satisfies { [K in keyof typeof platformFields]: z.infer<(typeof platformFields)[K]> };
