/** What clocks on the wall show in a time zone, and back. Pure; the zones are those of the runtime's `Intl`. */

export interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError when the time zone is unknown */
export function wallTime(time: number, timeZone: string): WallTime {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(time)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return { year: part('year'), month: part('month'), day: part('day'), hour: part('hour'), minute: part('minute') };
}

/**
 * The moment (milliseconds since the epoch) at which clocks show that time: the first when clocks are turned back over it,
 * undefined when they are turned forward past it.
 */
export function fromWallTime(wall: WallTime, timeZone: string): number | undefined {
  const asUtc = utcOf(wall);
  const candidates = [asUtc - offsetAt(asUtc - day, timeZone), asUtc - offsetAt(asUtc + day, timeZone)];
  const exact = candidates.filter((time) => utcOf(wallTime(time, timeZone)) === asUtc);
  return exact.length === 0 ? undefined : Math.min(...exact);
}

const day = 86_400_000;

function offsetAt(time: number, timeZone: string): number {
  const minute = Math.floor(time / 60_000) * 60_000;
  return utcOf(wallTime(minute, timeZone)) - minute;
}

function utcOf({ year, month, day: date, hour, minute }: WallTime): number {
  return Date.UTC(year, month - 1, date, hour, minute);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const numeric = 'numeric' as const;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
  });
  formats.set(timeZone, format);
  return format;
}
