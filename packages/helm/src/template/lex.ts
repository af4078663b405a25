/** Cuts a template into tokens: text, delimiters with their trim markers, and what stands between them. */
import { quote } from '../go/quote.ts';
import { KEYWORDS, type Token, type TokenType } from './token.ts';

/** All tokens up to the end or the first error, which is the last token then. */
export function lex(source: string): Token[] {
  const lexer = new Lexer(source);
  lexer.run();
  return lexer.tokens;
}

const ALPHANUMERIC = /^[_\p{L}\p{Nd}]$/u;
/** What mostly stands in names; the rest is looked at character by character. */
const ASCII_WORD = /\w+/y;
const PRINTABLE_ASCII = /^[\x20-\x7e]$/;

class Lexer {
  readonly tokens: Token[] = [];
  readonly #source: string;
  #at = 0;
  #start = 0;
  #line = 1;
  #startLine = 1;
  #parens = 0;
  /** The first line break that hasn't been passed. */
  #nextNewline: number;

  constructor(source: string) {
    this.#source = source;
    const newline = source.indexOf('\n');
    this.#nextNewline = newline < 0 ? Infinity : newline;
  }

  run(): void {
    while (this.#readText()) {
      if (!this.#readAction()) return;
    }
  }

  /** Reads up to the next action; false at the end. */
  #readText(): boolean {
    const open = this.#source.indexOf('{{', this.#at);
    const end = open < 0 ? this.#source.length : open;
    const trimmed = open >= 0 && this.#hasLeftTrim(open + 2) ? trimRight(this.#source, this.#start, end) : end;
    if (trimmed > this.#start) {
      this.#at = trimmed;
      this.#emit('text');
    }
    this.#skipTo(end);
    if (open < 0) this.#emit('eof');
    return open >= 0;
  }

  #hasLeftTrim(at: number): boolean {
    return this.#source[at] === '-' && isSpace(this.#source.charCodeAt(at + 1));
  }

  /** Reads an action or a comment; false after an error. */
  #readAction(): boolean {
    const trim = this.#hasLeftTrim(this.#at + 2) ? 2 : 0;
    if (this.#source.startsWith('/*', this.#at + 2 + trim)) return this.#readComment(this.#at + 2 + trim);
    this.#at += 2;
    this.#emit('leftDelim');
    this.#skipTo(this.#at + trim);
    this.#parens = 0;
    for (;;) {
      const state = this.#readInside();
      if (state !== 'more') return state === 'closed';
    }
  }

  #readComment(start: number): boolean {
    const close = this.#source.indexOf('*/', start + 2);
    if (close < 0) return this.#error('unclosed comment');
    const after = close + 2;
    const trim = this.#atRightDelim(after);
    if (trim === undefined) return this.#error('comment ends before closing delimiter');
    this.#closeAt(after + trim + 2, trim > 0);
    return true;
  }

  /** Length of the trim marker before a closing delimiter here; undefined when there is no delimiter. */
  #atRightDelim(at: number): number | undefined {
    const source = this.#source;
    const code = source.charCodeAt(at);
    if (code === CLOSING_BRACE) return source.charCodeAt(at + 1) === CLOSING_BRACE ? 0 : undefined;
    return isSpace(code) && source.startsWith('-}}', at + 1) ? 2 : undefined;
  }

  #closeAt(end: number, trim: boolean): void {
    let to = end;
    while (trim && isSpace(this.#source.charCodeAt(to))) to++;
    this.#skipTo(to);
  }

  #readInside(): 'more' | 'closed' | 'failed' {
    const trim = this.#atRightDelim(this.#at);
    if (trim !== undefined) {
      if (this.#parens > 0) return this.#fail('unclosed left paren');
      this.#skipTo(this.#at + trim);
      this.#at += 2;
      this.#emit('rightDelim');
      this.#closeAt(this.#at, trim > 0);
      return 'closed';
    }
    const character = this.#peek();
    if (character === '') return this.#fail('unclosed action');
    return this.#readToken(character) ? 'more' : 'failed';
  }

  #readToken(character: string): boolean {
    if (isSpace(character.charCodeAt(0))) return this.#readSpace();
    const next = this.#source[this.#at + 1] ?? '';
    switch (character) {
      case '=':
        return this.#take(1, 'assign');
      case ':':
        return next === '=' ? this.#take(2, 'declare') : this.#error('expected :=');
      case '|':
        return this.#take(1, 'pipe');
      case '"':
        return this.#readQuoted('"', 'string', 'unterminated quoted string');
      case "'":
        return this.#readQuoted("'", 'charConstant', 'unterminated character constant');
      case '`':
        return this.#readRawString();
      case '$':
        return this.#readFieldOrVariable('variable');
      case '(':
        this.#parens++;
        return this.#take(1, 'leftParen');
      case ')':
        if (this.#parens === 0) return this.#error('unexpected right paren');
        this.#parens--;
        return this.#take(1, 'rightParen');
    }
    if (character === '.' && !/\d/.test(next)) return this.#readFieldOrVariable('field');
    if (/[.+\-0-9]/.test(character)) return this.#readNumber();
    if (ALPHANUMERIC.test(character)) return this.#readIdentifier();
    if (PRINTABLE_ASCII.test(character)) return this.#take(1, 'char');
    return this.#error(`unrecognized character in action: ${describe(character)}`);
  }

  #readSpace(): boolean {
    while (isSpace(this.#source.charCodeAt(this.#at))) {
      // A space before a trim marker belongs to the delimiter.
      if (this.#atRightDelim(this.#at) !== undefined) break;
      this.#at++;
    }
    if (this.#at > this.#start) this.#emit('space');
    return true;
  }

  #readQuoted(delimiter: string, type: TokenType, problem: string): boolean {
    for (let at = this.#at + 1; at < this.#source.length; at++) {
      const character = this.#source[at];
      if (character === '\n') break;
      if (character === '\\' && this.#source[at + 1] !== '\n') at++;
      else if (character === delimiter) return this.#take(at + 1 - this.#at, type);
    }
    return this.#error(problem);
  }

  #readRawString(): boolean {
    const close = this.#source.indexOf('`', this.#at + 1);
    return close < 0 ? this.#error('unterminated raw quoted string') : this.#take(close + 1 - this.#at, 'rawString');
  }

  #readFieldOrVariable(type: 'field' | 'variable'): boolean {
    this.#at++;
    if (this.#atTerminator()) {
      this.#emit(type === 'variable' ? 'variable' : 'keyword');
      return true;
    }
    this.#skipAlphanumeric();
    if (!this.#atTerminator()) return this.#error(`bad character ${describe(this.#peek())}`);
    this.#emit(type);
    return true;
  }

  #readIdentifier(): boolean {
    this.#skipAlphanumeric();
    if (!this.#atTerminator()) return this.#error(`bad character ${describe(this.#peek())}`);
    const word = this.#source.slice(this.#start, this.#at);
    this.#emit(KEYWORDS.has(word) ? 'keyword' : word === 'true' || word === 'false' ? 'bool' : 'identifier');
    return true;
  }

  #readNumber(): boolean {
    const match = NUMBER.exec(this.#source.slice(this.#at, this.#at + 400))?.[0] ?? '';
    this.#at += match.length;
    const next = this.#peek();
    if (ALPHANUMERIC.test(next) || match === '') {
      this.#at += next.length;
      return this.#error(`bad number syntax: ${quote(this.#source.slice(this.#start, this.#at))}`);
    }
    this.#emit('number');
    return true;
  }

  #skipAlphanumeric(): void {
    ASCII_WORD.lastIndex = this.#at;
    if (ASCII_WORD.test(this.#source)) this.#at = ASCII_WORD.lastIndex;
    if (this.#at < this.#source.length && this.#source.charCodeAt(this.#at) < 0x80) return;
    for (let next = this.#peek(); ALPHANUMERIC.test(next); next = this.#peek()) this.#at += next.length;
  }

  #atTerminator(): boolean {
    if (this.#at >= this.#source.length) return true;
    const code = this.#source.charCodeAt(this.#at);
    if (isSpace(code) || '.,|:)('.includes(this.#source[this.#at] ?? '')) return true;
    return code === CLOSING_BRACE && this.#source.charCodeAt(this.#at + 1) === CLOSING_BRACE;
  }

  #peek(): string {
    const first = this.#source[this.#at] ?? '';
    if (first < '\ud800' || first > '\udbff') return first;
    return String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
  }

  #take(length: number, type: TokenType): true {
    this.#at += length;
    this.#emit(type);
    return true;
  }

  #emit(type: TokenType): void {
    this.tokens.push(this.#token(type, this.#source.slice(this.#start, this.#at)));
    this.#skipTo(this.#at);
  }

  #error(message: string): false {
    this.tokens.push(this.#token('error', message));
    return false;
  }

  #fail(message: string): 'failed' {
    this.#error(message);
    return 'failed';
  }

  #token(type: TokenType, text: string): Token {
    return { type, text, position: this.#start, line: this.#startLine };
  }

  #skipTo(at: number): void {
    let newline = this.#nextNewline;
    while (newline < at) {
      this.#line++;
      newline = this.#source.indexOf('\n', newline + 1);
      if (newline < 0) newline = Infinity;
    }
    this.#nextNewline = newline;
    this.#at = at;
    this.#start = at;
    this.#startLine = this.#line;
  }
}

const CLOSING_BRACE = 125;

function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === 13 || code === 10;
}

const NUMBER =
  /^[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*|0[bB][01_]*|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/;

function trimRight(source: string, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(source.charCodeAt(at - 1))) at--;
  return at;
}

/** A character as Go's `%#U` shows it. */
function describe(character: string): string {
  const code = character.codePointAt(0) ?? -1;
  if (code < 0) return 'U+FFFFFFFFFFFFFFFF';
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')} '${character}'`;
}
