import { z } from 'zod';
import { type DefaultsOf, seconds, setting } from './setting.ts';

/** How a bot behaves on WhatsApp, which bans numbers that write like machines. Each may be overridden per client. */
export const whatsappShopFields = {
  typingMs: setting(z.number().int().min(0).max(10_000), {
    title: 'Typing pace',
    help: 'How long "typing…" is shown before each message. Customers like answers at once best.',
    zero: 'at once',
    unit: 'ms',
    group: 'WhatsApp',
  }),
  messagesPerDay: setting(z.number().int().min(0).max(100_000), {
    title: 'Messages per day',
    help: 'The most messages one bot sends on WhatsApp in a day, Nairobi time. The last fifth is kept for answers to customers who have just written. What does not go out waits until midnight; only what tells of money that came in always goes out, and counts.',
    zero: 'no limit',
    unit: 'messages',
    group: 'WhatsApp',
  }),
  warmUpFirstDayMessages: setting(z.number().int().min(1).max(100_000), {
    title: 'Messages on the first day',
    help: 'The most messages on the day on which a number is linked for the first time; the limit rises evenly from there to "Messages per day".',
    unit: 'messages',
    group: 'WhatsApp',
  }),
  warmUpDays: setting(z.number().int().min(0).max(90), {
    title: 'Warm-up',
    help: 'How many days the limit of a newly linked number takes to rise. Without "Messages per day" there is no warm-up either.',
    zero: 'no warm-up',
    unit: 'days',
    group: 'WhatsApp',
  }),
} as const;

export const whatsappShopDefaults = {
  typingMs: 0,
  messagesPerDay: 2_000,
  warmUpFirstDayMessages: 300,
  warmUpDays: 7,
} satisfies DefaultsOf<typeof whatsappShopFields>;

/** Browsers and logins, for the whole platform. */
export const whatsappPlatformFields = {
  whatsappBrowser: setting(z.enum(['auto', 'headless-shell', 'chromium']), {
    title: 'Browser',
    help: 'Headless shell needs far less memory; if it does not get through to WhatsApp three times in a row, automatic goes on with full Chromium and says so. PUPPETEER_EXECUTABLE_PATH, where it is set, has the last word. Counts from the next start of a bot.',
    group: 'WhatsApp',
    choices: { auto: 'Automatic', 'headless-shell': 'Headless shell', chromium: 'Full Chromium' },
  }),
  qrCodesShown: setting(z.number().int().min(1).max(100), {
    title: 'QR codes until the browser is closed',
    help: 'After so many codes that nobody scanned, the bot closes its browser to save memory and shows no more codes until it is started again. The first code lives about a minute, the others 20 seconds.',
    unit: 'codes',
    group: 'WhatsApp',
  }),
  pageCheckSeconds: setting(seconds(0.1, 300), {
    title: 'Time between looks at the page',
    help: 'How often a bot asks its WhatsApp page whether it is still connected. Counts from the next start of a bot.',
    unit: 's',
    group: 'WhatsApp',
  }),
  pageAnswerSeconds: setting(seconds(0.1, 60), {
    title: 'Time for the page to answer',
    help: 'A page that does not answer for so long has hung, and the bot is restarted. Counts from the next start of a bot.',
    unit: 's',
    group: 'WhatsApp',
  }),
  reconnectSeconds: setting(seconds(0.1, 60), {
    title: 'Time until a new attempt',
    help: 'After WhatsApp could not be reached; doubles with each failure, up to a minute. The login is kept. Counts from the next start of a bot.',
    unit: 's',
    group: 'WhatsApp',
  }),
  newQrCodeSeconds: setting(seconds(0.1, 600), {
    title: 'Time until a new QR code',
    help: 'After a login was ended on the phone. Counts from the next start of a bot.',
    unit: 's',
    group: 'WhatsApp',
  }),
  browserStartSpacingSeconds: setting(seconds(0, 60), {
    title: 'Time between browser starts',
    help: 'When many bots come back at once, their browsers start so far apart.',
    zero: 'no waiting',
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
  sandboxStartsAtOnce: setting(z.number().int().min(0).max(1_000), {
    title: 'Sandbox starts at once',
    help: 'How many sandbox bots may be starting at the same time. 0: one less than the machine has processors, so that bots that come back do not slow down those that are answering.',
    unit: 'bots',
    group: 'Workers',
  }),
} as const;

export const whatsappPlatformDefaults = {
  whatsappBrowser: 'auto',
  qrCodesShown: 6,
  pageCheckSeconds: 15,
  pageAnswerSeconds: 10,
  reconnectSeconds: 5,
  newQrCodeSeconds: 10,
  browserStartSpacingSeconds: 3,
  browserStartsAtOnce: 2,
  sandboxStartSpacingMs: 50,
  sandboxStartsAtOnce: 0,
} satisfies DefaultsOf<typeof whatsappPlatformFields>;
