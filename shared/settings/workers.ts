import { z } from 'zod';
import { type DefaultsOf, seconds, setting } from './setting.ts';

const megabytes = (min: number, max: number) => z.number().int('Whole megabytes only').min(min).max(max);

/** When a worker counts as dead, when it is started again, and how much memory it may need. For the whole platform. */
export const workerFields = {
  startRetrySeconds: setting(z.array(seconds(0.1, 3_600)).min(1).max(10), {
    title: 'Waits before a failed start is tried again',
    help: 'One retry per number. After the last one the bot is shown as failed, and tried again ever more rarely.',
    unit: 's',
    group: 'Workers',
  }),
  crashRetrySeconds: setting(z.array(seconds(0.1, 3_600)).min(1).max(10), {
    title: 'Waits after a crash',
    help: 'After the first, second, … crash of a bot that had been ready; the last number repeats.',
    unit: 's',
    group: 'Workers',
  }),
  stableMinutes: setting(z.number().min(0.01).max(1_440), {
    title: 'Ready for good after',
    help: 'When a bot has been ready for so long, its past failures are forgotten.',
    unit: 'min',
    group: 'Workers',
  }),
  probeMaxMinutes: setting(z.number().min(1).max(1_440), {
    title: 'Longest wait of a failed bot',
    help: 'A failed bot is tried again after 1, 2, 4, … minutes, and never more rarely than this.',
    unit: 'min',
    group: 'Workers',
  }),
  bannedProbeHours: setting(z.number().min(1).max(720), {
    title: 'Wait after a ban by WhatsApp',
    help: 'A bot whose account WhatsApp has blocked is tried again after so long: trying often makes it worse.',
    unit: 'h',
    group: 'Workers',
  }),
  heartbeatSeconds: setting(seconds(0.05, 60), {
    title: 'Heartbeat',
    help: 'How often each bot says that it lives. A change counts from its next start.',
    unit: 's',
    group: 'Workers',
  }),
  heartbeatTimeoutSeconds: setting(seconds(0.2, 600), {
    title: 'Silence of a hung bot',
    help: 'A bot that has been silent for so long is ended and started again. Never less than two and a half heartbeats.',
    unit: 's',
    group: 'Workers',
  }),
  startDeadlineSeconds: setting(seconds(1, 600), {
    title: 'Time to start',
    help: 'A bot that has said nothing of its chat for so long after its start has failed to start.',
    unit: 's',
    group: 'Workers',
  }),
  loginDeadlineSeconds: setting(seconds(5, 3_600), {
    title: 'Time to load the chats',
    help: 'From an accepted login to ready. An account with many chats takes minutes.',
    unit: 's',
    group: 'Workers',
  }),
  closeDeadlineSeconds: setting(seconds(1, 20), {
    title: 'Time to end',
    help: 'What a bot gets to finish what it has in hand when it is stopped, before it is ended by force.',
    unit: 's',
    group: 'Workers',
  }),
  killAfterSeconds: setting(seconds(0.1, 10), {
    title: 'Grace before the kill',
    help: 'From asking a hung bot to end (SIGTERM) to killing it with its browser (SIGKILL).',
    unit: 's',
    group: 'Workers',
  }),
  memoryCheckSeconds: setting(seconds(0.2, 600), {
    title: 'Time between memory checks',
    help: 'How often the memory of every bot and its browser is measured.',
    unit: 's',
    group: 'Workers',
  }),
  sandboxMemorySoftMb: setting(megabytes(40, 100_000), {
    title: 'Memory at which a sandbox bot is renewed',
    help: 'Above this it is restarted as soon as nobody is talking to it.',
    unit: 'MB',
    group: 'Workers',
  }),
  sandboxMemoryHardMb: setting(megabytes(50, 100_000), {
    title: 'Most memory of a sandbox bot',
    help: 'Above this it is restarted at once.',
    unit: 'MB',
    group: 'Workers',
  }),
  browserMemorySoftMb: setting(megabytes(100, 100_000), {
    title: 'Memory at which a WhatsApp bot is renewed',
    help: 'Of the bot and its browser together. Above this it is restarted as soon as nobody is talking to it; the login is kept.',
    unit: 'MB',
    group: 'Workers',
  }),
  browserMemoryHardMb: setting(megabytes(150, 100_000), {
    title: 'Most memory of a WhatsApp bot',
    help: 'Of the bot and its browser together. Above this it is restarted at once; the login is kept.',
    unit: 'MB',
    group: 'Workers',
  }),
  idleSeconds: setting(seconds(0, 3_600), {
    title: 'Nobody is talking after',
    help: 'A bot counts as idle when no customer has written for so long.',
    unit: 's',
    group: 'Workers',
  }),
  renewEveryMinutes: setting(z.number().min(0).max(10_080), {
    title: 'Renewals for memory at most every',
    help: 'So that a limit set too low does not restart a bot again and again.',
    unit: 'min',
    group: 'Workers',
  }),
  sandboxStartMb: setting(megabytes(0, 10_000), {
    title: 'Memory to start a sandbox bot',
    help: 'So much must be free, besides the reserve, for one more sandbox bot.',
    unit: 'MB',
    group: 'Workers',
  }),
  browserStartMb: setting(megabytes(0, 10_000), {
    title: 'Memory to start a WhatsApp bot',
    help: 'So much must be free, besides the reserve, for one more bot with its browser.',
    unit: 'MB',
    group: 'Workers',
  }),
  memoryReserveMb: setting(megabytes(0, 100_000), {
    title: 'Memory kept free',
    help: 'No bot is started when less than this would be left; it waits until there is enough.',
    unit: 'MB',
    group: 'Workers',
  }),
  sweepMinutes: setting(z.number().min(0.01).max(60), {
    title: 'Time between sweeps',
    help: 'How often leftover processes are looked for, and every bot is checked against what is wanted of it.',
    unit: 'min',
    group: 'Workers',
  }),
} as const;

export const workerDefaults = {
  startRetrySeconds: [10, 15, 20],
  crashRetrySeconds: [5, 10, 15, 20],
  stableMinutes: 5,
  probeMaxMinutes: 30,
  bannedProbeHours: 24,
  heartbeatSeconds: 5,
  heartbeatTimeoutSeconds: 15,
  startDeadlineSeconds: 60,
  loginDeadlineSeconds: 300,
  closeDeadlineSeconds: 10,
  killAfterSeconds: 2,
  memoryCheckSeconds: 30,
  sandboxMemorySoftMb: 150,
  sandboxMemoryHardMb: 300,
  browserMemorySoftMb: 900,
  browserMemoryHardMb: 1_400,
  idleSeconds: 60,
  renewEveryMinutes: 30,
  sandboxStartMb: 50,
  browserStartMb: 350,
  memoryReserveMb: 100,
  sweepMinutes: 5,
} satisfies DefaultsOf<typeof workerFields>;
