/**
 * What the texts of literal tokens mean: numbers with their ranges, strings and bytes with their escapes.
 */
import { type Bytes, bytes, type UintValue, uint } from '../values/value.ts';

const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);
const MAX_UINT = 2n ** 64n - 1n;

/** The int of a literal with its sign; undefined when it doesn't fit into 64 bits. */
export function intLiteral(text: string, isNegative: boolean): bigint | undefined {
  if (text.length > 40) return undefined;
  const value = isNegative ? -BigInt(text) : BigInt(text);
  return value >= MIN_INT && value <= MAX_INT ? value : undefined;
}

/** The uint of a literal that ends in `u`; undefined when it doesn't fit into 64 bits. */
export function uintLiteral(text: string): UintValue | undefined {
  if (text.length > 40) return undefined;
  const value = BigInt(text.slice(0, -1));
  return value <= MAX_UINT ? uint(value) : undefined;
}

/** The double of a literal; undefined when it is beyond all doubles. */
export function doubleLiteral(text: string, isNegative: boolean): number | undefined {
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  return isNegative ? -value : value;
}

/** The text of a string literal with quotes and prefix; undefined when an escape names no character. */
export function stringLiteral(token: string): string | undefined {
  const { body, isRaw } = contentOf(token);
  if (isRaw || !body.includes('\\')) return body;
  let isValid = true;
  const text = body.replace(ESCAPES, (escape) => {
    const code = codeOf(escape);
    if (code === undefined) return simpleEscape(escape);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      isValid = false;
      return '';
    }
    return String.fromCodePoint(code);
  });
  return isValid ? text : undefined;
}

/** The bytes of a bytes literal; undefined when it has an escape that stands for a character instead of a byte. */
export function bytesLiteral(token: string): Bytes | undefined {
  const { body, isRaw } = contentOf(token);
  if (isRaw) return bytes(Buffer.from(body, 'utf8'));
  const parts: Buffer[] = [];
  let from = 0;
  for (const match of body.matchAll(ESCAPES)) {
    const escape = match[0];
    if (/^\\[uU]/.test(escape)) return undefined;
    parts.push(Buffer.from(body.slice(from, match.index), 'utf8'));
    const code = codeOf(escape);
    parts.push(code === undefined ? Buffer.from(simpleEscape(escape)) : Buffer.of(code));
    from = match.index + escape.length;
  }
  parts.push(Buffer.from(body.slice(from), 'utf8'));
  return bytes(Buffer.concat(parts));
}

function contentOf(token: string): { body: string; isRaw: boolean } {
  const prefix = /^[rRbB]*/.exec(token)?.[0] ?? '';
  const quoted = token.slice(prefix.length);
  const width = quoted.length >= 6 && /^("""|''')/.test(quoted) ? 3 : 1;
  // Line ends are one character whatever the file has.
  const body = quoted.slice(width, -width).replace(/\r\n?/g, '\n');
  return { body, isRaw: /r/i.test(prefix) };
}

const ESCAPES = /\\(?:[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|[^])/g;

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function simpleEscape(escape: string): string {
  const character = escape.charAt(1);
  return SIMPLE[character] ?? character;
}

function codeOf(escape: string): number | undefined {
  if (/^\\[xXuU]/.test(escape)) return Number.parseInt(escape.slice(2), 16);
  return /^\\[0-3][0-7]{2}/.test(escape) ? Number.parseInt(escape.slice(1), 8) : undefined;
}
