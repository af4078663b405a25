/**
 * `format` of strings: the names that the API server validates, after `kube-openapi/pkg/validation/strfmt`.
 *
 * Dashes in a format's name don't count (`date-time` is `datetime`). Unknown formats accept everything; creating a
 * definition with one earns a warning. Formats of numbers (int32, int64, float, double) are checked in `numbers.ts`.
 */
import { isIP, isIPv4, isIPv6 } from 'node:net';

type Matcher = (value: string) => boolean;

const matchers: ReadonlyMap<string, Matcher> = new Map<string, Matcher>([
  ['bsonobjectid', regExp(/^[0-9a-fA-F]{24}$/)],
  ['uri', isRequestUri],
  ['email', isEmail],
  ['hostname', isHostname],
  ['ipv4', isIPv4],
  ['ipv6', (value) => isIPv6(value) && !value.includes('%')],
  ['cidr', isCidr],
  ['mac', regExp(/^([0-9a-fA-F]{2}([:-]))([0-9a-fA-F]{2}\2){4}[0-9a-fA-F]{2}$|^[0-9a-fA-F]{4}(\.[0-9a-fA-F]{4}){2}$/)],
  ['uuid', regExp(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i)],
  ['uuid3', regExp(/^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i)],
  ['uuid4', regExp(/^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i)],
  ['uuid5', regExp(/^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$/i)],
  ['isbn', (value) => isIsbn10(value) || isIsbn13(value)],
  ['isbn10', isIsbn10],
  ['isbn13', isIsbn13],
  ['creditcard', isCreditCard],
  ['ssn', regExp(/^\d{3}[- ]?\d{2}[- ]?\d{4}$/)],
  ['hexcolor', regExp(/^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/)],
  ['rgbcolor', isRgbColor],
  ['byte', isBase64],
  ['password', () => true],
  ['date', isDate],
  ['duration', isDuration],
  ['datetime', isDateTime],
  ['k8sshortname', (value) => value.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(value)],
  ['k8slongname', (value) => value.length <= 253 && value.split('.').every(isDnsLabel)],
]);

const numberFormats: ReadonlySet<string> = new Set(['int32', 'int64', 'float', 'double']);

/** The matcher of a string format; undefined for names that mean nothing for strings. */
export function stringFormat(name: string): Matcher | undefined {
  return matchers.get(name.replaceAll('-', ''));
}

/** True when the API server knows the format; an unknown one is only worth a warning. */
export function isRecognisedFormat(name: string): boolean {
  return matchers.has(name.replaceAll('-', '')) || numberFormats.has(name);
}

function regExp(pattern: RegExp): Matcher {
  return (value) => pattern.test(value);
}

function isDnsLabel(value: string): boolean {
  return value.length > 0 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(value);
}

/** What an HTTP request line may carry: an absolute URI or an absolute path. */
function isRequestUri(value: string): boolean {
  if (hasControlOrSpace(value) || /%(?![0-9a-fA-F]{2})/.test(value)) return false;
  if (value.startsWith('/')) return true;
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.exec(value);
  if (scheme === null) return false;
  const rest = value.slice(scheme[0].length);
  return rest.startsWith('//') ? hasValidAuthority(rest) : rest.length > 0;
}

function hasControlOrSpace(value: string): boolean {
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) <= 0x20 || value.charCodeAt(i) === 0x7f) return true;
  return false;
}

function hasValidAuthority(rest: string): boolean {
  const authority = rest.slice(2).split(/[/?#]/, 1)[0] ?? '';
  return /^([^@]*@)?(\[[0-9a-fA-F:.%]+\]|[^:@[\]]*)(:\d*)?$/.test(authority);
}

function isEmail(value: string): boolean {
  const address = /^[^<>]*<([^<>]+)>\s*$/.exec(value)?.[1] ?? value;
  return /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\u0080-\uffff-]+@[A-Za-z0-9\u0080-\uffff-]+(\.[A-Za-z0-9\u0080-\uffff-]+)*$/.test(
    address,
  );
}

function isHostname(value: string): boolean {
  if (value.length === 0 || value.length > 255) return false;
  const name = value.endsWith('.') ? value.slice(0, -1) : value;
  return name
    .split('.')
    .every(
      (label) =>
        label.length <= 63 &&
        /^[a-zA-Z0-9\u0080-\uffff]([a-zA-Z0-9\u0080-\uffff-]*[a-zA-Z0-9\u0080-\uffff])?$/.test(label),
    );
}

function isCidr(value: string): boolean {
  const slash = value.indexOf('/');
  const bits = value.slice(slash + 1);
  if (slash < 0 || !/^(0|[1-9]\d{0,2})$/.test(bits)) return false;
  const family = isIP(value.slice(0, slash));
  return (family === 4 && Number(bits) <= 32) || (family === 6 && Number(bits) <= 128);
}

function isIsbn10(value: string): boolean {
  const digits = value.replaceAll(/[- ]/g, '');
  if (!/^\d{9}[\dX]$/.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < 10; i++) sum += (10 - i) * (digits[i] === 'X' ? 10 : Number(digits[i]));
  return sum % 11 === 0;
}

function isIsbn13(value: string): boolean {
  const digits = value.replaceAll(/[- ]/g, '');
  if (!/^\d{13}$/.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < 13; i++) sum += Number(digits[i]) * (i % 2 === 0 ? 1 : 3);
  return sum % 10 === 0;
}

function isCreditCard(value: string): boolean {
  const digits = value.replaceAll(/\D/g, '');
  if (digits.length < 12 || digits.length > 19) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function isRgbColor(value: string): boolean {
  const parts = /^rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$/.exec(value);
  return parts?.slice(1).every((part) => Number(part) <= 255) ?? false;
}

function isBase64(value: string): boolean {
  return value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
}

function isDate(value: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  return parts !== null && isCalendarDay(Number(parts[1]), Number(parts[2]), Number(parts[3]));
}

function isDateTime(value: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})[tT](\d{2}):(\d{2}):(\d{2})([.,]\d+)?([zZ]|[+-]\d{2}:?\d{2})?$/.exec(value);
  if (parts === null) return false;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  return isCalendarDay(year, month, day) && (hour ?? 0) < 24 && (minute ?? 0) < 60 && (second ?? 0) < 60;
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function isDuration(value: string): boolean {
  if (/^[+-]?0$/.test(value)) return true;
  if (/^[+-]?((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(value)) return true;
  return /^(\d+\s*(ns|nano|us|µs|micro|ms|milli|s|sec|m|min|h|hr|hour|d|day|w|wk|week)s?\s*)+$/.test(value);
}
