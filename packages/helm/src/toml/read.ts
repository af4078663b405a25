/**
 * Reads TOML into the values of templates, as the package BurntSushi/toml does and in its words: integers are int64, dates and
 * times are times.
 */
import { FunctionError } from '../go/function-error.ts';
import { GoMap, type GoValue, isMap, sliceItems } from '../go/value.ts';
import { keyText } from './key.ts';
import { readTomlScalar } from './scalar.ts';

const MAX_DEPTH = 200;

/** Throws FunctionError with the line and the key. */
export function readToml(text: string): GoMap {
  return new Reader(text).read();
}

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  readonly #root = new GoMap();
  #table = this.#root;
  /** Tables that were only named on the way to others, and may still be written out. */
  readonly #implicit = new Set<GoMap>();
  /** The table that is read, and the key in it. */
  #context: readonly string[] = [];
  #key: readonly string[] = [];

  constructor(text: string) {
    this.#text = text.replace(/^\ufeff/, '');
  }

  read(): GoMap {
    for (;;) {
      this.#skip(/[ \t\n]|\r\n|#[^\n]*/y);
      this.#checkCharacter();
      if (this.#at >= this.#text.length) return this.#root;
      if (this.#takes('[[')) this.#arrayHeader();
      else if (this.#takes('[')) this.#header();
      else this.#member(this.#table);
      this.#skip(/[ \t]|#[^\n]*/y);
      if (this.#at < this.#text.length && !this.#takes('\n') && !this.#takes('\r\n')) {
        this.#fail(
          `expected a top-level item to end with a newline, comment, or EOF, but got '${this.#peek()}' instead`,
        );
      }
    }
  }

  #header(): void {
    const path = this.#headerPath();
    if (!this.#takes(']')) this.#failAtTableEnd();
    const parent = this.#parentOf(path);
    const name = path.at(-1) ?? '';
    const existing = parent.get(name);
    if (existing === undefined) {
      this.#table = new GoMap();
      parent.set(name, this.#table);
    } else if (isMap(existing) && this.#implicit.delete(existing)) {
      this.#table = existing;
    } else this.#failDefined(path);
    this.#context = path;
  }

  #arrayHeader(): void {
    const path = this.#headerPath();
    if (!this.#takes(']]')) this.#failAtTableEnd();
    const parent = this.#parentOf(path);
    const name = path.at(-1) ?? '';
    const existing = parent.get(name);
    const list = sliceItems(existing) ?? [];
    if (existing === undefined) parent.set(name, list);
    else if (!Array.isArray(existing)) {
      this.#fail(`Key '${keyName(path)}' was already created and cannot be used as an array.`);
    }
    this.#table = new GoMap();
    list.push(this.#table);
    this.#context = path;
  }

  #headerPath(): string[] {
    this.#blank();
    if (this.#peek() === ']' || this.#peek() === '') {
      this.#fail('unexpected end of table name (table names cannot be empty)');
    }
    return this.#keyPath('unexpected table separator (table names cannot be empty)');
  }

  #failAtTableEnd(): never {
    const found = this.#peek() === '' ? '\\x00' : shown(this.#peek());
    return this.#fail(`expected '.' or ']' to end table name, but got '${found}' instead`);
  }

  /** The table that holds the last key of a header, whose own keys come from the root. */
  #parentOf(path: readonly string[]): GoMap {
    this.#context = path.slice(0, -1);
    return this.#descend(this.#root, this.#context);
  }

  #descend(from: GoMap, path: readonly string[]): GoMap {
    let table = from;
    for (const [index, name] of path.entries()) {
      const existing = table.get(name);
      const inner = Array.isArray(existing) ? existing.at(-1) : existing;
      if (inner === undefined) {
        const fresh = new GoMap();
        this.#implicit.add(fresh);
        table.set(name, fresh);
        table = fresh;
      } else if (isMap(inner)) {
        table = inner;
      } else this.#failDefined(path.slice(0, index + 1));
    }
    return table;
  }

  #failDefined(path: readonly string[]): never {
    return this.#fail(`Key '${keyName(path)}' has already been defined.`);
  }

  #member(table: GoMap): void {
    const outer = [this.#context, this.#key] as const;
    const path = this.#keyPath(`unexpected '${shown(this.#peek())}': key name appears blank`);
    this.#blank();
    if (this.#peek() === '') this.#fail("unexpected EOF; expected key separator '='");
    if (!this.#takes('=')) this.#fail(`expected '.' or '=', but got '${shown(this.#peek())}' instead`);
    this.#context = [...outer[0], ...outer[1]];
    this.#key = path;
    this.#blank();
    const target = this.#descend(table, path.slice(0, -1));
    const name = path.at(-1) ?? '';
    const value = this.#value();
    if (target.has(name)) this.#failDefined([...this.#context, ...path]);
    target.set(name, value);
    [this.#context, this.#key] = outer;
  }

  #keyPath(problem: string): string[] {
    const path: string[] = [];
    do {
      this.#blank();
      path.push(this.#keyPart(problem));
      this.#blank();
    } while (this.#takes('.'));
    return path;
  }

  #keyPart(problem: string): string {
    if (this.#peek() === '"') return this.#basicString();
    if (this.#peek() === "'") return this.#literalString();
    return this.#match(/[A-Za-z0-9_-]+/y) ?? this.#fail(problem);
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
    if (this.#peek() === '') this.#fail('unexpected EOF; expected value');
    if (this.#peek() === '.') this.#fail("floats must start with a digit, not '.'");
    const word = this.#match(
      /\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2})?|[A-Za-z0-9+-][A-Za-z0-9_+.:-]*/y,
    );
    if (word === undefined) return this.#fail(`expected value but found '${shown(this.#peek())}' instead`);
    const value = readTomlScalar(word);
    return typeof value === 'object' && value !== null && 'problem' in value ? this.#fail(value.problem) : value;
  }

  #array(): GoValue[] {
    const items: GoValue[] = [];
    this.#at++;
    for (;;) {
      this.#skip(/\s|#[^\n]*/y);
      if (this.#takes(']')) return items;
      if (this.#peek() === ',') this.#fail('unexpected comma');
      items.push(this.#value());
      this.#skip(/\s|#[^\n]*/y);
      if (this.#takes(',')) continue;
      if (this.#takes(']')) return items;
      const found = this.#peek() === '' ? 'end of file' : `'${shown(this.#peek())}'`;
      this.#fail(`expected a comma (',') or array terminator (']'), but got ${found}`);
    }
  }

  #inlineTable(): GoMap {
    const table = new GoMap();
    this.#at++;
    for (;;) {
      this.#skip(/\s|#[^\n]*/y);
      if (this.#takes('}')) return table;
      if (this.#peek() === ',') this.#fail('unexpected comma');
      this.#member(table);
      this.#skip(/\s|#[^\n]*/y);
      if (this.#takes(',')) continue;
      if (this.#takes('}')) return table;
      const found = this.#peek() === '' ? 'end of file' : `'${shown(this.#peek())}'`;
      this.#fail(`expected a comma or an inline table terminator '}', but got ${found} instead`);
    }
  }

  #literalString(): string {
    const text = this.#match(/'[^'\n]*'/y);
    if (text === undefined) this.#failInText("'", `"'"`);
    return this.#checked(text.slice(1, -1));
  }

  #basicString(): string {
    const raw = this.#match(/"(?:[^"\\\n]|\\.)*"/y);
    if (raw === undefined) this.#failInText('"', `'"'`);
    return this.#unescape(this.#checked(raw.slice(1, -1)));
  }

  /** A text without its end. */
  #failInText(quote: string, shownQuote: string): never {
    const newline = this.#text.indexOf('\n', this.#at);
    if (newline >= 0) return this.#fail('strings cannot contain newlines');
    this.#at = this.#text.length;
    return this.#fail(`unexpected EOF; expected ${shownQuote === '' ? quote : shownQuote}`);
  }

  #multiline(delimiter: string): string {
    const start = this.#at + 3;
    let end = start;
    for (;;) {
      end = this.#text.indexOf(delimiter, end);
      if (end < 0) this.#fail(`unexpected EOF; expected ${delimiter === "'''" ? `"'''"` : `'"""'`}`);
      if (delimiter === "'''" || !isEscaped(this.#text, start, end)) break;
      end++;
    }
    // Up to two quotes may stand right before the closing ones.
    while (this.#text.startsWith(delimiter, end + 1)) end++;
    this.#at = end + 3;
    const body = this.#checked(
      this.#text
        .slice(start, end)
        .replace(/^\r?\n/, '')
        .replaceAll('\r\n', '\n'),
    );
    return delimiter === "'''" ? body : this.#unescape(body.replace(/\\[ \t]*\n\s*/g, ''));
  }

  /** Fails for control characters. */
  #checked(text: string): string {
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    const wrong = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.exec(text)?.[0];
    if (wrong !== undefined) this.#failControl(wrong);
    return text;
  }

  #failControl(character: string): never {
    const code = character.charCodeAt(0).toString(16).padStart(2, '0');
    return this.#fail(`TOML files cannot contain control characters: '0x${code}'`);
  }

  #checkCharacter(): void {
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    if (/^[\0-\x1f\x7f]$/.test(this.#peek())) this.#failControl(this.#peek());
  }

  #unescape(body: string): string {
    return body.replace(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|.)/gs, (_all, escape: string) => {
      const known = ESCAPES[escape];
      if (known !== undefined) return known;
      const code = /^[uUx]./.test(escape) ? Number.parseInt(escape.slice(1), 16) : Number.NaN;
      if (Number.isNaN(code)) this.#fail(`invalid escape in string '\\${escape}'`);
      if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
        this.#fail(`Escaped character '\\${escape}' is not valid UTF-8.`);
      }
      return String.fromCodePoint(code);
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
    const key = [...this.#context, ...this.#key];
    const where = key.length === 0 ? '' : ` (last key "${keyName(key)}")`;
    throw new FunctionError(`toml: line ${line}${where}: ${problem}`);
  }
}

function keyName(path: readonly string[]): string {
  return path.map(keyText).join('.');
}

/** A character in a message. */
function shown(character: string): string {
  return character === '\n' ? '\\n' : character === '\r' ? '\\r' : character;
}

/** True when an odd number of backslashes stands before a place. */
function isEscaped(text: string, from: number, at: number): boolean {
  let start = at;
  while (start > from && text[start - 1] === '\\') start--;
  return (at - start) % 2 === 1;
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
