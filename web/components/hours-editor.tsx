import type { JSX } from 'preact';
import { type OpeningDay, usualWeek, weekOf } from '../../shared/opening-week.ts';
import { hoursNames } from '../settings-raw.ts';
import { Icon } from './icon.tsx';

interface HoursProps {
  /** What every editor of a setting carries: its id, name and the texts that describe it. */
  readonly shared: {
    readonly id: string;
    readonly name: string;
    readonly 'aria-describedby': string;
    readonly 'aria-invalid'?: 'true';
  };
  /** The hours as they are written (shared/opening-hours.ts). */
  readonly raw: string;
  /** What they fall back to. */
  readonly fallback: string;
  readonly maxLength: number | undefined;
}

const dayNames: Readonly<Record<string, string>> = {
  Mon: 'Monday',
  Tue: 'Tuesday',
  Wed: 'Wednesday',
  Thu: 'Thursday',
  Fri: 'Friday',
  Sat: 'Saturday',
  Sun: 'Sunday',
};

type Mode = 'always' | 'week' | 'words';

function modeOf(raw: string): Mode {
  if (raw === '') return 'always';
  return weekOf(raw) ? 'week' : 'words';
}

/**
 * Opening hours by the day: seven rows from–to. What does not fit into them (a break at noon) is written in words. The parts come
 * back as one text ({@link hoursNames}); which of them are shown is the style sheet's.
 */
export function HoursEditor({ shared, raw, fallback, maxLength }: HoursProps): JSX.Element {
  const { name } = shared;
  const mode = modeOf(raw);
  const week = weekOf(raw) ?? usualWeek;
  const fallbackWeek = weekOf(fallback) ?? usualWeek;
  return (
    <div class="hours" data-hours="">
      <select {...shared} name={hoursNames.mode(name)} data-fallback={modeOf(fallback)}>
        <option value="always" selected={mode === 'always'}>
          Always open
        </option>
        <option value="week" selected={mode === 'week'}>
          By the day
        </option>
        <option value="words" selected={mode === 'words'}>
          In words (breaks, more than one stretch a day)
        </option>
      </select>
      <div class="hours-week">
        <ul>
          {week.map((day, index) => (
            <DayRow key={day.day} name={name} day={day} fallback={fallbackWeek[index] ?? day} />
          ))}
        </ul>
        <button type="button" class="button button-quiet" data-hours-copy="">
          <Icon name="copy" size={18} />
          Monday’s hours for all open days
        </button>
        <p class="hint">
          A closing time before the opening time is on the next day. 00:00 to 00:00: the whole day.
        </p>
      </div>
      <div class="hours-words">
        <textarea
          name={name}
          rows={2}
          maxLength={maxLength}
          aria-label="Opening hours in words"
          placeholder="Mon-Fri 08:00-12:00, Mon-Fri 14:00-18:00, Sat 09:00-13:00"
          data-fallback={fallback}
        >
          {raw}
        </textarea>
      </div>
    </div>
  );
}

function DayRow({
  name,
  day: { day, open, from, to },
  fallback,
}: {
  name: string;
  day: OpeningDay;
  fallback: OpeningDay;
}): JSX.Element {
  const dayName = dayNames[day] ?? day;
  return (
    <li class="hours-day">
      <label class="check">
        <input
          type="checkbox"
          name={hoursNames.open(name, day)}
          checked={open}
          data-fallback={fallback.open ? 'on' : ''}
        />
        <span>{dayName}</span>
      </label>
      <span class="hours-times">
        <TimeInput
          name={hoursNames.from(name, day)}
          label={`${dayName} from`}
          time={from}
          fallback={fallback.from}
        />
        <span aria-hidden="true">–</span>
        <TimeInput name={hoursNames.to(name, day)} label={`${dayName} to`} time={to} fallback={fallback.to} />
      </span>
      <span class="hours-closed">closed</span>
    </li>
  );
}

/** @param time `?` where the day's times could not be read */
function TimeInput({
  name,
  label,
  time,
  fallback,
}: {
  name: string;
  label: string;
  time: string;
  fallback: string;
}): JSX.Element {
  return (
    <input
      type="time"
      name={name}
      value={time === '?' ? '' : time}
      aria-label={label}
      data-fallback={fallback}
    />
  );
}
