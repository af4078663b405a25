/**
 * Reads the YAML that charts and `toYaml` mostly consist of in one pass: block maps and lists, plain and quoted scalars on
 * one line, literal blocks, flow collections on one line, comments. It gives up at the first sign of anything else, broken
 * texts included, and then the complete reader decides. What it does read, the complete reader reads alike.
 */
import { GoMap, type GoValue } from '../go/value.ts';
import { resolveScalar } from './resolve.ts';

/** Nested deeper than this, the complete reader knows what to do. */
const MAX_DEPTH = 100;
/** Keys that are longer may not be keys at all. */
const MAX_KEY = 1000;

/** Thrown and caught here alone. One object, because a stack that nobody reads costs time. */
class GiveUp extends Error {}
const GIVE_UP = new GiveUp();

type Names = Pick<ReadonlySet<string>, 'has'>;

/**
 * The value of a text that is one document; undefined when this reader can't tell.
 *
 * @param wanted the members of the outermost map that the caller looks at; what others hold is left out (but still read, so
 *   that a broken text is found). All of them when absent.
 */
export function quickRead(text: string, wanted?: Names): GoValue {
  if (UNUSUAL.test(text) || (text.includes('\t') && LEADING_TAB.test(text))) return undefined;
  try {
    return new QuickReader(text, wanted).document();
  } catch (error) {
    if (error === GIVE_UP) return undefined;
    throw error;
  }
}

/** Characters that YAML treats in some way of its own; of two units that make one character, neither is usual. */
const UNUSUAL = /[^\t\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;

/** Where a line may begin with a tab is for the complete reader to know. */
const LEADING_TAB = /^ *\t/m;

// All of these are sticky: they match where `lastIndex` says.
const PLAIN_KEY = /[A-Za-z0-9_/][^\s:#,[\]{}"'&*!|>%@`]*(?=:[ \n]|:$)/y;
const SINGLE_QUOTED = /'((?:[^'\n\t]|'')*)'/y;
const DOUBLE_QUOTED = /"((?:[^"\\\n\t]|\\["\\/nt])*)"/y;
/** To the end of the line, or to a comment. */
const PLAIN_SCALAR = /(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|-(?=[^\s]))[^\n\t]*/y;
const FLOW_PLAIN = /[A-Za-z0-9_./+~$-][^\n\t,[\]{}:#"'&*!|>?]*/y;
const FLOW_KEY = /([A-Za-z_][A-Za-z0-9_./-]*):(?= )/y;
const LITERAL_HEADER = /\|([-+]?) *(?: #[^\n]*)?(?=\n)/y;

const SPACE = 32;
const NEWLINE = 10;
const DASH = 45;
const HASH = 35;

class QuickReader {
  readonly #text: string;
  readonly #wanted: Names | undefined;
  #at = 0;
  /** Columns before the content of the line that begins at `#at`; -1 at the end of the text. */
  #indent = 0;
  #depth = 0;
  /** Values are built; false inside what nobody wants. */
  #building = true;

  constructor(text: string, wanted: Names | undefined) {
    this.#text = text;
    this.#wanted = wanted;
  }

  document(): GoValue {
    this.#nextContent();
    if (this.#indent !== 0) throw GIVE_UP;
    const value = this.#collection(0);
    if (this.#indent >= 0) throw GIVE_UP;
    return value;
  }

  /** Goes to the content of the next line that has any; `#at` stands at the begin of a line. */
  #nextContent(): void {
    const text = this.#text;
    for (;;) {
      const start = this.#at;
      let at = start;
      while (text.charCodeAt(at) === SPACE) at++;
      const code = text.charCodeAt(at);
      if (code === NEWLINE) {
        this.#at = at + 1;
      } else if (code === HASH) {
        const end = text.indexOf('\n', at);
        this.#at = end < 0 ? text.length : end + 1;
      } else {
        this.#at = at;
        this.#indent = at >= text.length ? -1 : at - start;
        return;
      }
    }
  }

  /** The map or list whose first line's content begins here, at the column. */
  #collection(column: number): GoValue {
    if (++this.#depth > MAX_DEPTH) throw GIVE_UP;
    const value = this.#isDash() ? this.#list(column) : this.#map(column);
    this.#depth--;
    return value;
  }

  #isDash(): boolean {
    if (this.#text.charCodeAt(this.#at) !== DASH) return false;
    const next = this.#text.charCodeAt(this.#at + 1);
    return next === SPACE || next === NEWLINE || Number.isNaN(next);
  }

  #list(column: number): GoValue {
    const items: GoValue[] = [];
    while (this.#indent === column && this.#isDash()) {
      this.#at++;
      const from = this.#at;
      this.#skipSpaces();
      const inner = column + 1 + this.#at - from;
      const item = this.#isCompact() ? this.#compact(inner) : this.#value(column, false);
      if (this.#building) items.push(item);
    }
    if (this.#indent > column) throw GIVE_UP;
    return items;
  }

  /** True when a map or a list begins on the line of its item's dash. */
  #isCompact(): boolean {
    if (this.#isDash()) return true;
    const start = this.#at;
    const isKey = this.#key() !== undefined;
    this.#at = start;
    return isKey;
  }

  #compact(column: number): GoValue {
    this.#indent = column;
    return this.#collection(column);
  }

  #map(column: number): GoValue {
    const map = new GoMap();
    while (this.#indent === column) {
      const key = this.#key();
      // A list may stand in the column of the key that it belongs to; it was read with the key then.
      if (key === undefined) throw GIVE_UP;
      this.#at++;
      this.#skipSpaces();
      if (this.#depth === 1 && this.#wanted !== undefined) this.#building = this.#wanted.has(key);
      const value = this.#value(column, true);
      if (this.#building) map.set(key, value);
    }
    if (this.#depth === 1) this.#building = true;
    if (this.#indent > column) throw GIVE_UP;
    return map;
  }

  /** The key that begins here; `#at` stands at its colon then. Undefined when there is none. */
  #key(): string | undefined {
    const text = this.#text;
    const first = text[this.#at];
    if (first === '"' || first === "'") return this.#quotedKey(first === '"' ? DOUBLE_QUOTED : SINGLE_QUOTED);
    PLAIN_KEY.lastIndex = this.#at;
    const match = PLAIN_KEY.exec(text);
    if (match === null) return undefined;
    const key = match[0];
    if (key.length > MAX_KEY || typeof resolveScalar(key) !== 'string') throw GIVE_UP;
    this.#at += key.length;
    return key;
  }

  #quotedKey(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) throw GIVE_UP;
    const end = pattern.lastIndex;
    if (this.#text[end] !== ':') return undefined;
    const after = this.#text[end + 1];
    if ((after !== ' ' && after !== '\n') || match[0].length > MAX_KEY) throw GIVE_UP;
    this.#at = end;
    return unquoted(match);
  }

  /** What stands behind a key or a dash, or below it. Ends at the content of the next line. */
  #value(column: number, isMember: boolean): GoValue {
    const text = this.#text;
    const first = text[this.#at];
    switch (first) {
      case undefined:
      case '\n':
      case '#':
        return this.#below(column, isMember);
      case '|':
        return this.#literal(column);
      case '"':
        return this.#quoted(DOUBLE_QUOTED, column);
      case "'":
        return this.#quoted(SINGLE_QUOTED, column);
      case '{':
      case '[': {
        const value = this.#flow();
        this.#endOfLine(column);
        return value;
      }
    }
    return this.#plain(column);
  }

  #below(column: number, isMember: boolean): GoValue {
    if (this.#text[this.#at] === '#' && this.#text[this.#at - 1] !== ' ') throw GIVE_UP;
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end + 1;
    this.#nextContent();
    if (this.#indent > column) return this.#blockOrScalar(column);
    if (isMember && this.#indent === column && this.#isDash()) return this.#collection(column);
    return null;
  }

  /** What begins on a line of its own: mostly a collection. */
  #blockOrScalar(column: number): GoValue {
    return this.#isCompact() ? this.#collection(this.#indent) : this.#value(column, false);
  }

  #plain(column: number): GoValue {
    PLAIN_SCALAR.lastIndex = this.#at;
    const match = PLAIN_SCALAR.exec(this.#text);
    if (match === null) throw GIVE_UP;
    let scalar = match[0];
    const comment = scalar.indexOf(' #');
    if (comment >= 0) scalar = scalar.slice(0, comment);
    scalar = withoutTrailingSpaces(scalar);
    if (scalar.endsWith(':') || scalar.includes(': ')) throw GIVE_UP;
    this.#at = PLAIN_SCALAR.lastIndex;
    this.#endOfLine(column);
    return this.#resolved(scalar);
  }

  #resolved(scalar: string): GoValue {
    // Even where nobody wants the value: a number without a finite value is an error.
    const value = resolveScalar(scalar);
    if (typeof value === 'bigint') return Number(value);
    if (typeof value === 'number' && !Number.isFinite(value)) throw GIVE_UP;
    return value;
  }

  #quoted(pattern: RegExp, column: number): GoValue {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) throw GIVE_UP;
    this.#at = pattern.lastIndex;
    this.#endOfLine(column);
    return unquoted(match);
  }

  /** Nothing but a comment may stand on the rest of the line, and nothing that belongs to the value on the next. */
  #endOfLine(column: number): void {
    const text = this.#text;
    const from = this.#at;
    this.#skipSpaces();
    const code = text.charCodeAt(this.#at);
    if (code === HASH && this.#at > from) {
      const end = text.indexOf('\n', this.#at);
      this.#at = end < 0 ? text.length : end;
    } else if (code !== NEWLINE && this.#at < text.length) {
      throw GIVE_UP;
    }
    this.#at++;
    this.#nextContent();
    if (this.#indent > column) throw GIVE_UP;
  }

  #literal(column: number): GoValue {
    const text = this.#text;
    LITERAL_HEADER.lastIndex = this.#at;
    const header = LITERAL_HEADER.exec(text);
    if (header === null) throw GIVE_UP;
    const start = LITERAL_HEADER.lastIndex + 1;
    let at = start;
    while (text.charCodeAt(at) === SPACE) at++;
    const indent = at - start;
    if (indent <= column || at >= text.length || text.charCodeAt(at) === NEWLINE) throw GIVE_UP;
    const end = this.#literalEnd(start, indent);
    const lines = this.#building ? cutLines(text.slice(start, end), indent) : '';
    this.#at = end;
    this.#nextContent();
    if (this.#indent > column) throw GIVE_UP;
    return chomped(lines, header[1] ?? '', end >= text.length && !text.endsWith('\n'));
  }

  /** Where the first line begins that is less indented and not blank. */
  #literalEnd(start: number, indent: number): number {
    const text = this.#text;
    for (let line = start; line < text.length; ) {
      let at = line;
      while (text.charCodeAt(at) === SPACE) at++;
      const isBlank = text.charCodeAt(at) === NEWLINE;
      // What follows the last line break decides about line breaks at the end.
      if (at >= text.length && at > line) throw GIVE_UP;
      if (!isBlank && at - line < indent) return line;
      const end = text.indexOf('\n', at);
      if (end < 0) return text.length;
      line = end + 1;
    }
    return text.length;
  }

  /** A flow collection that ends on its line. */
  #flow(): GoValue {
    if (++this.#depth > MAX_DEPTH) throw GIVE_UP;
    const value = this.#text[this.#at++] === '[' ? this.#flowList() : this.#flowMap();
    this.#depth--;
    return value;
  }

  #flowList(): GoValue {
    const items: GoValue[] = [];
    this.#skipSpaces();
    while (this.#text[this.#at] !== ']') {
      items.push(this.#flowValue());
      this.#separator(']');
    }
    this.#at++;
    return items;
  }

  #flowMap(): GoValue {
    const map = new GoMap();
    this.#skipSpaces();
    while (this.#text[this.#at] !== '}') {
      FLOW_KEY.lastIndex = this.#at;
      const key = FLOW_KEY.exec(this.#text)?.[1];
      if (key === undefined || typeof resolveScalar(key) !== 'string') throw GIVE_UP;
      this.#at = FLOW_KEY.lastIndex;
      this.#skipSpaces();
      map.set(key, this.#flowValue());
      this.#separator('}');
    }
    this.#at++;
    return map;
  }

  #flowValue(): GoValue {
    const first = this.#text[this.#at];
    if (first === '{' || first === '[') return this.#flow();
    const pattern = first === '"' ? DOUBLE_QUOTED : first === "'" ? SINGLE_QUOTED : FLOW_PLAIN;
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) throw GIVE_UP;
    this.#at = pattern.lastIndex;
    if (pattern !== FLOW_PLAIN) return unquoted(match);
    const scalar = withoutTrailingSpaces(match[0]);
    if (scalar.startsWith('-') && !/^-[0-9A-Za-z]/.test(scalar)) throw GIVE_UP;
    return this.#resolved(scalar);
  }

  /** A comma between two items, or the end of the collection. */
  #separator(close: string): void {
    this.#skipSpaces();
    const found = this.#text[this.#at];
    if (found === close) return;
    if (found !== ',') throw GIVE_UP;
    this.#at++;
    this.#skipSpaces();
    if (this.#text[this.#at] === close) throw GIVE_UP;
  }

  #skipSpaces(): void {
    while (this.#text.charCodeAt(this.#at) === SPACE) this.#at++;
  }
}

function withoutTrailingSpaces(text: string): string {
  let end = text.length;
  while (text.charCodeAt(end - 1) === SPACE) end--;
  return end === text.length ? text : text.slice(0, end);
}

function unquoted([whole, inside = '']: RegExpExecArray): string {
  if (whole.startsWith("'")) return inside.includes("'") ? inside.replaceAll("''", "'") : inside;
  if (!inside.includes('\\')) return inside;
  return inside.replace(/\\(.)/g, (_match, escaped: string) =>
    escaped === 'n' ? '\n' : escaped === 't' ? '\t' : escaped,
  );
}

/** The lines without their indentation. */
function cutLines(block: string, indent: number): string {
  let out = '';
  for (let line = 0; line < block.length; ) {
    const end = block.indexOf('\n', line);
    const stop = end < 0 ? block.length : end;
    if (stop - line > indent) out += block.slice(line + indent, stop);
    if (end < 0) return `${out}\n`;
    out += '\n';
    line = end + 1;
  }
  return out;
}

/** The line breaks at the end as the header wants them; a text that ends without one has none there either. */
function chomped(lines: string, header: string, endsWithText: boolean): string {
  if (endsWithText) return header === '+' ? lines.replace(/\n$/, '') : lines.replace(/\n+$/, '');
  if (header === '+') return lines;
  const bare = lines.replace(/\n+$/, '');
  return header === '-' ? bare : `${bare}\n`;
}
