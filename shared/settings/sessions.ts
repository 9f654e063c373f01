import { z } from 'zod';
import { type DefaultsOf, setting } from './setting.ts';

/** How long people stay signed in. */
export const sessionFields = {
  adminSessionDays: setting(z.number().int().min(1).max(30), {
    title: 'Admins stay signed in',
    help: 'After this an admin signs in again. Sessions that are open already keep their end.',
    unit: 'days',
    group: 'Platform',
  }),
  ownerSessionDays: setting(z.number().int().min(1).max(365), {
    title: 'Owners stay signed in',
    help: 'After this an owner needs a new invite link. Sessions that are open already keep their end.',
    unit: 'days',
    group: 'Platform',
  }),
  inviteDays: setting(z.number().int().min(1).max(60), {
    title: 'Invite links last',
    help: 'An owner’s invite link that nobody has used by then opens nothing any more.',
    unit: 'days',
    group: 'Platform',
  }),
} as const;

export const sessionDefaults = {
  adminSessionDays: 7,
  ownerSessionDays: 30,
  inviteDays: 7,
} satisfies DefaultsOf<typeof sessionFields>;
