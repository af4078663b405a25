/**
 * Lengths of time: ages as kubectl prints them (`k8s.io/apimachinery/pkg/util/duration`), and Go's duration texts.
 * Lengths are milliseconds everywhere.
 */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * An age for a table: precise while young, rough when old. A clock that runs up to two seconds behind counts as now.
 *
 * @example formatAge(200_000) // '3m20s'
 */
export function formatAge(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / SECOND);
  if (seconds < -1) return '<invalid>';
  if (seconds < 120) return `${Math.max(seconds, 0)}s`;
  const minutes = Math.trunc(milliseconds / MINUTE);
  if (minutes < 10) return twoUnits(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(milliseconds / HOUR);
  if (hours < 8) return twoUnits(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 24 * 8) return twoUnits(days, 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return `${days}d`;
  const years = Math.trunc(days / 365);
  return hours < 24 * 365 * 8 ? twoUnits(years, 'y', days % 365, 'd') : `${years}y`;
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
};
const DURATION = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h)/;
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/** `1h30m`, `1.5s`, `-2m`, `0` → milliseconds; undefined for a text that Go wouldn't take. */
export function parseDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!DURATION.test(text)) return undefined;
  const isSigned = text.startsWith('-') || text.startsWith('+');
  let total = 0;
  for (let at = isSigned ? 1 : 0; at < text.length; at = PART.lastIndex) {
    PART.lastIndex = at;
    const [, number, unit = ''] = PART.exec(text) ?? [];
    const scale = UNITS[unit];
    if (number === undefined || scale === undefined) return undefined;
    total += Number(number) * scale;
  }
  return text.startsWith('-') ? -total : total;
}

/** Milliseconds as Go prints a duration: `1h30m0s`, `1.5s`, `20ms`, `0s`. */
export function formatDuration(milliseconds: number): string {
  const sign = milliseconds < 0 ? '-' : '';
  const magnitude = Math.abs(milliseconds);
  if (magnitude === 0) return '0s';
  if (magnitude < 1e-3) return `${sign}${Math.round(magnitude * 1e6)}ns`;
  if (magnitude < 1) return `${sign}${round(magnitude * 1e3, 3)}µs`;
  if (magnitude < SECOND) return `${sign}${round(magnitude, 6)}ms`;
  const hours = Math.trunc(magnitude / HOUR);
  const minutes = Math.trunc((magnitude % HOUR) / MINUTE);
  const seconds = round((magnitude % MINUTE) / SECOND, 9);
  const larger = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : '';
  return `${sign}${larger}${seconds}s`;
}

/** Cuts off what floating point adds beyond nanoseconds. */
function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
