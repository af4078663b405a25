/** Reads TOML 1.0 into the values of templates: integers are int64, dates stay text. */
import { FunctionError } from '../go/function-error.ts';
import { GoMap, type GoValue, goInt64, isMap, sliceItems } from '../go/value.ts';

const MAX_DEPTH = 200;

/** Throws FunctionError with the line. */
export function readToml(text: string): GoMap {
  return new Reader(text).read();
}

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  readonly #root = new GoMap();
  #table = this.#root;

  constructor(text: string) {
    this.#text = text.replaceAll('\r\n', '\n');
  }

  read(): GoMap {
    for (;;) {
      this.#skip(/[\s]|#[^\n]*/y);
      if (this.#at >= this.#text.length) return this.#root;
      if (this.#takes('[[')) this.#arrayHeader();
      else if (this.#takes('[')) this.#header();
      else this.#member(this.#table);
      this.#skip(/[ \t]|#[^\n]*/y);
      if (this.#at < this.#text.length && !this.#takes('\n')) {
        this.#fail(
          `expected a top-level item to end with a newline, comment, or EOF, but got '${this.#peek()}' instead`,
        );
      }
    }
  }

  #header(): void {
    const path = this.#keyPath();
    this.#expect(']');
    this.#table = this.#descend(this.#root, path);
  }

  #arrayHeader(): void {
    const path = this.#keyPath();
    this.#expect(']]');
    const parent = this.#descend(this.#root, path.slice(0, -1));
    const name = path.at(-1) ?? '';
    const existing = parent.get(name);
    const list = sliceItems(existing) ?? [];
    if (existing === undefined) parent.set(name, list);
    else if (!Array.isArray(existing)) this.#fail(`Key '${path.join('.')}' has already been defined.`);
    this.#table = new GoMap();
    list.push(this.#table);
  }

  #descend(from: GoMap, path: readonly string[]): GoMap {
    let table = from;
    for (const name of path) {
      const existing = table.get(name);
      const inner = Array.isArray(existing) ? existing.at(-1) : existing;
      if (inner === undefined) {
        const fresh = new GoMap();
        table.set(name, fresh);
        table = fresh;
      } else if (isMap(inner)) {
        table = inner;
      } else {
        this.#fail(`Key '${path.join('.')}' has already been defined.`);
      }
    }
    return table;
  }

  #member(table: GoMap): void {
    const path = this.#keyPath();
    this.#blank();
    this.#expect('=');
    this.#blank();
    const target = this.#descend(table, path.slice(0, -1));
    const name = path.at(-1) ?? '';
    if (target.has(name)) this.#fail(`Key '${path.join('.')}' has already been defined.`);
    target.set(name, this.#value());
  }

  #keyPath(): string[] {
    const path: string[] = [];
    do {
      this.#blank();
      path.push(this.#key());
      this.#blank();
    } while (this.#takes('.'));
    return path;
  }

  #key(): string {
    if (this.#peek() === '"') return this.#basicString();
    if (this.#peek() === "'") return this.#literalString();
    return this.#match(/[A-Za-z0-9_-]+/y) ?? this.#fail(`expected a key but got '${this.#peek()}' instead`);
  }

  #value(): GoValue {
    if (++this.#depth > MAX_DEPTH) this.#fail('nesting is too deep');
    const value = this.#valueInside();
    this.#depth--;
    return value;
  }

  #valueInside(): GoValue {
    if (this.#text.startsWith('"""', this.#at)) return this.#multiline('"""');
    if (this.#text.startsWith("'''", this.#at)) return this.#multiline("'''");
    switch (this.#peek()) {
      case '"':
        return this.#basicString();
      case "'":
        return this.#literalString();
      case '[':
        return this.#array();
      case '{':
        return this.#inlineTable();
    }
    const word = this.#match(
      /\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})?)?|[A-Za-z0-9_+.:-]+/y,
    );
    if (word === undefined) return this.#fail(`expected value but found '${this.#peek()}' instead`);
    return this.#scalar(word);
  }

  #scalar(word: string): GoValue {
    if (word === 'true' || word === 'false') return word === 'true';
    if (/^[+-]?inf$/.test(word)) return word.startsWith('-') ? -Infinity : Infinity;
    if (/^[+-]?nan$/.test(word)) return Number.NaN;
    const plain = word.replaceAll('_', '');
    if (/^[+-]?(?:0|[1-9]\d*)$/.test(plain)) return goInt64(BigInt(plain.replace('+', '')));
    if (/^0(?:x[0-9a-fA-F]+|o[0-7]+|b[01]+)$/.test(plain)) return goInt64(BigInt(plain));
    if (/^[+-]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(plain)) return Number(plain);
    if (/^\d{4}-\d{2}-\d{2}|^\d{2}:\d{2}:\d{2}/.test(word)) return word;
    return this.#fail(`expected value but found "${word}" instead`);
  }

  #array(): GoValue[] {
    const items: GoValue[] = [];
    this.#at++;
    for (;;) {
      this.#skip(/\s|#[^\n]*/y);
      if (this.#takes(']')) return items;
      items.push(this.#value());
      this.#skip(/\s|#[^\n]*/y);
      if (this.#takes(',')) continue;
      this.#expect(']');
      return items;
    }
  }

  #inlineTable(): GoMap {
    const table = new GoMap();
    this.#at++;
    this.#blank();
    if (this.#takes('}')) return table;
    for (;;) {
      this.#member(table);
      this.#blank();
      if (this.#takes('}')) return table;
      this.#expect(',');
    }
  }

  #literalString(): string {
    return this.#match(/'[^'\n]*'/y)?.slice(1, -1) ?? this.#fail('unterminated literal string');
  }

  #basicString(): string {
    const raw = this.#match(/"(?:[^"\\\n]|\\.)*"/y) ?? this.#fail('unterminated string');
    return this.#unescape(raw.slice(1, -1));
  }

  #multiline(delimiter: string): string {
    const start = this.#at + 3;
    let end = start;
    for (;;) {
      end = this.#text.indexOf(delimiter, end);
      if (end < 0) this.#fail('unterminated multi-line string');
      const backslashes = /\\*$/.exec(this.#text.slice(start, end))?.[0].length ?? 0;
      if (delimiter === "'''" || backslashes % 2 === 0) break;
      end++;
    }
    // Up to two quotes may stand right before the closing ones.
    while (this.#text.startsWith(delimiter, end + 1)) end++;
    this.#at = end + 3;
    const body = this.#text.slice(start, end).replace(/^\n/, '');
    return delimiter === "'''" ? body : this.#unescape(body.replace(/\\[ \t]*\n\s*/g, ''));
  }

  #unescape(body: string): string {
    return body.replace(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)/gs, (_all, escape: string) => {
      const known = ESCAPES[escape];
      if (known !== undefined) return known;
      if (!/^[uU]./.test(escape)) this.#fail(`invalid escape character '${escape}'`);
      return String.fromCodePoint(Number.parseInt(escape.slice(1), 16));
    });
  }

  #peek(): string {
    return this.#text[this.#at] ?? '';
  }

  #takes(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #expect(text: string): void {
    if (!this.#takes(text)) this.#fail(`expected '${text}' but got '${this.#peek()}' instead`);
  }

  #blank(): void {
    this.#skip(/[ \t]/y);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #skip(pattern: RegExp): void {
    while (this.#match(pattern) !== undefined);
  }

  #fail(problem: string): never {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    throw new FunctionError(`toml: line ${line}: ${problem}`);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  e: '\u001b',
  '"': '"',
  '\\': '\\',
};
