/**
 * What a plain YAML scalar means to the YAML reader that helm uses (sigs.k8s.io/yaml): YAML 1.1 with exceptions.
 * `yes` and `on` are booleans, `0777` and `0o777` octal, `1_000` a number; `1:30` and dates stay text.
 */

export type Resolved = null | boolean | number | bigint | string;

const WORDS = new Map<string, Resolved>();
for (const word of ['', '~', 'null', 'Null', 'NULL']) WORDS.set(word, null);
for (const word of ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']) WORDS.set(word, true);
for (const word of ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']) WORDS.set(word, false);
for (const word of ['.nan', '.NaN', '.NAN']) WORDS.set(word, Number.NaN);
for (const sign of ['', '+']) for (const word of ['.inf', '.Inf', '.INF']) WORDS.set(sign + word, Infinity);
for (const word of ['-.inf', '-.Inf', '-.INF']) WORDS.set(word, -Infinity);

const INTEGER = /^([-+]?)(?:(0[xX][0-9a-fA-F]+)|(0[bB][01]+)|0[oO]?([0-7]+)|([1-9]\d*|0))$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const TIME =
  /^(\d{4}-\d{1,2}-\d{1,2})(?:[Tt](?=.*(?:Z|[-+]\d\d:\d\d)$)| +(?!.*[-+Z]))(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+](\d\d):(\d\d))?$/;
const SEXAGESIMAL = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;

/** The value of an unquoted scalar. Integers that fit 64 bits come as bigint. */
export function resolveScalar(text: string): Resolved {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.\d]/.test(text)) return text;
  const plain = text.startsWith('.') ? text : text.replaceAll('_', '');
  const match = INTEGER.exec(plain);
  if (match !== null) {
    const [, sign, hexadecimal, binary, octal, decimal] = match;
    const magnitude = BigInt(hexadecimal ?? binary ?? (octal === undefined ? (decimal ?? '0') : `0o${octal}`));
    const value = sign === '-' ? -magnitude : magnitude;
    return value >= -(2n ** 63n) && value < 2n ** 64n ? value : Number(value);
  }
  return FLOAT.test(plain) ? Number(plain) : text;
}

/** True when the unquoted text would not be read back as this text. */
export function needsQuotes(text: string): boolean {
  return typeof resolveScalar(text) !== 'string' || isTimestamp(text) || SEXAGESIMAL.test(text);
}

/** A date, or a date and a time (with a zone only after a T), that there is in the calendar. */
function isTimestamp(text: string): boolean {
  if (!/^\d{4}-/.test(text)) return false;
  const time = TIME.exec(text);
  if (time !== null) {
    const [, date = '', hour, minute, second, zoneHour = 0, zoneMinute = 0] = time;
    const isInRange = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
    return isInRange && Number(zoneHour) <= 24 && Number(zoneMinute) <= 60 && isTimestamp(date);
  }
  const [, year, month, day] = DATE.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return false;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
