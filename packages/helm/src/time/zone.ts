/** Time zones by their names, from the zone database that the JavaScript engine has. */

export interface Zone {
  /** `UTC`, `Local` or a name of the database. */
  readonly name: string;
  /** The name as the database knows it; undefined for a fixed offset. */
  readonly iana: string | undefined;
  /** Seconds east of UTC, of a zone with a fixed offset. */
  readonly fixedOffset: number;
  /** What `MST` in a layout gives, of a zone with a fixed offset. */
  readonly abbreviation: string;
}

export const UTC: Zone = { name: 'UTC', iana: undefined, fixedOffset: 0, abbreviation: 'UTC' };

export function fixedZone(abbreviation: string, offset: number): Zone {
  return { name: abbreviation, iana: undefined, fixedOffset: offset, abbreviation };
}

/** Undefined when there is no such zone. `local` is the zone of the machine. */
export function findZone(name: string, local: string): Zone | undefined {
  if (name === '' || name === 'UTC') return UTC;
  const iana = name === 'Local' ? local : name;
  if (iana === 'UTC') return { ...UTC, name };
  try {
    const known = new Intl.DateTimeFormat('en-US', { timeZone: iana }).resolvedOptions().timeZone;
    // The names of the database are names of files in Go.
    if (known !== iana && known.toLowerCase() === iana.toLowerCase()) return undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  return { name, iana, fixedOffset: 0, abbreviation: '' };
}

/** Offset in seconds and abbreviation in force at a time (milliseconds since 1970). */
export function zoneAt(zone: Zone, milliseconds: number): { offset: number; abbreviation: string } {
  if (zone.iana === undefined) return { offset: zone.fixedOffset, abbreviation: zone.abbreviation };
  const offset = offsetAt(zone.iana, milliseconds);
  return { offset, abbreviation: abbreviationAt(zone.iana, milliseconds, offset) };
}

function offsetAt(iana: string, milliseconds: number): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: iana,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = new Map(format.formatToParts(milliseconds).map(({ type, value }) => [type, value]));
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const year = parts.get('era')?.startsWith('B') === true ? 1 - number('year') : number('year');
  // Not Date.UTC, which takes the years before 100 for those of the twentieth century.
  const wall = new Date(0);
  wall.setUTCFullYear(year, number('month') - 1, number('day'));
  wall.setUTCHours(number('hour'), number('minute'), number('second'));
  return Math.round((wall.getTime() - Math.floor(milliseconds / 1000) * 1000) / 1000);
}

/** A winter and a summer. */
const RECENT = [Date.UTC(2024, 0, 1), Date.UTC(2024, 6, 1)];

/** Each locale only knows the abbreviations of its own zones. */
function localeAbbreviation(iana: string, milliseconds: number): string | undefined {
  for (const locale of ['en-US', 'en-GB', 'en-AU', 'en-IN']) {
    const parts = new Intl.DateTimeFormat(locale, { timeZone: iana, timeZoneName: 'short' }).formatToParts(
      milliseconds,
    );
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    if (/^[A-Z]{2,5}$/.test(name)) return name;
  }
  return undefined;
}

function abbreviationAt(iana: string, milliseconds: number, offset: number): string {
  const named = localeAbbreviation(iana, milliseconds);
  if (named !== undefined) return named;
  // Local mean time, from before there were zones.
  if (offset % 60 !== 0) return 'LMT';
  // The engine doesn't name the zones of long ago, but those of today with the same offset.
  for (const season of RECENT) {
    if (season !== milliseconds && offsetAt(iana, season) === offset) {
      const name = localeAbbreviation(iana, season);
      if (name !== undefined) return name;
    }
  }
  const known = KNOWN.get(`${iana} ${offset}`);
  if (known !== undefined) return known;
  const minutes = Math.abs(offset) / 60;
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0');
  const rest = minutes % 60 === 0 ? '' : String(minutes % 60).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${hours}${rest}`;
}

/** Abbreviations of the zone database that the engine's locales don't have. */
const KNOWN = new Map<string, string>([
  ['Asia/Tokyo 32400', 'JST'],
  ['Asia/Seoul 32400', 'KST'],
  ['Asia/Shanghai 28800', 'CST'],
  ['Asia/Hong_Kong 28800', 'HKT'],
  ['Asia/Karachi 18000', 'PKT'],
  ['Europe/Moscow 10800', 'MSK'],
  ['Africa/Johannesburg 7200', 'SAST'],
  ['Pacific/Auckland 43200', 'NZST'],
  ['Pacific/Auckland 46800', 'NZDT'],
]);
