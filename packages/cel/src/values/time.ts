/**
 * Timestamps and durations: their ranges, their texts (RFC 3339; Go's durations), their parts in a time zone.
 */
import { type DurationValue, type ErrorValue, errorValue, type Timestamp } from './value.ts';

export const nanosPerSecond = 1_000_000_000n;
const firstNanos = -62_135_596_800n * nanosPerSecond;
const lastNanos = 253_402_300_800n * nanosPerSecond - 1n;
const maxDuration = 2n ** 63n - 1n;

/** The timestamp if it lies in the years 1 to 9999. */
export function timestampOf(nanos: bigint): Timestamp | ErrorValue {
  return nanos < firstNanos || nanos > lastNanos ? errorValue('timestamp overflow') : { kind: 'timestamp', nanos };
}

/** The duration if its nanoseconds fit into 64 bits. */
export function durationOf(nanos: bigint): DurationValue | ErrorValue {
  return nanos < -maxDuration - 1n || nanos > maxDuration
    ? errorValue('duration overflow')
    : { kind: 'duration', nanos };
}

const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** `2023-01-02T03:04:05.678Z`; undefined when the text isn't RFC 3339 or beyond the range. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour = '0', offsetMinute = '0'] = match;
  const parts = [year, month, day, hour, minute, second].map(Number);
  const date = new Date(0);
  date.setUTCFullYear(parts[0] ?? 0, (parts[1] ?? 1) - 1, parts[2] ?? 1);
  // A day that the month doesn't have would silently be one of the next.
  if (
    date.getUTCMonth() !== (parts[1] ?? 1) - 1 ||
    (parts[3] ?? 0) > 23 ||
    (parts[4] ?? 0) > 59 ||
    (parts[5] ?? 0) > 59
  ) {
    return undefined;
  }
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60 * (sign === '-' ? -1 : 1);
  const seconds = date.getTime() / 1000 + (parts[3] ?? 0) * 3600 + (parts[4] ?? 0) * 60 + (parts[5] ?? 0) - offset;
  const nanos = BigInt(seconds) * nanosPerSecond + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  const timestamp = timestampOf(nanos);
  return timestamp.kind === 'timestamp' ? timestamp : undefined;
}

/** RFC 3339 in UTC, with as many decimals as needed. */
export function formatTimestamp({ nanos }: Timestamp): string {
  const { seconds, rest } = split(nanos);
  const date = new Date(Number(seconds) * 1000);
  const text = date.toISOString().slice(0, 19);
  const decimals = rest === 0n ? '' : `.${rest.toString().padStart(9, '0').replace(/0+$/, '')}`;
  return `${text}${decimals}Z`;
}

function split(nanos: bigint): { seconds: bigint; rest: bigint } {
  let seconds = nanos / nanosPerSecond;
  let rest = nanos % nanosPerSecond;
  if (rest < 0n) {
    seconds -= 1n;
    rest += nanosPerSecond;
  }
  return { seconds, rest };
}

const UNIT: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: nanosPerSecond,
  m: 60n * nanosPerSecond,
  h: 3600n * nanosPerSecond,
};
const DURATION_PART = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;

/** `1h30m`, `-1.5s`, `0`; undefined when Go wouldn't take the text. */
export function parseDurationText(text: string): DurationValue | undefined {
  const isNegative = text.startsWith('-');
  const rest = isNegative || text.startsWith('+') ? text.slice(1) : text;
  if (rest === '0') return { kind: 'duration', nanos: 0n };
  let nanos = 0n;
  let at = 0;
  while (at < rest.length) {
    DURATION_PART.lastIndex = at;
    const match = DURATION_PART.exec(rest);
    if (match === null) return undefined;
    const [part, whole = '', fraction = '', unit = ''] = match;
    if (whole.length + fraction.length === 0 || whole.length > 20) return undefined;
    const scale = UNIT[unit] ?? 0n;
    const digits = fraction.slice(0, 18);
    nanos += BigInt(`0${whole}`) * scale + (BigInt(`0${digits}`) * scale) / 10n ** BigInt(digits.length);
    at += part.length;
  }
  if (at === 0) return undefined;
  const duration = durationOf(isNegative ? -nanos : nanos);
  return duration.kind === 'duration' ? duration : undefined;
}

/** Seconds with as many decimals as needed: `1.5s`. */
export function formatDurationText({ nanos }: DurationValue): string {
  const magnitude = nanos < 0n ? -nanos : nanos;
  const rest = magnitude % nanosPerSecond;
  const decimals = rest === 0n ? '' : `.${rest.toString().padStart(9, '0').replace(/0+$/, '')}`;
  return `${nanos < 0n ? '-' : ''}${magnitude / nanosPerSecond}${decimals}s`;
}

/** What a calendar and a clock show. Months and days of the week and the year count from 0, days of the month from 1. */
export interface TimeParts {
  readonly year: number;
  readonly month: number;
  readonly dayOfMonth: number;
  readonly dayOfWeek: number;
  readonly dayOfYear: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly milliseconds: number;
}

/** The parts in a time zone: a name of the IANA database or an offset such as `+01:30`; undefined for others. */
export function timeParts({ nanos }: Timestamp, zone: string): TimeParts | undefined {
  const { seconds, rest } = split(nanos);
  const offset = zoneOffset(Number(seconds), zone);
  if (offset === undefined) return undefined;
  const date = new Date((Number(seconds) + offset) * 1000);
  const newYear = new Date(date.getTime());
  newYear.setUTCMonth(0, 1);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    dayOfMonth: date.getUTCDate(),
    dayOfWeek: date.getUTCDay(),
    dayOfYear: Math.floor((date.getTime() - newYear.getTime()) / 86_400_000),
    hours: date.getUTCHours(),
    minutes: date.getUTCMinutes(),
    seconds: date.getUTCSeconds(),
    milliseconds: Number(rest / 1_000_000n),
  };
}

const OFFSET = /^([+-]?)(\d\d):(\d\d)$/;

/** Seconds that the zone's clocks are ahead of UTC at that moment. */
function zoneOffset(seconds: number, zone: string): number | undefined {
  if (zone === '' || zone === 'UTC') return 0;
  const fixed = OFFSET.exec(zone);
  if (fixed !== null) return (Number(fixed[2]) * 60 + Number(fixed[3])) * 60 * (fixed[1] === '-' ? -1 : 1);
  const format = zoneFormat(zone);
  if (format === undefined) return undefined;
  const parts = new Map(format.formatToParts(new Date(seconds * 1000)).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const shown = new Date(0);
  shown.setUTCFullYear(part('year'), part('month') - 1, part('day'));
  shown.setUTCHours(part('hour') % 24, part('minute'), part('second'));
  return shown.getTime() / 1000 - seconds;
}

function zoneFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(timeZone)) return undefined;
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
