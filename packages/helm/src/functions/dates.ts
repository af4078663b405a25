/** Sprig's dates. The clock and the zone of the machine come from outside. */
import { fn } from '../go/define-function.ts';
import { durationText } from '../go/duration-text.ts';
import { FunctionError } from '../go/function-error.ts';
import { quote } from '../go/quote.ts';
import { type GoFunction, type GoObject, type GoValue, isInt, isObject } from '../go/value.ts';
import { durationProblem, parseGoDuration } from '../time/duration.ts';
import { formatTime } from '../time/format-time.ts';
import { floorDivide, type Moment, unixSeconds } from '../time/moment.ts';
import { mismatchText, parseTime } from '../time/parse-time.ts';
import { durationBetween, momentOf, TIME_TYPE, timeObject, ZERO_TIME } from '../time/time-object.ts';
import { findZone, UTC, type Zone } from '../time/zone.ts';

export interface TimeSource {
  /** Nanoseconds since 1970. */
  readonly now: () => bigint;
  /** Name of the zone of this machine, such as `Europe/Berlin`. */
  readonly timeZone: string;
}

const SECOND = 1_000_000_000n;

function asMoment(value: GoValue, source: TimeSource): Moment | undefined {
  if (isObject(value) && value.type === TIME_TYPE) return momentOf(value);
  const isSeconds = isInt(value) && ['int', 'int64', 'int32'].includes(value.type);
  return isSeconds ? { nanoseconds: value.value * SECOND, zone: local(source) } : undefined;
}

function local(source: TimeSource): Zone {
  return findZone('Local', source.timeZone) ?? UTC;
}

function dateInZone(layout: string, value: GoValue, zoneName: string, source: TimeSource): string {
  const moment = asMoment(value, source) ?? { nanoseconds: source.now(), zone: UTC };
  const zone = findZone(zoneName, source.timeZone) ?? UTC;
  return formatTime(layout, { nanoseconds: moment.nanoseconds, zone });
}

function modify(text: string, value: GoObject): GoObject | undefined {
  const duration = parseGoDuration(text);
  if (duration === undefined) return undefined;
  return timeObject({ ...momentOf(value), nanoseconds: momentOf(value).nanoseconds + duration });
}

function invalidDuration(text: string): FunctionError {
  return new FunctionError(`time: ${durationProblem(text)} ${quote(text)}`);
}

function roundDuration(value: GoValue, source: TimeSource): string {
  let nanoseconds = 0n;
  if (typeof value === 'string') nanoseconds = parseGoDuration(value) ?? 0n;
  else if (isInt(value) && value.type === 'int64') nanoseconds = value.value;
  else if (isObject(value) && value.type === TIME_TYPE)
    nanoseconds = durationBetween(momentOf(value).nanoseconds, source.now());
  const magnitude = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  for (const [unit, letter] of ROUNDED) if (magnitude > unit) return `${magnitude / unit}${letter}`;
  return '0s';
}

const HOUR = 3600n * SECOND;
const ROUNDED: readonly (readonly [bigint, string])[] = [
  [HOUR * 24n * 365n, 'y'],
  [HOUR * 24n * 30n, 'mo'],
  [HOUR * 24n, 'd'],
  [HOUR, 'h'],
  [60n * SECOND, 'm'],
  [SECOND, 's'],
];

function durationOfSeconds(value: GoValue): string {
  let seconds = 0n;
  if (typeof value === 'string') seconds = /^[+-]?\d+$/.test(value) ? BigInt(value.replace('+', '')) : 0n;
  else if (isInt(value) && value.type === 'int64') seconds = value.value;
  return durationText(BigInt.asIntN(64, seconds * SECOND));
}

function ago(value: GoValue, source: TimeSource): string {
  const moment = asMoment(value, source) ?? { nanoseconds: source.now(), zone: UTC };
  const elapsed = source.now() - moment.nanoseconds;
  return durationText(floorDivide(elapsed + SECOND / 2n, SECOND) * SECOND);
}

export function dateFunctions(source: TimeSource): Readonly<Record<string, GoFunction>> {
  const inZone = fn(['string', 'any', 'string'], (layout, date, zone) => dateInZone(layout, date, zone, source));
  const lenient = fn(['string', 'time'], (text, date) => modify(text, date) ?? date);
  const strict = fn(['string', 'time'], (text, date) => {
    const modified = modify(text, date);
    if (modified === undefined) throw invalidDuration(text);
    return modified;
  });
  return {
    now: fn([], () => timeObject({ nanoseconds: source.now(), zone: local(source), monotonic: true })),
    ago: fn(['any'], (date) => ago(date, source)),
    date: fn(['string', 'any'], (layout, date) => dateInZone(layout, date, 'Local', source)),
    date_in_zone: inZone,
    dateInZone: inZone,
    date_modify: lenient,
    dateModify: lenient,
    must_date_modify: strict,
    mustDateModify: strict,
    duration: fn(['any'], durationOfSeconds),
    durationRound: fn(['any'], (value) => roundDuration(value, source)),
    htmlDate: fn(['any'], (date) => dateInZone('2006-01-02', date, 'Local', source)),
    htmlDateInZone: fn(['any', 'string'], (date, zone) => dateInZone('2006-01-02', date, zone, source)),
    toDate: fn(['string', 'string'], (layout, text) => {
      const parsed = parseTime(layout, text, local(source));
      return timeObject('zone' in parsed ? parsed : ZERO_TIME);
    }),
    mustToDate: fn(['string', 'string'], (layout, text) => {
      const parsed = parseTime(layout, text, local(source));
      if ('zone' in parsed) return timeObject(parsed);
      throw new FunctionError(mismatchText(layout, text, parsed));
    }),
    unixEpoch: fn(['time'], (date) => unixSeconds(momentOf(date)).toString()),
  };
}
