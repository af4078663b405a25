/**
 * Timestamps on the wire: RFC 3339 in UTC, whole seconds for Time, six digits for MicroTime (`metav1`).
 */
const TIME = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** The second that was asked for last: most calls are about the present one. */
let last = { second: Number.NaN, text: '' };

/** Milliseconds since the epoch → `2024-05-01T10:00:00Z`. Fractions of a second are cut off. */
export function formatTime(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000);
  if (second !== last.second) last = { second, text: `${new Date(milliseconds).toISOString().slice(0, 19)}Z` };
  return last.text;
}

/** Milliseconds since the epoch → `2024-05-01T10:00:00.250000Z`. Takes fractions of milliseconds. */
export function formatMicroTime(milliseconds: number): string {
  const micros = Math.round(milliseconds * 1000);
  const seconds = Math.floor(micros / 1_000_000);
  return `${formatTime(seconds * 1000).slice(0, 19)}.${String(micros - seconds * 1_000_000).padStart(6, '0')}Z`;
}

/** RFC 3339 → milliseconds since the epoch (with a fraction for microseconds); undefined when it isn't one. */
export function parseTime(text: string): number | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHours, offsetMinutes] = match;
  const base = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const utc = Date.parse(`${base}Z`);
  // Date.parse takes a 30th of February for the 1st or 2nd of March.
  if (Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 19) !== base) return undefined;
  const offset = sign === undefined ? 0 : (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  return utc + Number(`0.${fraction}0`) * 1000 - (sign === '-' ? -offset : offset);
}
