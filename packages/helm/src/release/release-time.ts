/** Times of release records for people: in the zone that the record was written in. */
import { formatTime, timeText } from '../time/format-time.ts';
import type { Moment } from '../time/moment.ts';
import { parseTime } from '../time/parse-time.ts';
import { UTC } from '../time/zone.ts';

const RFC3339 = '2006-01-02T15:04:05.999999999Z07:00';
const ANSIC = 'Mon Jan _2 15:04:05 2006';

/** Undefined for an empty text and for what is no time. */
export function releaseMoment(text: string): Moment | undefined {
  if (text === '') return undefined;
  const moment = parseTime(RFC3339, text, UTC);
  return 'nanoseconds' in moment && moment.nanoseconds !== undefined ? moment : undefined;
}

/** `Sun Nov 22 02:37:18 2026`; empty when there is no time. */
export function ansicTime(text: string): string {
  const moment = releaseMoment(text);
  return moment === undefined ? '' : formatTime(ANSIC, moment);
}

/** `2026-11-22 02:37:18.064391244 +0000 UTC`, or as the layout says. */
export function updatedTime(text: string, layout: string): string {
  const moment = releaseMoment(text);
  if (moment === undefined) return '-';
  return layout === '' ? timeText(moment) : formatTime(layout, moment);
}

/** To the second, as RFC 3339. */
export function secondsTime(text: string): string {
  const moment = releaseMoment(text);
  return moment === undefined ? '' : formatTime('2006-01-02T15:04:05Z07:00', moment);
}
