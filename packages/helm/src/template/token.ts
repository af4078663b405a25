/** The pieces that the template lexer cuts a template into (Go's text/template/parse, items). */

export type TokenType =
  | 'error'
  | 'bool'
  | 'char'
  | 'charConstant'
  | 'assign'
  | 'declare'
  | 'eof'
  | 'field'
  | 'identifier'
  | 'leftDelim'
  | 'leftParen'
  | 'number'
  | 'pipe'
  | 'rawString'
  | 'rightDelim'
  | 'rightParen'
  | 'space'
  | 'string'
  | 'text'
  | 'variable'
  | 'keyword';

export interface Token {
  readonly type: TokenType;
  /** What stands in the source; of an error, the message. */
  readonly text: string;
  /** Offset into the source, in UTF-16 units. */
  readonly position: number;
  /** From 1. */
  readonly line: number;
}

export const KEYWORDS: ReadonlySet<string> = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'nil',
  'range',
  'template',
  'with',
]);
