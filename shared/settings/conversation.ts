import { z } from 'zod';
import { languages } from '../language.ts';
import { closedDaysSchema, openingHoursSchema } from '../opening-hours.ts';
import { type DefaultsOf, setting } from './setting.ts';

/** How a shop's bot talks, and when it sells. Each may be overridden per client. */
export const conversationFields = {
  language: setting(z.enum(languages), {
    title: 'Language',
    choices: { en: 'English', sw: 'Kiswahili' },
    help: 'What the bot speaks until a customer chooses otherwise in the menu.',
    group: 'Conversation',
  }),
  openingHours: setting(openingHoursSchema, {
    title: 'Opening hours',
    help: 'When airtime is sold, Nairobi time, such as "Mon-Fri 08:00-20:00, Sat 09:00-17:00, Sun closed". Empty: always. Tracking and help work at all hours.',
    editor: 'hours',
    group: 'Conversation',
  }),
  closedDays: setting(closedDaysSchema, {
    title: 'Closed days',
    help: 'Days without sales, separated by commas: 2026-12-25 once, 12-25 every year.',
    group: 'Conversation',
  }),
  rememberedNumbers: setting(z.number().int().min(0).max(5), {
    title: 'Remembered numbers',
    help: 'How many numbers of earlier purchases of the same chat are offered as choices.',
    zero: 'none',
    unit: 'numbers',
    group: 'Conversation',
  }),
  messagesInARow: setting(z.number().int().min(5).max(1_000), {
    title: 'Messages in a row',
    help: 'How many messages of one chat are answered at once, however quickly they come. After that answers slow down.',
    unit: 'messages',
    group: 'Conversation',
  }),
  messagesPerMinute: setting(z.number().int().min(1).max(6_000), {
    title: 'Messages per minute',
    help: 'Chats that write no more than this on average are never slowed down.',
    unit: 'messages',
    group: 'Conversation',
  }),
  messagesSlowed: setting(z.number().int().min(0).max(1_000), {
    title: 'Slowed messages',
    help: 'How many more messages are answered, ever more slowly, before the bot falls silent with one notice. It answers again when the chat has calmed down.',
    unit: 'messages',
    group: 'Conversation',
  }),
  messageRepeats: setting(z.number().int().min(0).max(100), {
    title: 'Repeated messages',
    help: 'The same message this often in a row is taken for an automatic reply and no longer answered.',
    zero: 'never',
    unit: 'messages',
    group: 'Conversation',
  }),
} as const;

export const conversationDefaults = {
  language: 'en',
  openingHours: '',
  closedDays: '',
  rememberedNumbers: 3,
  messagesInARow: 30,
  messagesPerMinute: 90,
  messagesSlowed: 30,
  messageRepeats: 6,
} satisfies DefaultsOf<typeof conversationFields>;
