/**
 * Header values beyond ASCII. Clients and servers write them as UTF-8, as Go does; Node.js gives and takes each byte as a
 * character of its own, over HTTP/1.1 as over HTTP/2. These go between the two.
 */
const beyondAscii = /[^\0-\x7f]/;
/** Headers whose values are ASCII in every request and answer that makes sense; looking at them costs more than all else. */
const asciiHeaders = new Set([
  ':authority',
  ':method',
  ':path',
  ':scheme',
  'accept',
  'accept-encoding',
  'cache-control',
  'content-length',
  'content-type',
]);

type HeaderValue = string | readonly string[] | number | undefined;

/**
 * Headers that Node has read, as text; the same object when they are ASCII. A value that isn't UTF-8 stays as it is.
 * @example headersFromBytes({ 'x-remote-user': 'jan\xc3\xa9' }) // { 'x-remote-user': 'jané' }
 */
export function headersFromBytes<T extends Readonly<Record<string, HeaderValue>>>(headers: T): T {
  return needsNothing(headers) ? headers : mapped(headers, textOf);
}

/**
 * Whether `headersFromBytes` would change nothing, told from the list of names and values that Node gives beside its
 * object: to look through that costs a third.
 */
export function rawHeadersAreAscii(rawHeaders: readonly string[]): boolean {
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const value = rawHeaders[index + 1] ?? '';
    if (!asciiHeaders.has(rawHeaders[index] ?? '') && isBeyondAscii(value)) return false;
  }
  return true;
}

/** Headers in the form in which Node sends them as UTF-8; the same object when they are ASCII. */
export function headersToBytes<T extends Readonly<Record<string, HeaderValue>>>(headers: T): T {
  return needsNothing(headers) ? headers : mapped(headers, bytesOf);
}

function needsNothing(headers: Readonly<Record<string, HeaderValue>>): boolean {
  for (const name in headers) {
    if (asciiHeaders.has(name)) continue;
    const value = headers[name];
    if (typeof value === 'object' ? value.some(isBeyondAscii) : typeof value === 'string' && isBeyondAscii(value)) {
      return false;
    }
  }
  return true;
}

function isBeyondAscii(value: string): boolean {
  return beyondAscii.test(value);
}

function textOf(bytes: string): string {
  const text = Buffer.from(bytes, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? bytes : text;
}

function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function mapped<T extends Readonly<Record<string, HeaderValue>>>(headers: T, map: (value: string) => string): T {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === 'string' ? map(value) : typeof value === 'object' ? value.map(map) : value,
  ]);
  // A text for a text, a list for a list.
  return Object.fromEntries(entries) as T;
}
