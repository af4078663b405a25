/** Formats of dates, times and durations (RFC 3339, its appendix A for durations), with Go's words for dates. */
import { quote, quoteRune } from '../go/quote.ts';

const DATE = '2006-01-02';

export function dateProblem(text: string): string | undefined {
  const start = `parsing time ${quote(text)}`;
  const cannot = (rest: string, element: string): string =>
    `${start} as ${quote(DATE)}: cannot parse ${quote(rest)} as ${quote(element)}`;
  const year = /^\d{4}/.exec(text);
  if (year === null) return cannot(text, '2006');
  if (text[4] !== '-') return cannot(text.slice(4), '-');
  const month = /^\d\d/.exec(text.slice(5));
  if (month === null) return cannot(text.slice(5), '01');
  if (Number(month[0]) < 1 || Number(month[0]) > 12) return `${start}: month out of range`;
  if (text[7] !== '-') return cannot(text.slice(7), '-');
  const day = /^\d\d/.exec(text.slice(8));
  if (day === null) return cannot(text.slice(8), '02');
  if (text.length > 10) return `${start}: extra text: ${quote(text.slice(10))}`;
  const last = daysIn(Number(year[0]), Number(month[0]));
  return Number(day[0]) < 1 || Number(day[0]) > last ? `${start}: day out of range` : undefined;
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (month === 2) return isLeap ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

export function timeProblem(text: string): string | undefined {
  if (text.length < 9) return 'less than 9 characters long';
  if (text[2] !== ':' || text[5] !== ':') return 'missing colon in correct place';
  const fields = text.slice(0, 8).split(':').slice(0, 3);
  const bad = numbersProblem(fields, 'hour/min/sec');
  if (bad !== undefined) return bad;
  const [hour = 0, minute = 0, second = 0] = fields.map(Number);
  if (hour > 23 || minute > 59 || second > 60) return 'hour/min/sec out of range';
  const fraction = /^\.\d*/.exec(text.slice(8))?.[0] ?? '';
  if (fraction === '.') return 'no digits in second fraction';
  const offset = readOffset(text.slice(8 + fraction.length));
  if (typeof offset === 'string') return offset;
  // A leap second is one in universal time.
  const inDay = (hour * 60 + minute - offset + 24 * 60) % (24 * 60);
  return second >= 60 && inDay !== 23 * 60 + 59 ? 'invalid leap second' : undefined;
}

function numbersProblem(fields: readonly string[], what: string): string | undefined {
  for (const field of fields) {
    if (!/^[-+]?\d+$/.test(field)) return `invalid ${what}`;
    if (Number(field) < 0) return `non-positive ${what}`;
  }
  return undefined;
}

/** Minutes east of Greenwich, or what is wrong. */
function readOffset(text: string): number | string {
  if (text === 'z' || text === 'Z') return 0;
  if (text.length !== 6) return 'offset must be 6 characters long';
  if (!/^[-+]/.test(text)) return 'offset must begin with plus/minus';
  if (text[3] !== ':') return 'missing colon in offset in correct place';
  const fields = [text.slice(1, 3), text.slice(4)];
  const bad = numbersProblem(fields, 'hour/min in offset');
  if (bad !== undefined) return bad;
  const [hours = 0, minutes = 0] = fields.map(Number);
  if (hours > 23 || minutes > 59) return 'hour/min in offset out of range';
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

export function dateTimeProblem(text: string): string | undefined {
  if (text.length < 20) return 'less than 20 characters long';
  if (!/^[tT]$/.test(text[10] ?? '')) return '11th character must be t or T';
  const date = dateProblem(text.slice(0, 10));
  if (date !== undefined) return `invalid date element: ${date}`;
  const time = timeProblem(text.slice(11));
  return time === undefined ? undefined : `invalid time element: ${time}`;
}

const UNITS = ['YMD', 'HMS'];

export function durationProblem(text: string): string | undefined {
  if (!text.startsWith('P')) return 'must start with P';
  const body = text.slice(1);
  if (body === '') return 'nothing after P';
  if (body.endsWith('W')) {
    if (body === 'W') return 'no number in week';
    return /^\d+W$/.test(body) ? undefined : 'invalid week';
  }
  for (const [index, part] of body.split('T').entries()) {
    if (index > 0 && part === '') return 'no time elements';
    const units = UNITS[index];
    if (units === undefined) return 'more than one T';
    const problem = unitsProblem(part, units);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function unitsProblem(part: string, all: string): string | undefined {
  let units = all;
  for (let rest = part; rest !== ''; ) {
    const digits = /^\d*/.exec(rest)?.[0] ?? '';
    if (digits === '') return 'missing number';
    const unit = rest[digits.length];
    if (unit === undefined) return 'missing unit';
    const at = units.indexOf(unit);
    if (at < 0)
      return `${all.includes(unit) ? '' : 'invalid '}unit ${quoteRune(unit.charCodeAt(0))}${all.includes(unit) ? ' out of order' : ''}`;
    units = units.slice(at + 1);
    rest = rest.slice(digits.length + 1);
  }
  return undefined;
}

export function periodProblem(text: string): string | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return 'missing slash';
  const start = text.slice(0, slash);
  const end = text.slice(slash + 1);
  if (start.startsWith('P')) {
    return named('start duration', durationProblem(start)) ?? named('end date-time', dateTimeProblem(end));
  }
  const problem = named('start date-time', dateTimeProblem(start));
  if (problem !== undefined) return problem;
  if (end.startsWith('P')) return named('end duration', durationProblem(end));
  return named('end date-time', dateTimeProblem(end));
}

function named(what: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `invalid ${what}: ${problem}`;
}
