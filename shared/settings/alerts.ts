import { z } from 'zod';
import { parsePhone } from '../phone.ts';
import { type DefaultsOf, setting } from './setting.ts';

/** Taken in any Kenyan form. */
const phone = z
  .string()
  .overwrite((written) => parsePhone(written) ?? written)
  .regex(/^254[17]\d{8}$/, 'This is not a Kenyan mobile number such as 0700000001');

/** The summary of the day for a shop's own admins. Each may be overridden per client. */
export const summaryFields = {
  dailySummary: setting(z.boolean(), {
    title: 'Daily summary',
    help: "Sends each shop's admins one message a day: sales, orders, discount, float, trouble.",
    group: 'Alerts',
  }),
  dailySummaryTime: setting(
    z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Hours and minutes, such as 20:00'),
    {
      title: 'Time of the daily summary',
      help: 'Nairobi time. It tells of the 24 hours before.',
      group: 'Alerts',
    },
  ),
  dailySummaryWhenQuiet: setting(z.boolean(), {
    title: 'Summary of quiet days',
    help: 'Sends the daily summary also when nobody ordered and nothing is wrong.',
    group: 'Alerts',
  }),
} as const;

export const summaryDefaults = {
  dailySummary: true,
  dailySummaryTime: '20:00',
  dailySummaryWhenQuiet: false,
} satisfies DefaultsOf<typeof summaryFields>;

/** Who is told of trouble, when, and how often. */
export const alertFields = {
  adminPhones: setting(z.array(phone).max(10), {
    title: "Platform admins' numbers",
    help: 'Alerts about the platform go to these WhatsApp numbers, through bots marked as alert senders. The environment variable ADMIN_PHONES adds to them.',
    group: 'Alerts',
  }),
  alertsByWhatsApp: setting(z.boolean(), {
    title: 'Alerts by WhatsApp',
    help: 'Off: alerts are shown on the dashboard only.',
    group: 'Alerts',
  }),
  alertMessagesPerHour: setting(z.number().int().min(1).max(60), {
    title: 'Alert messages per hour',
    help: 'The most alert messages one phone gets in an hour. What comes after that waits and is told together.',
    unit: 'messages',
    group: 'Alerts',
  }),
  alertReminderHours: setting(z.number().int().min(0).max(168), {
    title: 'Remind of open alerts after',
    help: 'Repeats an alert that is still open and that nobody has acknowledged.',
    zero: 'never',
    unit: 'hours',
    group: 'Alerts',
  }),
  alertUpdateMinutes: setting(z.number().int().min(0).max(240), {
    title: 'Tell again when it gets worse after',
    help: 'An alert that was told and has become worse (more orders need attention) is told again no sooner than this.',
    unit: 'minutes',
    group: 'Alerts',
  }),
  alertSettleSeconds: setting(z.number().int().min(0).max(600), {
    title: 'Wait before telling',
    help: 'Trouble that is over sooner than this is told to nobody, and what comes together is told together.',
    unit: 'seconds',
    group: 'Alerts',
  }),
  botDownAlertMinutes: setting(z.number().int().min(1).max(240), {
    title: 'Bot down for',
    help: 'Warn when a bot that should run has not been ready for so long. One that was given up is told of at once.',
    unit: 'minutes',
    group: 'Alerts',
  }),
  gatewayDownAlertMinutes: setting(z.number().int().min(0).max(240), {
    title: 'Gateway unreachable for',
    help: 'Warn when no call to a payment or airtime gateway has succeeded for so long.',
    zero: 'at the second failure',
    unit: 'minutes',
    group: 'Alerts',
  }),
  lowFloatRecoveryPercent: setting(z.number().int().min(0).max(500), {
    title: 'Float counts as topped up',
    help: 'A low float counts as topped up when it is this much above "Low float", so that the alert does not come and go with each order.',
    unit: '%',
    group: 'Alerts',
  }),
  lowDiskMegabytes: setting(z.number().int().min(0).max(1_000_000_000), {
    title: 'Disk nearly full',
    help: 'Warn when the disk of the data folder has less room than this.',
    zero: 'warn only when selling stops',
    unit: 'MB',
    group: 'Alerts',
  }),
  clockSkewAlertMinutes: setting(z.number().int().min(1).max(60), {
    title: 'Clock wrong by',
    help: "Warn when this machine's clock differs so much from the gateways' and WhatsApp's. Ten minutes make every message count as stale.",
    unit: 'minutes',
    group: 'Alerts',
  }),
  alertKeepDays: setting(z.number().int().min(1).max(365), {
    title: 'Keep past alerts',
    help: 'Resolved alerts are forgotten after this.',
    unit: 'days',
    group: 'Alerts',
  }),
} as const;

export const alertDefaults = {
  adminPhones: [],
  alertsByWhatsApp: true,
  alertMessagesPerHour: 6,
  alertReminderHours: 6,
  alertUpdateMinutes: 10,
  alertSettleSeconds: 30,
  botDownAlertMinutes: 5,
  gatewayDownAlertMinutes: 3,
  lowFloatRecoveryPercent: 20,
  lowDiskMegabytes: 500,
  clockSkewAlertMinutes: 3,
  alertKeepDays: 30,
} satisfies DefaultsOf<typeof alertFields>;
