import { DAY_MS, MINUTE_MS } from '../../../shared/clock.ts';
import type { Language } from '../../../shared/language.ts';
import { NAIROBI_OFFSET_MS, startOfDay } from '../../../shared/nairobi.ts';
import type { Say } from '../texts/catalogue.ts';
import type { Talk } from '../turn.ts';

const DAYS = [
  'daySunday',
  'dayMonday',
  'dayTuesday',
  'dayWednesday',
  'dayThursday',
  'dayFriday',
  'daySaturday',
] as const;
/** After that "on Monday" could mean another Monday. */
const NAMED_DAYS = 7;

/** `tomorrow at 8:00 am`, by Nairobi's clock. */
export function openingTime({ say, language, context }: Talk, opensAt: number): string {
  const time = timeOfDay(say, language, opensAt);
  const days = Math.round((startOfDay(opensAt) - startOfDay(context.now)) / DAY_MS);
  if (days === 0) return say('whenToday', { time });
  if (days === 1) return say('whenTomorrow', { time });
  const local = new Date(opensAt + NAIROBI_OFFSET_MS);
  const day = DAYS[local.getUTCDay()];
  if (days < NAMED_DAYS && day !== undefined) return say('whenWeekday', { day: say(day), time });
  const [year, month, date] = local.toISOString().slice(0, 10).split('-');
  return say('whenDate', { date: `${date}/${month}/${year}`, time });
}

/** `8:00 am`; in Swahili, whose first hour of the day is seven in the morning, `2:00 asubuhi`. */
function timeOfDay(say: Say, language: Language, at: number): string {
  const minutes = Math.floor((at - startOfDay(at)) / MINUTE_MS);
  const hour = Math.floor(minutes / 60);
  const counted = (hour + (language === 'sw' ? 6 : 0)) % 12;
  const clock = `${counted === 0 ? 12 : counted}:${String(minutes % 60).padStart(2, '0')}`;
  if (hour < 4) return say('timeSmallHours', { clock });
  if (hour < 12) return say('timeMorning', { clock });
  if (hour < 16) return say('timeAfternoon', { clock });
  return hour < 19 ? say('timeEvening', { clock }) : say('timeNight', { clock });
}
