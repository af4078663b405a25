/**
 * The parts of timestamps and durations: `getFullYear`, `getHours` and so on, with an optional time zone (cel-spec,
 * "Standard Definitions").
 */
import { types } from '../types/type.ts';
import { type TimeParts, timeParts } from '../values/time.ts';
import { errorValue, type Result, type Timestamp } from '../values/value.ts';
import { binary, declare, type FunctionDeclaration, member, type Overload, params, unary } from './overload.ts';

const { timestamp, duration, string } = params;

/** `tzSuffix` since one overload of cel-go is named against the rule. */
function selector(id: string, of: (parts: TimeParts) => number, tzSuffix = '_with_tz'): readonly Overload[] {
  return [
    member(unary(id, timestamp, types.int, (time) => part(time, 'UTC', of))),
    member(binary(`${id}${tzSuffix}`, timestamp, string, types.int, (time, zone) => part(time, zone, of))),
  ];
}

function part(time: Timestamp, zone: string, of: (parts: TimeParts) => number): Result {
  const parts = timeParts(time, zone);
  return parts === undefined ? errorValue(`unknown time zone ${zone}`) : BigInt(of(parts));
}

function inUnits(id: string, nanosPerUnit: bigint): Overload {
  return member(unary(id, duration, types.int, ({ nanos }) => nanos / nanosPerUnit));
}

export const timeFunctions: readonly FunctionDeclaration[] = [
  declare('getFullYear', ...selector('timestamp_to_year', ({ year }) => year)),
  declare('getMonth', ...selector('timestamp_to_month', ({ month }) => month)),
  declare('getDayOfMonth', ...selector('timestamp_to_day_of_month', ({ dayOfMonth }) => dayOfMonth - 1)),
  declare('getDate', ...selector('timestamp_to_day_of_month_1_based', ({ dayOfMonth }) => dayOfMonth)),
  declare('getDayOfWeek', ...selector('timestamp_to_day_of_week', ({ dayOfWeek }) => dayOfWeek)),
  declare('getDayOfYear', ...selector('timestamp_to_day_of_year', ({ dayOfYear }) => dayOfYear)),
  declare(
    'getHours',
    ...selector('timestamp_to_hours', ({ hours }) => hours),
    inUnits('duration_to_hours', 3_600_000_000_000n),
  ),
  declare(
    'getMinutes',
    ...selector('timestamp_to_minutes', ({ minutes }) => minutes),
    inUnits('duration_to_minutes', 60_000_000_000n),
  ),
  declare(
    'getSeconds',
    ...selector('timestamp_to_seconds', ({ seconds }) => seconds, '_tz'),
    inUnits('duration_to_seconds', 1_000_000_000n),
  ),
  declare(
    'getMilliseconds',
    ...selector('timestamp_to_milliseconds', ({ milliseconds }) => milliseconds),
    // Of a duration the milliseconds of its last second, as cel-go counts them.
    member(unary('duration_to_milliseconds', duration, types.int, ({ nanos }) => (nanos / 1_000_000n) % 1000n)),
  ),
];
