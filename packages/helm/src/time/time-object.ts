/** Go's time.Time as a value of templates. */
import { fn } from '../go/define-function.ts';
import { type GoFunction, type GoObject, goInt, goInt64, goObject } from '../go/value.ts';
import { formatTime, timeText } from './format-time.ts';
import { DAYS, MONTHS } from './layout.ts';
import { floorDivide, type Moment, unixSeconds, wallClock } from './moment.ts';
import { UTC } from './zone.ts';

/** The name of the type. */
export const TIME_TYPE = 'time.Time';
/** Go's zero time, 0001-01-01. */
export const ZERO_TIME: Moment = { nanoseconds: -62_135_596_800n * 1_000_000_000n, zone: UTC };

/** A time.Time with its methods. */
export function timeObject(moment: Moment): GoObject {
  const clock = (): ReturnType<typeof wallClock> => wallClock(moment);
  const named = (type: string, names: readonly string[], index: number): GoObject =>
    goObject(type, { text: () => names[index] ?? '' });
  return goObject(TIME_TYPE, {
    data: moment,
    text: () => timeText(moment),
    json: () => formatTime('2006-01-02T15:04:05.999999999Z07:00', moment),
    methods: new Map<string, GoFunction>([
      ['Format', fn(['string'], (layout) => formatTime(layout, moment))],
      ['String', fn([], () => timeText(moment))],
      ['Unix', fn([], () => goInt64(unixSeconds(moment)))],
      ['UnixMilli', fn([], () => goInt64(floorDivide(moment.nanoseconds, 1_000_000n)))],
      ['UnixNano', fn([], () => goInt64(moment.nanoseconds))],
      ['UTC', fn([], () => timeObject({ nanoseconds: moment.nanoseconds, zone: UTC }))],
      ['Year', fn([], () => goInt(clock().year))],
      ['Month', fn([], () => named('time.Month', MONTHS, clock().month - 1))],
      ['Day', fn([], () => goInt(clock().day))],
      ['Hour', fn([], () => goInt(clock().hour))],
      ['Minute', fn([], () => goInt(clock().minute))],
      ['Second', fn([], () => goInt(clock().second))],
      ['Nanosecond', fn([], () => goInt(clock().nanosecond))],
      ['Weekday', fn([], () => named('time.Weekday', DAYS, clock().weekday))],
      ['YearDay', fn([], () => goInt(clock().yearDay))],
      ['IsZero', fn([], () => moment.nanoseconds === ZERO_TIME.nanoseconds)],
      ['Before', fn(['time'], (other) => moment.nanoseconds < momentOf(other).nanoseconds)],
      ['After', fn(['time'], (other) => moment.nanoseconds > momentOf(other).nanoseconds)],
      ['Equal', fn(['time'], (other) => moment.nanoseconds === momentOf(other).nanoseconds)],
      [
        'Sub',
        fn(['time'], (other) =>
          goInt(durationBetween(momentOf(other).nanoseconds, moment.nanoseconds), 'time.Duration'),
        ),
      ],
    ]),
  });
}

/** The moment of a time.Time. */
export function momentOf(value: GoObject): Moment {
  // Objects of this type are only made above.
  return value.data as Moment;
}

/** From one to another, both in nanoseconds since 1970; what 64 bits can't hold is the longest duration there is. */
export function durationBetween(from: bigint, to: bigint): bigint {
  const duration = to - from;
  if (BigInt.asIntN(64, duration) === duration) return duration;
  return duration < 0n ? -(2n ** 63n) : 2n ** 63n - 1n;
}
