/** Go string and rune literals: reading them (templates) and writing them (`%q`, strconv.Quote). */
import { fromBytes } from './bytes.ts';

const SHORT: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

// What strconv.IsPrint accepts: letters, marks, numbers, punctuation, symbols and the ASCII space.
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

export function isPrintable(character: string): boolean {
  // A start that sees nothing but ASCII is spared the compiling of the pattern.
  if (character.length === 1 && character < '\x7f') return character >= ' ';
  return PRINTABLE.test(character);
}

/** A double-quoted Go literal. `ascii` escapes everything beyond ASCII too (`%+q`). */
export function quote(text: string, ascii = false): string {
  return `"${escapeText(text, '"', ascii)}"`;
}

/** A single-quoted rune literal. */
export function quoteRune(code: number, ascii = false): string {
  const valid = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return `'${escapeText(String.fromCodePoint(valid ? code : 0xfffd), "'", ascii)}'`;
}

function escapeText(text: string, delimiter: string, ascii: boolean): string {
  let out = '';
  for (const character of text) out += escapeCharacter(character, delimiter, ascii);
  return out;
}

function escapeCharacter(character: string, delimiter: string, ascii: boolean): string {
  if (character === delimiter) return `\\${delimiter}`;
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc80 + 0x80, 2)}`;
  if (code < 0x7f && code >= 0x20) return character;
  if (!ascii && isPrintable(character)) return character;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0');
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** The text that a Go literal (with its quotes) stands for; undefined when the literal is wrong. */
export function unquote(literal: string): string | undefined {
  const delimiter = literal[0];
  const body = literal.slice(1, -1);
  if (delimiter === '`') return body.replaceAll('\r', '');
  let out = '';
  let bytes: number[] = [];
  for (let at = 0; at < body.length; ) {
    if (body[at] !== '\\') {
      out += fromBytes(Uint8Array.from(bytes)) + body[at++];
      bytes = [];
      continue;
    }
    const escape = readEscape(body, at + 1, delimiter);
    if (escape === undefined) return undefined;
    if (escape.byte === undefined) {
      out += fromBytes(Uint8Array.from(bytes)) + escape.text;
      bytes = [];
    } else {
      bytes.push(escape.byte);
    }
    at = escape.end;
  }
  return out + fromBytes(Uint8Array.from(bytes));
}

interface Escape {
  readonly text: string;
  /** Set for `\x` and octal escapes, which mean bytes and may join to a character. */
  readonly byte?: number;
  readonly end: number;
}

function readEscape(body: string, at: number, delimiter: string | undefined): Escape | undefined {
  const letter = body[at] ?? '';
  const width = { x: 2, u: 4, U: 8 }[letter];
  if (width !== undefined) return readHexEscape(body, at, letter, width);
  const octal = /^[0-7]{3}/.exec(body.slice(at, at + 3))?.[0];
  if (octal !== undefined) {
    const byte = Number.parseInt(octal, 8);
    return byte > 255 ? undefined : { text: '', byte, end: at + 3 };
  }
  if ((letter === "'" || letter === '"') && letter !== delimiter) return undefined;
  const text = ESCAPES[letter];
  return text === undefined ? undefined : { text, end: at + 1 };
}

function readHexEscape(body: string, at: number, letter: string, width: number): Escape | undefined {
  const digits = body.slice(at + 1, at + 1 + width);
  if (digits.length !== width || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
  const code = Number.parseInt(digits, 16);
  const end = at + 1 + width;
  if (letter === 'x') return { text: '', byte: code, end };
  return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? undefined : { text: String.fromCodePoint(code), end };
}
