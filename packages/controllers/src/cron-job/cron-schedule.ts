/**
 * Schedules of cron jobs: `0,30 9-17 * * MON-FRI`, `@daily`, `@every 90s`. Pure.
 * Source: "CronJob" (schedule syntax, time zones), Kubernetes documentation. A day matches when both of its fields match, or
 * either when both are restricted, as cron has always had it.
 */
import { parseDuration } from '@kindred/machinery';
import { fromWallTime, type WallTime, wallTime } from './wall-time.ts';

type Fields = readonly [minute: Field, hour: Field, day: Field, month: Field, weekday: Field];

interface Field {
  readonly values: ReadonlySet<number>;
  /** Written as `*` or `?`: restricts nothing. */
  readonly open: boolean;
}

export type Schedule =
  | { readonly fields: Fields; readonly timeZone: string }
  /** Milliseconds. */
  | { readonly every: number };

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const shorthands: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** How far back `latestTime` looks first (ms); doubled until it finds something. */
const firstWindow = 60_000;

/** Days that are looked at before a schedule counts as one that never comes (30 February): leap days are up to 8 years apart. */
const horizon = 366 * 9;
const day = 86_400_000;

/**
 * @param timeZone of the IANA database, `Europe/Berlin`
 * @throws RangeError when it isn't a schedule, or the time zone is unknown
 */
export function parseSchedule(text: string, timeZone: string): Schedule {
  const every = /^@every\s+(\S+)$/.exec(text.trim())?.[1];
  if (every !== undefined) return { every: intervalOf(every) };
  const parts = (shorthands[text.trim()] ?? text).trim().split(/\s+/);
  const [minute, hour, date, month, weekday, ...more] = parts;
  if (weekday === undefined || more.length > 0)
    throw new RangeError(`expected exactly 5 fields, found ${parts.length}`);
  wallTime(0, timeZone);
  const fields: Fields = [
    parseField(minute ?? '', [0, 59]),
    parseField(hour ?? '', [0, 23]),
    parseField(date ?? '', [1, 31]),
    parseField(month ?? '', [1, 12], months, 1),
    parseField(weekday, [0, 6], weekdays),
  ];
  return { fields, timeZone };
}

function intervalOf(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined || milliseconds <= 0) throw new RangeError(`failed to parse duration ${text}`);
  return Math.max(1000, Math.floor(milliseconds / 1000) * 1000);
}

/** The first time after `after` (both in milliseconds since the epoch); undefined when there is none. */
export function nextTime(schedule: Schedule, after: number): number | undefined {
  if ('every' in schedule) return Math.floor(after / 1000) * 1000 + schedule.every;
  const { fields, timeZone } = schedule;
  const [minutes, hours] = fields;
  const start = wallTime(after, timeZone);
  // Days are counted on the calendar of the wall, where each has 24 hours.
  let date = Date.UTC(start.year, start.month - 1, start.day);
  for (let count = 0; count < horizon; count++, date += day) {
    if (!matchesDay(fields, new Date(date))) continue;
    for (const hour of sorted(hours)) {
      for (const minute of sorted(minutes)) {
        const time = fromWallTime({ ...calendar(date), hour, minute }, timeZone);
        if (time !== undefined && time > after) return time;
      }
    }
  }
  return undefined;
}

/** The last time after `after` that is not after `now`; undefined when there is none. Cheap however long ago `after` is. */
export function latestTime(schedule: Schedule, after: number, now: number): number | undefined {
  for (let window = firstWindow; ; window *= 2) {
    const start = Math.max(after, now - window);
    let found: number | undefined;
    let next = nextTime(schedule, start);
    while (next !== undefined && next <= now) {
      found = next;
      next = nextTime(schedule, found);
    }
    if (found !== undefined || start === after) return found;
  }
}

function calendar(date: number): Pick<WallTime, 'year' | 'month' | 'day'> {
  const at = new Date(date);
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() };
}

function matchesDay([, , date, month, weekday]: Fields, at: Date): boolean {
  if (!month.values.has(at.getUTCMonth() + 1)) return false;
  const onDate = date.values.has(at.getUTCDate());
  const onWeekday = weekday.values.has(at.getUTCDay());
  return date.open || weekday.open ? onDate && onWeekday : onDate || onWeekday;
}

function parseField(
  text: string,
  [low, high]: readonly [number, number],
  names: readonly string[] = [],
  first = 0,
): Field {
  const values = new Set<number>();
  const numberOf = (word: string): number => {
    const index = names.indexOf(word.toUpperCase());
    const value = index >= 0 ? index + first : /^\d+$/.test(word) ? Number(word) : Number.NaN;
    if (!(value >= low && value <= high)) throw new RangeError(`${word} is not from ${low} to ${high}`);
    return value;
  };
  for (const part of text.split(',')) {
    const [range = '', step] = part.split('/');
    const by = step === undefined ? 1 : /^[1-9]\d*$/.test(step) ? Number(step) : Number.NaN;
    if (Number.isNaN(by)) throw new RangeError(`${part} has no valid step`);
    const [from, to = step === undefined ? from : undefined] = range.split('-');
    const isAny = range === '*' || range === '?';
    const start = isAny ? low : numberOf(from ?? '');
    const end = isAny || to === undefined ? high : numberOf(to);
    if (end < start) throw new RangeError(`${range} ends before it begins`);
    for (let value = start; value <= end; value += by) values.add(value);
  }
  return { values, open: text.split(',').some((part) => part === '*' || part === '?') };
}

function sorted({ values }: Field): number[] {
  return [...values].sort((a, b) => a - b);
}
