/**
 * The Distinguished Encoding Rules of ASN.1 (ITU-T X.690), as far as certificates need them: an element is a tag, a length
 * and a content.
 */

export function element(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

export function set(...parts: readonly Uint8Array[]): Buffer {
  return element(0x31, Buffer.concat(parts));
}

/** `[tag] EXPLICIT`. */
export function explicit(tag: number, content: Uint8Array): Buffer {
  return element(0xa0 + tag, content);
}

/** @param bytes big-endian, the first below 0x80 */
export function integer(bytes: Uint8Array): Buffer {
  return element(0x02, bytes);
}

export function octets(content: Uint8Array): Buffer {
  return element(0x04, content);
}

/** @param unused how many bits of the last byte don't count */
export function bits(content: Uint8Array, unused = 0): Buffer {
  return element(0x03, Buffer.concat([Buffer.of(unused), content]));
}

export const trueValue: Buffer = Buffer.of(0x01, 0x01, 0xff);

/** An object identifier, such as `2.5.4.3`. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** Seven bits a byte; the highest bit says that more follow. */
function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return bytes;
}

export function text(value: string): Buffer {
  const isPrintable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value);
  return element(isPrintable ? 0x13 : 0x0c, Buffer.from(value));
}

/** Years up to 2049 are written with two digits (RFC 5280, 4.1.2.5). */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]/g, '').slice(0, 14);
  return Number(digits.slice(0, 4)) < 2050
    ? element(0x17, Buffer.from(`${digits.slice(2)}Z`))
    : element(0x18, Buffer.from(`${digits}Z`));
}

/** The elements inside an element, each with its tag and length. */
export function elementsOf(outer: Uint8Array): Buffer[] {
  const der = Buffer.from(outer.buffer, outer.byteOffset, outer.byteLength);
  const found: Buffer[] = [];
  const { start, end } = measure(der, 0);
  for (let at = start; at < end; ) {
    const next = measure(der, at).end;
    found.push(der.subarray(at, next));
    at = next;
  }
  return found;
}

/** What is between the length of an element and its end. */
export function contentOf(outer: Buffer): Buffer {
  const { start, end } = measure(outer, 0);
  return outer.subarray(start, end);
}

function measure(der: Buffer, at: number): { start: number; end: number } {
  const first = der[at + 1] ?? 0;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const count = first & 0x7f;
  const start = at + 2 + count;
  return { start, end: start + der.readUIntBE(at + 2, count) };
}
