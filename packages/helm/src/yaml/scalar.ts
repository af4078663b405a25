/**
 * Writes one YAML scalar as libyaml's emitter does (go-yaml ports it): the choice of quotes, the folding of long lines.
 * The position on the line matters, so the writer says where it is.
 */
import { needsQuotes } from './resolve.ts';

export interface ScalarContext {
  /** Column at which the scalar begins, in characters. */
  readonly column: number;
  /** Columns by which lines after the first are indented. */
  readonly indent: number;
  /** Lines longer than this are folded at the next blank; Infinity turns that off. */
  readonly width: number;
  /** True for a key on the same line as its value: never folded, never a block. */
  readonly isKey: boolean;
}

interface Traits {
  readonly multiline: boolean;
  readonly plain: boolean;
  readonly singleQuoted: boolean;
  readonly block: boolean;
}

const INDICATOR_FIRST = /^(?:[#,[\]{}&*!|>'"%@`]|[?:-](?:\s|$)|---|\.\.\.)/;
const INDICATOR_INSIDE = /:(?:[\s\u0085\u2028\u2029]|$)|[\s\u0085\u2028\u2029]#/;
const BREAK = /[\r\n\u0085\u2028\u2029]/;
// What the emitter may write as it is; characters beyond the basic plane are not among it.
const UNPRINTABLE = /[^\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;

export function isMultiline(text: string): boolean {
  return BREAK.test(text);
}

function analyse(text: string): Traits {
  const multiline = BREAK.test(text);
  if (text === '') return { multiline, plain: true, singleQuoted: true, block: false };
  const special = UNPRINTABLE.test(text) || / [\r\n\u0085\u2028\u2029]/.test(text);
  const edges = /^[ \r\n\u0085\u2028\u2029]|[ \r\n\u0085\u2028\u2029]$/.test(text);
  const indicators = INDICATOR_FIRST.test(text) || INDICATOR_INSIDE.test(text);
  return {
    multiline,
    plain: !special && !edges && !multiline && !indicators,
    singleQuoted: !special && !/[\r\n\u0085\u2028\u2029] /.test(text),
    block: !special && !text.endsWith(' '),
  };
}

/** The text of a string scalar, without a newline at its end. */
export function stringScalar(text: string, context: ScalarContext): string {
  const traits = analyse(text);
  if (text.includes('\n')) {
    return traits.block && !context.isKey ? literalBlock(text, context) : doubleQuoted(text, context);
  }
  if (needsQuotes(text)) return doubleQuoted(text, context);
  if (traits.plain) return plain(text, context);
  return traits.singleQuoted ? singleQuoted(text, context) : doubleQuoted(text, context);
}

function literalBlock(text: string, context: ScalarContext): string {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : /^\n?$|\n\n$/.test(text) ? '+' : '';
  const pad = ' '.repeat(context.indent);
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  return `|${hint}${chomp}\n${body
    .split('\n')
    .map((line) => (line === '' ? '' : pad + line))
    .join('\n')}`;
}

/** Copies the text and lets `atBlank` say when a blank becomes a line break. */
class Folder {
  readonly #context: ScalarContext;
  #column: number;
  #out = '';

  constructor(context: ScalarContext) {
    this.#context = context;
    this.#column = context.column;
  }

  get text(): string {
    return this.#out;
  }

  get isPastWidth(): boolean {
    return !this.#context.isKey && this.#column > this.#context.width;
  }

  put(text: string, columns = text.length): void {
    this.#out += text;
    this.#column += columns;
  }

  breakLine(): void {
    this.#out += `\n${' '.repeat(this.#context.indent)}`;
    this.#column = this.#context.indent;
  }
}

function plain(text: string, context: ScalarContext): string {
  if (context.column + text.length <= context.width) return text;
  const folder = new Folder(context);
  let spaces = false;
  const characters = Array.from(text);
  characters.forEach((each, index) => {
    if (each !== ' ') {
      folder.put(each, 1);
    } else if (!spaces && folder.isPastWidth && characters[index + 1] !== ' ') {
      folder.breakLine();
    } else {
      folder.put(' ');
    }
    spaces = each === ' ';
  });
  return folder.text;
}

function singleQuoted(text: string, context: ScalarContext): string {
  const folder = new Folder(context);
  folder.put("'");
  let spaces = false;
  const characters = Array.from(text);
  characters.forEach((each, index) => {
    const inside = index > 0 && index < characters.length - 1;
    if (each !== ' ') {
      folder.put(each === "'" ? "''" : each, each === "'" ? 2 : 1);
    } else if (!spaces && folder.isPastWidth && inside && characters[index + 1] !== ' ') {
      folder.breakLine();
    } else {
      folder.put(' ');
    }
    spaces = each === ' ';
  });
  folder.put("'");
  return folder.text;
}

function doubleQuoted(text: string, context: ScalarContext): string {
  const folder = new Folder(context);
  folder.put('"');
  let spaces = false;
  const characters = Array.from(text);
  characters.forEach((each, index) => {
    const inside = index > 0 && index < characters.length - 1;
    if (each === '"' || each === '\\' || each === '\n' || UNPRINTABLE.test(each) || BREAK.test(each)) {
      folder.put(escapeCharacter(each));
      spaces = false;
      return;
    }
    if (each === ' ' && !spaces && folder.isPastWidth && inside) {
      folder.breakLine();
      if (characters[index + 1] === ' ') folder.put('\\');
    } else {
      folder.put(each, 1);
    }
    spaces = each === ' ';
  });
  folder.put('"');
  return folder.text;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\0': '\\0',
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\u001b': '\\e',
  '\u0085': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function escapeCharacter(character: string): string {
  const short = ESCAPES[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, width: number): string {
  return code.toString(16).toUpperCase().padStart(width, '0');
}
