/** Go's time.ParseInLocation. */
import { toBytes } from '../go/bytes.ts';
import { DAYS, layoutParts, MONTHS } from './layout.ts';
import type { Moment } from './moment.ts';
import { fixedZone, UTC, type Zone, zoneAt } from './zone.ts';

interface Fields {
  year: number;
  month: number;
  day: number;
  yearDay: number | undefined;
  hour: number;
  minute: number;
  second: number;
  fraction: string;
  pm: boolean | undefined;
  offset: number | undefined;
  abbreviation: string | undefined;
}

/** What didn't fit: the rest of the text and the element of the layout that stood against it. */
export interface TimeMismatch {
  readonly text: string;
  /** Undefined when text is left over. */
  readonly element: string | undefined;
  /** What there are fewer of: `month`, `day`. */
  readonly outOfRange?: string;
}

/** The message of Go's time.Parse. */
export function mismatchText(layout: string, text: string, { text: rest, element, outOfRange }: TimeMismatch): string {
  if (outOfRange !== undefined) return `parsing time ${timeQuote(text)}: ${outOfRange} out of range`;
  if (element === undefined) return `parsing time ${timeQuote(text)}: extra text: ${timeQuote(rest)}`;
  return `parsing time ${timeQuote(text)} as ${timeQuote(layout)}: cannot parse ${timeQuote(rest)} as ${timeQuote(element)}`;
}

/** How package time quotes: every byte beyond ASCII as such. */
function timeQuote(text: string): string {
  const escaped = Array.from(toBytes(text), (byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte < 0x20 || byte >= 0x80 ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte);
  });
  return `"${escaped.join('')}"`;
}

/** `zone` holds where the text says no zone. */
export function parseTime(layout: string, text: string, zone: Zone): Moment | TimeMismatch {
  const fields: Fields = {
    year: 0,
    month: 1,
    day: 1,
    yearDay: undefined,
    hour: 0,
    minute: 0,
    second: 0,
    fraction: '',
    pm: undefined,
    offset: undefined,
    abbreviation: undefined,
  };
  let rest = text;
  for (const { element, text: literal } of layoutParts(layout)) {
    const taken = element === undefined ? literalLength(literal, rest) : readElement(element, rest, fields);
    if (taken === undefined) return { text: rest, element: literal };
    const outOfRange = element === undefined ? undefined : rangeProblem(element, fields);
    if (outOfRange !== undefined) return { text, element: layout, outOfRange };
    rest = rest.slice(taken);
    // A fraction may follow the seconds even when the layout has none.
    if (element === '05' || element === '5') rest = readLooseFraction(rest, fields, layout);
  }
  if (rest !== '') return { text: rest, element: undefined };
  const outOfRange = fields.yearDay === undefined ? 'day' : 'day-of-year';
  return toMoment(fields, zone) ?? { text, element: layout, outOfRange };
}

/** What is told as soon as it is read; days only when the month is known. */
function rangeProblem(element: string, { month, hour, minute, second }: Fields): string | undefined {
  switch (NUMBERS[element]?.[1]) {
    case 'month':
      return month < 1 || month > 12 ? 'month' : undefined;
    case 'hour':
      return hour > (element === '15' ? 23 : 12) ? 'hour' : undefined;
    case 'minute':
      return minute > 59 ? 'minute' : undefined;
    case 'second':
      return second > 59 ? 'second' : undefined;
    default:
      return undefined;
  }
}

function literalLength(literal: string, rest: string): number | undefined {
  return rest.startsWith(literal) ? literal.length : undefined;
}

function readLooseFraction(rest: string, fields: Fields, layout: string): string {
  const fraction = /[.,][09]/.test(layout) ? undefined : /^[.,](\d+)/.exec(rest);
  if (fraction === undefined || fraction === null) return rest;
  fields.fraction = fraction[1] ?? '';
  return rest.slice(fraction[0].length);
}

const NUMBERS: Readonly<Record<string, readonly [RegExp, keyof Fields]>> = {
  '2006': [/^\d{4}/, 'year'],
  '01': [/^\d{2}/, 'month'],
  '1': [/^\d{1,2}/, 'month'],
  '02': [/^\d{2}/, 'day'],
  '2': [/^\d{1,2}/, 'day'],
  _2: [/^ ?\d{1,2}/, 'day'],
  '002': [/^\d{3}/, 'yearDay'],
  __2: [/^ {0,2}\d{1,3}/, 'yearDay'],
  '15': [/^\d{1,2}/, 'hour'],
  '03': [/^\d{2}/, 'hour'],
  '3': [/^\d{1,2}/, 'hour'],
  '04': [/^\d{2}/, 'minute'],
  '4': [/^\d{1,2}/, 'minute'],
  '05': [/^\d{2}/, 'second'],
  '5': [/^\d{1,2}/, 'second'],
};

/** Length of what was read; undefined when nothing fits. */
function readElement(element: string, rest: string, fields: Fields): number | undefined {
  const number = NUMBERS[element];
  if (number !== undefined) {
    const digits = number[0].exec(rest)?.[0];
    if (digits === undefined) return undefined;
    Object.assign(fields, { [number[1]]: Number(digits) });
    return digits.length;
  }
  switch (element) {
    case '06': {
      const digits = /^\d{2}/.exec(rest)?.[0];
      if (digits === undefined) return undefined;
      fields.year = Number(digits) + (Number(digits) >= 69 ? 1900 : 2000);
      return 2;
    }
    case 'January':
    case 'Jan':
      return readName(MONTHS, element === 'Jan', rest, (index) => (fields.month = index + 1));
    case 'Monday':
    case 'Mon':
      return readName(DAYS, element === 'Mon', rest, () => undefined);
    case 'PM':
    case 'pm': {
      const half = rest.slice(0, 2);
      if (!/^[AaPp][Mm]$/.test(half)) return undefined;
      fields.pm = half.toLowerCase() === 'pm';
      return 2;
    }
    case 'MST': {
      const name = /^(?:[A-Z]{3,5}|[+-]\d{2})/.exec(rest)?.[0];
      fields.abbreviation = name;
      return name?.length;
    }
    default:
      return /^[.,]/.test(element) ? readFraction(element, rest, fields) : readOffset(element, rest, fields);
  }
}

function readName(
  names: readonly string[],
  short: boolean,
  rest: string,
  set: (index: number) => void,
): number | undefined {
  const index = names.findIndex((name) => {
    const wanted = short ? name.slice(0, 3) : name;
    return rest.slice(0, wanted.length).toLowerCase() === wanted.toLowerCase();
  });
  const name = names[index];
  if (name === undefined) return undefined;
  set(index);
  return short ? 3 : name.length;
}

function readFraction(element: string, rest: string, fields: Fields): number | undefined {
  const digits = /^[.,](\d+)/.exec(rest)?.[1];
  if (element[1] === '9') {
    fields.fraction = digits ?? '';
    return digits === undefined ? 0 : digits.length + 1;
  }
  if (digits?.length !== element.length - 1) return undefined;
  fields.fraction = digits;
  return element.length;
}

function readOffset(element: string, rest: string, fields: Fields): number | undefined {
  if (element.startsWith('Z') && rest.startsWith('Z')) {
    fields.offset = 0;
    return 1;
  }
  const pattern = element.includes(':')
    ? /^([+-])(\d{2}):(\d{2})/
    : element.length > 3
      ? /^([+-])(\d{2})(\d{2})/
      : /^([+-])(\d{2})/;
  const match = pattern.exec(rest);
  if (match === null) return undefined;
  const seconds = Number(match[2]) * 3600 + Number(match[3] ?? 0) * 60;
  fields.offset = match[1] === '-' ? -seconds : seconds;
  return match[0].length;
}

function toMoment(fields: Fields, zone: Zone): Moment | undefined {
  let { hour } = fields;
  if (fields.pm !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (fields.pm ? 12 : 0);
  }
  if (fields.month < 1 || fields.month > 12 || hour > 23 || fields.minute > 59 || fields.second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(fields.year, fields.yearDay === undefined ? fields.month - 1 : 0, fields.yearDay ?? fields.day);
  date.setUTCHours(hour, fields.minute, fields.second);
  if (fields.yearDay !== undefined && (fields.yearDay < 1 || date.getUTCFullYear() !== fields.year)) return undefined;
  if (fields.yearDay === undefined && (fields.day < 1 || date.getUTCDate() !== fields.day)) return undefined;
  return place(date.getTime(), BigInt(fields.fraction.slice(0, 9).padEnd(9, '0')), fields, zone);
}

function place(wall: number, fraction: bigint, fields: Fields, zone: Zone): Moment {
  const at = (milliseconds: number): bigint => BigInt(milliseconds) * 1_000_000n + fraction;
  if (fields.offset !== undefined) {
    const nanoseconds = at(wall - fields.offset * 1000);
    if (fields.offset === 0) return { nanoseconds, zone: UTC };
    const local = zoneAt(zone, wall - fields.offset * 1000);
    return {
      nanoseconds,
      zone: local.offset === fields.offset ? zone : fixedZone(fields.abbreviation ?? '', fields.offset),
    };
  }
  if (fields.abbreviation === 'UTC') return { nanoseconds: at(wall), zone: UTC };
  // The offset in force may differ on either side of a change: ask again with the first answer.
  const guess = zoneAt(zone, wall).offset;
  const { offset, abbreviation } = zoneAt(zone, wall - guess * 1000);
  if (fields.abbreviation !== undefined && fields.abbreviation !== abbreviation) {
    return { nanoseconds: at(wall), zone: fixedZone(fields.abbreviation, 0) };
  }
  return { nanoseconds: at(wall - offset * 1000), zone };
}
