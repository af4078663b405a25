/**
 * The syntax of `--set` and its kin (package strvals): `a.b=c,d[0].e=f,g={x,y}`, with `\` before what shall not count.
 * Numbers become int64, `true`, `false` and `null` what they say; everything else stays text.
 */

import { ChartError } from '../chart/chart.ts';
import { FunctionError } from '../go/function-error.ts';
import { decodeGoJson } from '../go/json-reader.ts';
import { quote } from '../go/quote.ts';
import { GoMap, type GoValue, goInt64, isMap, typeName } from '../go/value.ts';
import { coalesceTables } from './coalesce-tables.ts';

/** What becomes of the text after the equals sign. */
type ToValue = (text: string) => GoValue;

const MAX_INDEX = 65_536;
const MAX_NESTING = 30;

/** `--set`: merges into `values`, in place. Throws ChartError. */
export function setValues(values: GoMap, text: string): void {
  new Setter(text, typedValue).run(values);
}

/** `--set-string`: like setValues, but all values stay text. */
export function setStrings(values: GoMap, text: string): void {
  new Setter(text, (value) => value).run(values);
}

/** `--set-file`: like setValues, but the values name files, whose contents are used. */
export function setFiles(values: GoMap, text: string, readFile: (name: string) => string): void {
  new Setter(text, readFile).run(values);
}

/** `--set-literal`: one key, and everything after the equals sign as it is. */
export function setLiteral(values: GoMap, text: string): void {
  const equals = text.indexOf('=');
  if (equals < 0) throw new ChartError(`key ${quote(text)} has no value`);
  const setter = new Setter(`${text.slice(0, equals)}=`, () => text.slice(equals + 1));
  setter.run(values);
}

/** `--set-json`: a whole object, or keys whose values are JSON. */
export function setJson(values: GoMap, text: string): void {
  try {
    if (text.trimStart().startsWith('{')) {
      const given = decodeGoJson(text);
      if (isMap(given)) mergeOver(values, given);
      return;
    }
    new Setter(text, typedValue, { json: true }).run(values);
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    throw new ChartError(error.message, { cause: error });
  }
}

function mergeOver(values: GoMap, given: GoMap): void {
  const merged = coalesceTables(given, new GoMap(values), { keepNulls: true });
  for (const [key, value] of merged) values.set(key, value);
}

function typedValue(text: string): GoValue {
  const lower = text.toLowerCase();
  if (lower === 'true' || lower === 'false') return lower === 'true';
  if (lower === 'null') return null;
  if (text === '0') return goInt64(0);
  if (/^[+-]?\d+$/.test(text) && !text.startsWith('0')) {
    const number = BigInt(text.replace('+', ''));
    if (BigInt.asIntN(64, number) === number) return goInt64(number);
  }
  return text;
}

/** The text ended inside an index; helm takes that for the end of what is to be set. */
class EndOfText extends Error {}

class Setter {
  readonly #characters: readonly string[];
  readonly #toValue: ToValue;
  readonly #json: boolean;
  #at = 0;
  #depth = 0;

  constructor(text: string, toValue: ToValue, { json = false }: { json?: boolean } = {}) {
    this.#characters = Array.from(text);
    this.#toValue = toValue;
    this.#json = json;
  }

  run(values: GoMap): void {
    try {
      while (this.#at < this.#characters.length) this.#key(values);
    } catch (error) {
      if (!(error instanceof EndOfText)) throw error;
    }
  }

  /** Reads up to one of the characters; `stop` is undefined at the end. */
  #until(stops: string): { text: string; stop: string | undefined } {
    let text = '';
    while (this.#at < this.#characters.length) {
      const each = this.#characters[this.#at++] ?? '';
      if (stops.includes(each)) return { text, stop: each };
      text += each === '\\' ? (this.#characters[this.#at++] ?? '') : each;
    }
    return { text, stop: undefined };
  }

  #key(table: GoMap): void {
    const { text: key, stop } = this.#until('=[,.');
    switch (stop) {
      case undefined:
        if (key !== '') throw new ChartError(`key ${quote(key)} has no value`);
        return;
      case '[': {
        const index = this.#index();
        const existing = table.get(key);
        const list = Array.isArray(existing) ? [...existing] : [];
        this.#item(list, index);
        set(table, key, list);
        return;
      }
      case '=':
        set(table, key, this.#value());
        return;
      case ',':
        set(table, key, '');
        throw new ChartError(`key ${quote(key)} has no value (cannot end with ,)`);
      default:
        this.#nested(table, key);
    }
  }

  #nested(table: GoMap, key: string): void {
    if (++this.#depth > MAX_NESTING) {
      throw new ChartError(`value name nested level is greater than maximum supported nested level of ${MAX_NESTING}`);
    }
    const existing = table.get(key);
    if (existing !== undefined && existing !== null && !isMap(existing)) {
      const problem = `interface {} is ${typeName(existing)}, not map[string]interface {}`;
      throw new ChartError(`unable to parse key: interface conversion: ${problem}`);
    }
    const inner = isMap(existing) ? existing : new GoMap();
    this.#key(inner);
    if (inner.size === 0) throw new ChartError(`key map ${quote(key)} has no value`);
    set(table, key, inner);
    this.#depth--;
  }

  #value(): GoValue {
    if (this.#json) return this.#jsonValue();
    if (this.#characters[this.#at] === '{') return this.#list();
    if (this.#at >= this.#characters.length) return this.#toValue('');
    return this.#toValue(this.#until(',').text);
  }

  #list(): GoValue[] {
    const items: GoValue[] = [];
    this.#at++;
    for (;;) {
      const { text, stop } = this.#until(',}');
      if (stop === undefined) throw new ChartError("list must terminate with '}'");
      items.push(this.#toValue(text));
      if (stop === '}') {
        if (this.#characters[this.#at] === ',') this.#at++;
        return items;
      }
    }
  }

  /** The longest text up to a comma or the end that is JSON. */
  #jsonValue(): GoValue {
    const rest = this.#characters.slice(this.#at);
    let problem: unknown;
    for (let end = 1; end <= rest.length; end++) {
      if (end < rest.length && rest[end] !== ',') continue;
      try {
        const value = decodeGoJson(rest.slice(0, end).join(''));
        this.#at += Math.min(end + 1, rest.length);
        return value;
      } catch (error) {
        if (!(error instanceof FunctionError)) throw error;
        problem = error;
      }
    }
    throw new ChartError(problem instanceof Error ? problem.message : 'unexpected end of JSON input');
  }

  #index(): number {
    const { text, stop } = this.#until(']');
    if (stop === undefined) throw new EndOfText();
    if (!/^[+-]?\d+$/.test(text)) {
      throw new ChartError(`error parsing index: strconv.Atoi: parsing ${quote(text)}: invalid syntax`);
    }
    const index = Number(text);
    if (index < 0) throw new ChartError(`negative ${index} index not allowed`);
    if (index > MAX_INDEX)
      throw new ChartError(`index of ${index} is greater than maximum supported index of ${MAX_INDEX}`);
    return index;
  }

  /** What follows `[n]`. */
  #item(list: GoValue[], index: number): void {
    const { text, stop } = this.#until('[.=');
    if (text !== '') throw new ChartError(`unexpected data at end of array index: ${quote(text)}`);
    while (list.length <= index) list.push(null);
    const existing = list[index];
    if (stop === '=') {
      list[index] = this.#value();
    } else if (stop === '[') {
      const inner = Array.isArray(existing) ? [...existing] : [];
      this.#item(inner, this.#index());
      list[index] = inner;
    } else if (stop === '.') {
      if (++this.#depth > MAX_NESTING) {
        throw new ChartError(
          `value name nested level is greater than maximum supported nested level of ${MAX_NESTING}`,
        );
      }
      const inner = isMap(existing) ? existing : new GoMap();
      this.#key(inner);
      list[index] = inner;
      this.#depth--;
    }
  }
}

/** An empty key is ignored. */
function set(table: GoMap, key: string, value: GoValue): void {
  if (key !== '') table.set(key, value);
}
