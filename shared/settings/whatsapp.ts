import { z } from 'zod';
import { setting } from './setting.ts';

/** Browsers and logins, for the whole platform. */
export const whatsappPlatformFields = {
  qrCodesShown: setting(z.number().int().min(1).max(100), {
    title: 'QR codes until the browser is closed',
    help: 'After so many codes that nobody scanned, the bot closes its browser to save memory and shows no more codes until it is started again. The first code lives about a minute, the others 20 seconds.',
    unit: 'codes',
    group: 'WhatsApp',
  }),
  pageCheckSeconds: setting(z.number().min(0.1).max(300), {
    title: 'Time between looks at the page',
    help: 'How often a bot asks its WhatsApp page whether it is still connected. Counts from the next start of a bot.',
    unit: 's',
    group: 'WhatsApp',
  }),
  pageAnswerSeconds: setting(z.number().min(0.1).max(60), {
    title: 'Time for the page to answer',
    help: 'A page that does not answer for so long has hung, and the bot is restarted. Counts from the next start of a bot.',
    unit: 's',
    group: 'WhatsApp',
  }),
  reconnectSeconds: setting(z.number().min(0.1).max(60), {
    title: 'Time until a new attempt',
    help: 'After WhatsApp could not be reached; doubles with each failure, up to a minute. The login is kept. Counts from the next start of a bot.',
    unit: 's',
    group: 'WhatsApp',
  }),
  newQrCodeSeconds: setting(z.number().min(0.1).max(600), {
    title: 'Time until a new QR code',
    help: 'After a login was ended on the phone. Counts from the next start of a bot.',
    unit: 's',
    group: 'WhatsApp',
  }),
  browserStartSpacingSeconds: setting(z.number().min(0).max(60), {
    title: 'Time between browser starts',
    help: 'When many bots come back at once, their browsers start so far apart. 0: no waiting.',
    unit: 's',
    group: 'Workers',
  }),
  browserStartsAtOnce: setting(z.number().int().min(1).max(50), {
    title: 'Browser starts at once',
    help: 'How many browsers may be starting at the same time. Each needs a processor for some seconds.',
    unit: 'browsers',
    group: 'Workers',
  }),
  sandboxStartSpacingMs: setting(z.number().int().min(0).max(5_000), {
    title: 'Time between sandbox starts',
    help: 'When many sandbox bots come back at once, they start so far apart.',
    unit: 'ms',
    group: 'Workers',
  }),
} as const;

export const whatsappPlatformDefaults = {
  qrCodesShown: 6,
  pageCheckSeconds: 15,
  pageAnswerSeconds: 10,
  reconnectSeconds: 5,
  newQrCodeSeconds: 10,
  browserStartSpacingSeconds: 3,
  browserStartsAtOnce: 2,
  sandboxStartSpacingMs: 50,
} satisfies { [K in keyof typeof whatsappPlatformFields]: z.infer<(typeof whatsappPlatformFields)[K]> };
