import { z } from 'zod';
import { type DefaultsOf, setting, wholeKes } from './setting.ts';

/** What holds for the whole platform. */
export const platformFields = {
  appName: setting(z.string().trim().min(1, 'The name must not be empty').max(60), {
    title: 'Name of the platform',
    help: 'Shown on every page and in every bot without a name of its own.',
    group: 'Platform',
  }),
  selfPingMinutes: setting(z.number().int().min(0).max(1_440), {
    title: 'Call itself every',
    help: 'Keeps hosts that put idle programs to sleep from doing so. Needs the public address (BASE_URL).',
    zero: 'never',
    unit: 'minutes',
    group: 'Platform',
  }),
  lowFloatKes: setting(wholeKes(0, 100_000_000), {
    title: 'Low float',
    help: 'Warn when a prepaid airtime balance, less what open orders have promised, falls below this.',
    unit: 'KES',
    group: 'Payments',
  }),
  acceptEphemeralStorage: setting(z.boolean(), {
    title: 'Sell although the disk is wiped at restarts',
    help:
      'Matters only where the host has no lasting disk (a Heroku dyno). Off: live bots do not sell there. On: a restart, at least daily, ' +
      'loses every order, setting and WhatsApp login; who has paid and got nothing must be found in the gateways’ statements.',
    group: 'Platform',
  }),
} as const;

export const platformDefaults = {
  appName: 'Airtime Bots',
  selfPingMinutes: 25,
  lowFloatKes: 1_000,
  acceptEphemeralStorage: false,
} satisfies DefaultsOf<typeof platformFields>;
