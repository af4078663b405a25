/** Reads JSON as Go's encoding/json does into interface{}: numbers become float64; errors have Go's words. */
import { toBytes } from './bytes.ts';
import { FunctionError } from './function-error.ts';
import { quoteRune } from './quote.ts';
import { GoMap, type GoValue } from './value.ts';

const MAX_DEPTH = 1000;

/** The value; throws FunctionError with Go's message. `number` makes something else of numbers than a float64. */
export function decodeGoJson(text: string, number: (literal: string) => GoValue = toFloat): GoValue {
  const reader = new Reader(text, number);
  return reader.readAll();
}

function toFloat(literal: string): number {
  const value = Number(literal);
  if (Number.isFinite(value)) return value;
  throw new FunctionError(`json: cannot unmarshal number ${literal} into Go value of type float64`);
}

class Reader {
  readonly #text: string;
  readonly #toNumber: (literal: string) => GoValue;
  #at = 0;
  #depth = 0;

  constructor(text: string, toNumber: (literal: string) => GoValue) {
    this.#text = text;
    this.#toNumber = toNumber;
  }

  readAll(): GoValue {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#fail('after top-level value');
    return value;
  }

  #value(): GoValue {
    this.#space();
    const first = this.#text[this.#at];
    if (first === '{') return this.#nested(() => this.#object());
    if (first === '[') return this.#nested(() => this.#array());
    if (first === '"') return this.#string();
    if (first === 't') return this.#word('true', true);
    if (first === 'f') return this.#word('false', false);
    if (first === 'n') return this.#word('null', null);
    if (first !== undefined && /[-0-9]/.test(first)) return this.#number();
    return this.#fail('looking for beginning of value');
  }

  #nested(read: () => GoValue): GoValue {
    if (++this.#depth > MAX_DEPTH) throw new FunctionError('exceeded max depth');
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): GoMap {
    const map = new GoMap();
    this.#at++;
    this.#space();
    if (this.#take('}')) return map;
    for (;;) {
      this.#space();
      if (this.#text[this.#at] !== '"') this.#fail('looking for beginning of object key string');
      const key = this.#string();
      this.#space();
      if (!this.#take(':')) this.#fail('after object key');
      map.set(key, this.#value());
      this.#space();
      if (this.#take('}')) return map;
      if (!this.#take(',')) this.#fail('after object key:value pair');
    }
  }

  #array(): GoValue[] {
    const items: GoValue[] = [];
    this.#at++;
    this.#space();
    if (this.#take(']')) return items;
    for (;;) {
      items.push(this.#value());
      this.#space();
      if (this.#take(']')) return items;
      if (!this.#take(',')) this.#fail('after array element');
    }
  }

  #string(): string {
    let out = '';
    this.#at++;
    for (;;) {
      const each = this.#text[this.#at];
      if (each === '"') {
        this.#at++;
        return out;
      }
      if (each === undefined || each < ' ') return this.#fail('in string literal');
      this.#at++;
      out += each === '\\' ? this.#escape() : each;
    }
  }

  #escape(): string {
    const letter = this.#text[this.#at];
    const simple = letter === undefined ? undefined : ESCAPES[letter];
    if (simple !== undefined) {
      this.#at++;
      return simple;
    }
    if (letter !== 'u') return this.#fail('in string escape code');
    for (let n = 0; n < 4; n++) {
      this.#at++;
      if (!/^[0-9a-fA-F]$/.test(this.#text[this.#at] ?? '')) this.#fail('in \\u hexadecimal character escape');
    }
    this.#at++;
    const code = Number.parseInt(this.#text.slice(this.#at - 4, this.#at), 16);
    return this.#surrogate(code);
  }

  #surrogate(code: number): string {
    if (code < 0xd800 || code > 0xdfff) return String.fromCharCode(code);
    const low = /^\\u([dD][c-fC-F][0-9a-fA-F]{2})/.exec(this.#text.slice(this.#at, this.#at + 6))?.[1];
    if (code > 0xdbff || low === undefined) return '\ufffd';
    this.#at += 6;
    return String.fromCharCode(code, Number.parseInt(low, 16));
  }

  #number(): GoValue {
    const start = this.#at;
    this.#take('-');
    if (!this.#take('0')) this.#digits('in numeric literal');
    if (this.#take('.')) this.#digits('after decimal point in numeric literal');
    if (this.#take('e') || this.#take('E')) {
      if (!this.#take('+')) this.#take('-');
      this.#digits('in exponent of numeric literal');
    }
    return this.#toNumber(this.#text.slice(start, this.#at));
  }

  #digits(where: string): void {
    if (!/\d/.test(this.#text[this.#at] ?? '')) this.#fail(where);
    while (/\d/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #word(word: string, value: GoValue): GoValue {
    for (let n = 0; n < word.length; n++) {
      if (this.#text[this.#at] !== word[n])
        this.#fail(`in literal ${word} (expecting ${quoteRune(word.charCodeAt(n))})`);
      this.#at++;
    }
    return value;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #fail(where: string): never {
    // At the end Go's reader sees a blank, which is wrong in the middle of a word or a number only.
    const code = this.#text.codePointAt(this.#at) ?? (MAY_BE_BLANK.test(where) ? undefined : 0x20);
    if (code === undefined) throw new FunctionError('unexpected end of JSON input');
    // Go looks at bytes: of a character beyond ASCII it shows the first one.
    const [byte = code] = toBytes(String.fromCodePoint(code));
    throw new FunctionError(`invalid character ${quoteCharacter(byte)} ${where}`);
  }
}

const MAY_BE_BLANK = /^(?:looking|in string literal|after (?:object|array|top))/;

function quoteCharacter(code: number): string {
  if (code === 0x22) return `'"'`;
  return code === 0x27 ? `'\\''` : quoteRune(code);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
