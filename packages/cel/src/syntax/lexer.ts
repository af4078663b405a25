/**
 * Tokens of an expression (cel-spec, "Syntax"; the lexical rules of cel-go's CEL.g4).
 */
import type { SourceError } from './source-error.ts';

export type TokenKind =
  | 'identifier'
  | 'quotedIdentifier'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'symbol'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly offset: number;
}

const WHITESPACE = /(?:[\t\n\f\r ]|\/\/[^\n]*)*/y;
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;
const QUOTED_IDENTIFIER = /`[A-Za-z0-9_.\-/ ]+`/y;
const DOUBLE = /[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?/y;
const INTEGER = /(?:0x[0-9a-fA-F]+|[0-9]+)([uU])?/y;
const SYMBOL = /==|!=|<=|>=|&&|\|\||[-<>+*/%!?:.,()[\]{}]/y;
const STRING_START = /(?:[rR][bB]?|[bB][rR]?)?(?:"""|'''|"|')/y;
const ESCAPE = /\\(?:[abfnrtv"'\\?`]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})/y;

/** Splits the source. Where a character fits nowhere an error is noted and reading goes on behind it. */
export function tokenize(source: string): {
  readonly tokens: readonly Token[];
  readonly errors: readonly SourceError[];
} {
  const tokens: Token[] = [];
  const errors: SourceError[] = [];
  let offset = skip(source, 0);
  while (offset < source.length) {
    const token = tokenAt(source, offset);
    if (typeof token === 'number') {
      const text = source.slice(offset, token);
      errors.push({ offset, message: `Syntax error: token recognition error at: '${escapeLineEnds(text)}'` });
      offset = skip(source, token);
    } else {
      tokens.push(token);
      offset = skip(source, offset + token.text.length);
    }
  }
  tokens.push({ kind: 'end', text: '', offset: source.length });
  return { tokens, errors };
}

function escapeLineEnds(text: string): string {
  return text.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
}

function skip(source: string, offset: number): number {
  return offset + (match(WHITESPACE, source, offset)?.[0].length ?? 0);
}

function match(pattern: RegExp, source: string, offset: number): RegExpExecArray | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(source) ?? undefined;
}

/** The token at the offset, or where the text that is none ends. */
function tokenAt(source: string, offset: number): Token | number {
  const start = match(STRING_START, source, offset);
  if (start !== undefined) return stringAt(source, offset, start[0]);
  const fixed: readonly (readonly [TokenKind, RegExp])[] = [
    ['identifier', IDENTIFIER],
    ['quotedIdentifier', QUOTED_IDENTIFIER],
    ['double', DOUBLE],
  ];
  for (const [kind, pattern] of fixed) {
    const found = match(pattern, source, offset);
    if (found !== undefined) return { kind, text: found[0], offset };
  }
  const integer = match(INTEGER, source, offset);
  if (integer !== undefined) return { kind: integer[1] === undefined ? 'int' : 'uint', text: integer[0], offset };
  const symbol = match(SYMBOL, source, offset);
  if (symbol !== undefined) return { kind: 'symbol', text: symbol[0], offset };
  return offset + ((source.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1);
}

function stringAt(source: string, offset: number, opening: string): Token | number {
  const prefix = opening.replace(/["']+$/, '').toLowerCase();
  const quote = opening.slice(prefix.length);
  const isRaw = prefix.includes('r');
  const kind = prefix.includes('b') ? 'bytes' : 'string';
  let at = offset + opening.length;
  while (at < source.length) {
    if (source.startsWith(quote, at)) return { kind, text: source.slice(offset, at + quote.length), offset };
    const character = source.charAt(at);
    if (quote.length === 1 && (character === '\n' || character === '\r')) break;
    if (character === '\\' && !isRaw) {
      const escape = match(ESCAPE, source, at);
      if (escape === undefined) return Math.min(at + 2, source.length);
      at += escape[0].length;
    } else at++;
  }
  // What looks like an unfinished triple quote may still be an empty string.
  if (quote.length === 3) return { kind, text: source.slice(offset, offset + prefix.length + 2), offset };
  return at;
}
