/**
 * The exact JSON reader: 64-bit integers, duplicate fields, a depth limit, and error texts that say where.
 *
 * It keeps its own stack of open containers, so that nesting never reaches the call stack.
 */
import type { JsonObject, JsonValue } from '../object/json.ts';
import { setMember } from '../object/set-member.ts';
import { DecodeError } from './decode-error.ts';

interface Frame {
  readonly container: JsonObject | JsonValue[];
  /** The member that is being read, in objects. */
  key: string;
}

const INTEGER = /^-?\d+$/;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WHITESPACE = /[ \t\n\r]*/y;
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/** Reads one document. Throws DecodeError. `duplicateFields` holds each path once. */
export function readJsonText(text: string, maxDepth: number): { value: JsonValue; duplicateFields: string[] } {
  const reader = new JsonReader(text, maxDepth);
  const value = reader.readDocument();
  return { value, duplicateFields: [...reader.duplicates] };
}

class JsonReader {
  readonly duplicates = new Set<string>();
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #stack: Frame[] = [];
  #at = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  readDocument(): JsonValue {
    for (;;) {
      let value = this.#readValueOrOpen();
      while (value !== undefined) {
        const frame = this.#stack.at(-1);
        if (frame === undefined) return this.#endOfDocument(value);
        this.#store(frame, value);
        value = this.#nextOrClose(frame);
      }
    }
  }

  /** A complete scalar or empty container; undefined when a container was opened and its first value comes next. */
  #readValueOrOpen(): JsonValue | undefined {
    const next = this.#peek();
    if (next === '{' || next === '[') return this.#open(next);
    if (next === '"') return this.#readString();
    if (next === '-' || (next >= '0' && next <= '9')) return this.#readNumber();
    for (const [word, value] of LITERALS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    throw this.#unexpected('a value');
  }

  #open(bracket: string): JsonValue | undefined {
    this.#at++;
    if (this.#stack.length >= this.#maxDepth) {
      throw new DecodeError(`objects and arrays are nested more than ${this.#maxDepth} deep (offset ${this.#at - 1})`, {
        offset: this.#at - 1,
      });
    }
    const isArray = bracket === '[';
    if (this.#peek() === (isArray ? ']' : '}')) {
      this.#at++;
      return isArray ? [] : {};
    }
    const frame: Frame = { container: isArray ? [] : {}, key: '' };
    this.#stack.push(frame);
    if (!isArray) this.#readKey(frame);
    return undefined;
  }

  #readKey(frame: Frame): void {
    if (this.#peek() !== '"') throw this.#unexpected('a field name in double quotes');
    frame.key = this.#readString();
    if (this.#peek() !== ':') throw this.#unexpected("':' after a field name");
    this.#at++;
  }

  #store(frame: Frame, value: JsonValue): void {
    if (Array.isArray(frame.container)) {
      frame.container.push(value);
      return;
    }
    if (Object.hasOwn(frame.container, frame.key)) this.duplicates.add(this.#path());
    setMember(frame.container, frame.key, value);
  }

  /** Goes on to the next member (undefined) or closes the container and gives it. */
  #nextOrClose(frame: Frame): JsonValue | undefined {
    const isArray = Array.isArray(frame.container);
    const close = isArray ? ']' : '}';
    const next = this.#peek();
    if (next !== ',' && next !== close) throw this.#unexpected(`',' or '${close}'`);
    this.#at++;
    if (next === close) {
      this.#stack.pop();
      return frame.container;
    }
    if (!isArray) this.#readKey(frame);
    return undefined;
  }

  #endOfDocument(value: JsonValue): JsonValue {
    if (this.#peek() !== '') throw this.#unexpected('the end: one document only');
    return value;
  }

  #readString(): string {
    const start = this.#at;
    let escaped = false;
    let at = start + 1;
    for (; ; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === 0x22) break;
      // NaN is the end of the text.
      if (Number.isNaN(code) || code < 0x20) throw this.#brokenString(start);
      if (code === 0x5c) {
        escaped = true;
        at++;
      }
    }
    this.#at = at + 1;
    if (!escaped) return this.#text.slice(start + 1, at);
    try {
      return String(JSON.parse(this.#text.slice(start, this.#at)));
    } catch {
      throw this.#brokenString(start);
    }
  }

  #brokenString(start: number): DecodeError {
    return new DecodeError(`invalid JSON: broken string that starts at offset ${start}`, { offset: start });
  }

  #readNumber(): number | bigint {
    NUMBER.lastIndex = this.#at;
    const literal = NUMBER.exec(this.#text)?.[0];
    if (literal === undefined) throw this.#unexpected('a number');
    const value = exactNumber(literal);
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new DecodeError(`invalid JSON: number ${literal.slice(0, 40)} at offset ${this.#at} is out of range`, {
        offset: this.#at,
      });
    }
    this.#at = NUMBER.lastIndex;
    return value;
  }

  /** The next character that isn't white space; '' at the end. */
  #peek(): string {
    WHITESPACE.lastIndex = this.#at;
    WHITESPACE.test(this.#text);
    this.#at = WHITESPACE.lastIndex;
    return this.#text.charAt(this.#at);
  }

  #unexpected(wanted: string): DecodeError {
    const found = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    const what = this.#at >= this.#text.length ? 'the end' : JSON.stringify(found);
    return new DecodeError(`invalid JSON: found ${what} at offset ${this.#at}, expected ${wanted}`, {
      offset: this.#at,
    });
  }

  #path(): string {
    let path = '';
    for (const { container, key } of this.#stack) {
      if (Array.isArray(container)) path += `[${container.length}]`;
      else path += path === '' ? key : `.${key}`;
    }
    return path;
  }
}

const LITERALS: readonly (readonly [string, JsonValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/** A number when it holds the literal exactly, a bigint for other integers of 64 bits, the nearest number beyond that. */
export function exactNumber(literal: string): number | bigint {
  const value = Number(literal);
  if (Number.isSafeInteger(value) || !INTEGER.test(literal)) return value;
  const integer = BigInt(literal);
  return integer >= MIN_INT64 && integer <= MAX_INT64 ? integer : value;
}
