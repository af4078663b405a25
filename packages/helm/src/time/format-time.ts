/** Go's Time.Format. */
import { DAYS, layoutParts, MONTHS } from './layout.ts';
import { type Moment, type WallClock, wallClock } from './moment.ts';

/** @example formatTime('2006-01-02', moment) // '2026-11-21' */
export function formatTime(layout: string, moment: Moment): string {
  const clock = wallClock(moment);
  return layoutParts(layout)
    .map(({ element, text }) => (element === undefined ? text : formatElement(element, clock)))
    .join('');
}

/** What `{{ now }}` prints; times read from a clock show their monotonic reading too, which is 0 here. */
export function timeText(moment: Moment): string {
  return `${formatTime('2006-01-02 15:04:05.999999999 -0700 MST', moment)}${moment.monotonic === true ? ' m=+0.000000001' : ''}`;
}

const pad = (value: number, width = 2, fill = '0'): string => String(value).padStart(width, fill);

function formatElement(element: string, clock: WallClock): string {
  const twelve = clock.hour % 12 === 0 ? 12 : clock.hour % 12;
  switch (element) {
    case '2006':
      return clock.year < 0 ? `-${pad(-clock.year, 4)}` : pad(clock.year, 4);
    case '06':
      return pad(Math.abs(clock.year) % 100);
    case 'January':
      return MONTHS[clock.month - 1] ?? '';
    case 'Jan':
      return (MONTHS[clock.month - 1] ?? '').slice(0, 3);
    case '01':
      return pad(clock.month);
    case '1':
      return String(clock.month);
    case 'Monday':
      return DAYS[clock.weekday] ?? '';
    case 'Mon':
      return (DAYS[clock.weekday] ?? '').slice(0, 3);
    case '2':
      return String(clock.day);
    case '02':
      return pad(clock.day);
    case '_2':
      return pad(clock.day, 2, ' ');
    case '__2':
      return pad(clock.yearDay, 3, ' ');
    case '002':
      return pad(clock.yearDay, 3);
    case '15':
      return pad(clock.hour);
    case '3':
      return String(twelve);
    case '03':
      return pad(twelve);
    case '4':
      return String(clock.minute);
    case '04':
      return pad(clock.minute);
    case '5':
      return String(clock.second);
    case '05':
      return pad(clock.second);
    case 'PM':
      return clock.hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return clock.hour >= 12 ? 'pm' : 'am';
    case 'MST':
      return clock.abbreviation === '' ? formatOffset('-0700', clock.offset) : clock.abbreviation;
    default:
      return /^[.,]/.test(element) ? formatFraction(element, clock.nanosecond) : formatOffset(element, clock.offset);
  }
}

function formatFraction(element: string, nanosecond: number): string {
  const digits = pad(nanosecond, 9).slice(0, element.length - 1);
  if (element[1] === '0') return element[0] + digits;
  const trimmed = digits.replace(/0+$/, '');
  return trimmed === '' ? '' : element[0] + trimmed;
}

function formatOffset(element: string, offset: number): string {
  if (element.startsWith('Z') && offset === 0) return 'Z';
  const magnitude = Math.abs(offset);
  const parts = [pad(Math.floor(magnitude / 3600))];
  if (element.length > 3) parts.push(pad(Math.floor(magnitude / 60) % 60));
  if (/0000$|:00:00$/.test(element)) parts.push(pad(magnitude % 60));
  return (offset < 0 ? '-' : '+') + parts.join(element.includes(':') ? ':' : '');
}
