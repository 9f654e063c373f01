import { z } from 'zod';
import { type DefaultsOf, setting } from './setting.ts';

/** The start page, on which a business that knows the access code makes its own bot. The code itself is a secret, no setting. */
export const publicPageFields = {
  startPageOpen: setting(z.boolean(), {
    title: 'Start page is open',
    help: 'On: whoever knows the access code makes a bot at /start. It stays closed as long as no access code is set.',
    group: 'Public page',
  }),
  startPageMode: setting(z.enum(['live', 'test']), {
    title: 'New bots of the start page',
    help: 'live: real WhatsApp, real money. test: real WhatsApp, simulated money; every message says so.',
    group: 'Public page',
  }),
  startPageNeedsApproval: setting(z.boolean(), {
    title: 'New bots wait for approval',
    help: 'On: a bot made on the start page tells customers that the shop is closed until an admin approves it. Off: it sells at once.',
    group: 'Public page',
  }),
  startPageUnscannedMax: setting(z.number().int().min(1).max(50), {
    title: 'Unscanned bots at most',
    help: 'How many bots made on the start page may wait for their first scan at the same time. Each runs a browser meanwhile.',
    unit: 'bots',
    group: 'Public page',
  }),
  startPageUnscannedHours: setting(z.number().int().min(1).max(720), {
    title: 'Unscanned bots are kept',
    help: 'A bot made on the start page that nobody has connected to WhatsApp by then makes room for the next one.',
    unit: 'hours',
    group: 'Public page',
  }),
} as const;

export const publicPageDefaults = {
  startPageOpen: true,
  startPageMode: 'live',
  startPageNeedsApproval: true,
  startPageUnscannedMax: 3,
  startPageUnscannedHours: 24,
} as const satisfies DefaultsOf<typeof publicPageFields>;
