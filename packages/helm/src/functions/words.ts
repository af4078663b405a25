/** Words in texts as the packages behind sprig see them: cases, initials, abbreviations, wrapping. */
import { byteLength, byteSlice, fromBytes, toBytes } from '../go/bytes.ts';
import { simpleCase } from '../go/letter-case.ts';

const UPPER = /^\p{Lu}$/u;
const UPPER_OR_TITLE = /^[\p{Lu}\p{Lt}]$/u;
const LETTER = /^\p{L}$/u;
const NUMBER = /^\p{N}$/u;
const PUNCTUATION = /^\p{P}$/u;
// What Go's unicode.IsSpace says yes to.
const SPACE = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/u;
const IDEOGRAPH = /^[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}]$/u;

/** strings.Title: the first letter of each word becomes a capital; anything but letters, digits and `_` ends a word. */
export function capitalizeWords(text: string): string {
  let previous = ' ';
  let out = '';
  for (const each of text) {
    out +=
      /^[\p{L}\p{Nd}_]$/u.test(previous) || (previous > '\x7f' && !SPACE.test(previous))
        ? each
        : simpleCase(each, 'title');
    previous = each;
  }
  return out;
}

/** The first letter after each white space becomes small. */
export function uncapitalizeWords(text: string): string {
  let start = true;
  let out = '';
  for (const each of text) {
    if (SPACE.test(each)) {
      start = true;
      out += each;
    } else {
      out += start ? simpleCase(each, 'lower') : each;
      start = false;
    }
  }
  return out;
}

/** Each byte as a character, which is how the package behind `nospace` and `initials` misreads text. */
export function bytesAsCharacters(text: string): string {
  return Array.from(toBytes(text), (byte) => String.fromCharCode(byte)).join('');
}

export function initials(text: string): string {
  let start = true;
  let out = '';
  for (const each of bytesAsCharacters(text)) {
    if (start && !SPACE.test(each)) out += each;
    start = SPACE.test(each);
  }
  return out;
}

export function swapCase(text: string): string {
  return Array.from(text)
    .map((each) => simpleCase(each, UPPER_OR_TITLE.test(each) ? 'lower' : 'title'))
    .join('');
}

/** Cuts to a width in bytes, with `...` where something is missing. */
export function abbreviate(text: string, offset: number, width: number): string {
  const length = byteLength(text);
  if (text === '' || width < 4) return '';
  if (length <= width) return text;
  let from = Math.min(offset, length);
  if (length - from < width - 3) from = length - (width - 3);
  if (from <= 4) return `${byteSlice(text, 0, width - 3)}...`;
  if (width < 7) return '';
  if (from + width - 3 < length) return `...${abbreviate(byteSlice(text, from), 0, width - 3)}`;
  return `...${byteSlice(text, length - (width - 3))}`;
}

const BLANK = 0x20;

/** Breaks a text at blanks so that lines have at most `width` bytes; longer words only when `breakWords`. */
export function wrapText(text: string, width: number, separator: string, breakWords: boolean): string {
  const bytes = toBytes(text);
  const size = Math.max(1, width);
  const newline = separator === '' ? '\n' : separator;
  let out = '';
  let at = 0;
  while (bytes.length - at > size) {
    if (bytes[at] === BLANK) {
      at++;
      continue;
    }
    const { end, next } = lineEnd(bytes, at, size, breakWords);
    out += fromBytes(bytes.subarray(at, end));
    at = next;
    if (end < bytes.length) out += newline;
  }
  return out + fromBytes(bytes.subarray(at));
}

function lineEnd(bytes: Uint8Array, at: number, size: number, breakWords: boolean): { end: number; next: number } {
  const blank = bytes.subarray(at, at + size + 1).lastIndexOf(BLANK);
  if (blank >= 0) return { end: at + blank, next: at + blank + 1 };
  if (breakWords) return { end: at + size, next: at + size };
  const later = bytes.indexOf(BLANK, at + size);
  return later < 0 ? { end: bytes.length, next: bytes.length } : { end: later, next: later + 1 };
}

type WordType = 'number' | 'upper' | 'letters' | 'connector' | 'punctuation' | 'other' | 'none';

interface Word {
  readonly type: WordType;
  readonly text: string;
}

const isConnector = (each: string): boolean => each === '-' || each === '_' || SPACE.test(each);
const isLetter = (each: string): boolean => LETTER.test(each) && !IDEOGRAPH.test(each);

function nextWord(characters: readonly string[], at: number): Word {
  const first = characters[at];
  if (first === undefined) return { type: 'none', text: '' };
  const take = (type: WordType, belongs: (each: string) => boolean): Word => {
    let end = at + 1;
    while (end < characters.length && belongs(characters[end] ?? '')) end++;
    return { type, text: characters.slice(at, end).join('') };
  };
  if (isConnector(first)) return take('connector', isConnector);
  if (PUNCTUATION.test(first)) return take('punctuation', (each) => PUNCTUATION.test(each));
  if (UPPER.test(first)) return upperWord(characters, at, take);
  if (isLetter(first)) return take('letters', (each) => isLetter(each) && !UPPER.test(each));
  if (NUMBER.test(first)) return take('number', (each) => NUMBER.test(each));
  return take(
    'other',
    (each) => !isConnector(each) && !isLetter(each) && !NUMBER.test(each) && !PUNCTUATION.test(each),
  );
}

function upperWord(
  characters: readonly string[],
  at: number,
  take: (type: WordType, belongs: (each: string) => boolean) => Word,
): Word {
  const second = characters[at + 1] ?? '';
  if (UPPER.test(second)) {
    const capitals = take('upper', (each) => UPPER.test(each));
    const after = characters[at + Array.from(capitals.text).length];
    // "HTTPStatus" is "HTTP" and "Status".
    if (after !== undefined && isLetter(after))
      return { type: 'upper', text: Array.from(capitals.text).slice(0, -1).join('') };
    return capitals;
  }
  if (isLetter(second)) return take('upper', (each) => isLetter(each) && !UPPER.test(each));
  return { type: 'upper', text: characters[at] ?? '' };
}

/** `FooBAR_baz` as `foo_bar_baz`: words joined by the connector, in small letters. */
export function toSeparated(text: string, connector: string): string {
  const characters = Array.from(text);
  let at = 0;
  let out = '';
  const read = (): Word => {
    const word = nextWord(characters, at);
    at += Array.from(word.text).length;
    return word;
  };
  const write = (word: Word): void => {
    out += word.type === 'upper' || word.type === 'connector' ? lowered(word.text, connector) : word.text;
  };
  const joins = (type: WordType): boolean => type !== 'connector' && type !== 'punctuation';
  let word = read();
  while (at < characters.length) {
    if (word.type !== 'connector') write(word);
    const previous = word;
    word = read();
    if (previous.type === 'number') {
      while (word.type === 'letters' || word.type === 'number') {
        write(word);
        word = read();
      }
      if (word.type !== 'none' && joins(word.type)) out += connector;
    } else if (previous.type === 'connector') {
      write(previous);
    } else if (previous.type !== 'punctuation') {
      if (word.type !== 'number') {
        if (joins(word.type)) out += connector;
      } else if (at < characters.length) {
        const number = word;
        word = read();
        if (word.type !== 'letters') {
          // A number belongs to the word before it ("bld4_floor") …
          write(number);
          if (joins(word.type)) out += connector;
          continue;
        }
        // … unless small letters follow ("http_2xx").
        out += connector;
        write(number);
        while (word.type === 'letters' || word.type === 'number') {
          write(word);
          word = read();
        }
        if (word.type !== 'none' && joins(word.type)) out += connector;
      }
    }
  }
  write(word);
  return out;
}

function lowered(text: string, connector: string): string {
  return Array.from(text)
    .map((each) => (isConnector(each) ? connector : simpleCase(each, 'lower')))
    .join('');
}

/** `foo_bar` as `FooBar`. Connectors at the start stay. */
export function toPascalCase(text: string): string {
  const characters = Array.from(text);
  let at = 0;
  while (at < characters.length && isConnector(characters[at] ?? '')) at++;
  let out = characters.slice(0, at).join('');
  // Nothing but connectors: the package behind camelcase writes the last one twice.
  if (at === characters.length) return out + (characters.at(-1) ?? '');
  let start = true;
  // A word all in capitals keeps the first only.
  let inCapitals = false;
  for (; at < characters.length; at++) {
    const each = characters[at] ?? '';
    if (isConnector(each)) {
      const next = characters[at + 1];
      if (next === undefined || isConnector(next)) out += each;
      start = true;
    } else if (start) {
      inCapitals = UPPER.test(each);
      out += simpleCase(each, 'upper');
      start = false;
    } else {
      inCapitals &&= UPPER.test(each);
      out += inCapitals ? simpleCase(each, 'lower') : each;
    }
  }
  return out;
}
