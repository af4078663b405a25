/** The text of a template while it is written: its tokens, its trees if it can be parsed, the definitions in it. */
import type { ParseTemplates } from '../inference/analyse-templates.ts';
import { lex } from '../template/lex.ts';
import { TemplateParseError } from '../template/parse-error.ts';
import type { Token } from '../template/token.ts';
import { type Range, type SourceText, sourceText } from './source-text.ts';

export interface TemplateDocument {
  readonly source: SourceText;
  /** Up to the first character that no token begins with. */
  readonly tokens: readonly Token[];
  readonly problem: { readonly message: string; readonly range: Range } | undefined;
  readonly definitions: readonly Definition[];
}

/** A `define` or a `block`. */
export interface Definition {
  readonly name: string;
  /** Of the name. */
  readonly range: Range;
  /** The comment above it. */
  readonly comment: string | undefined;
}

/** @param parse finds out whether it can be parsed */
export function readTemplateDocument(file: string, text: string, parse: ParseTemplates): TemplateDocument {
  const source = sourceText(text);
  const tokens = lex(text);
  const common = { source, tokens, definitions: definitionsOf(source, tokens) };
  try {
    parse(file, text);
    return { ...common, problem: undefined };
  } catch (error) {
    if (!(error instanceof TemplateParseError)) throw error;
    return { ...common, problem: { message: error.reason, range: rangeOf(source, tokens, error) } };
  }
}

function rangeOf(source: SourceText, tokens: readonly Token[], { line, position }: TemplateParseError): Range {
  const token = tokens.find((each) => each.position === position);
  // At the end of the text, or where the lexer gave up, the line says more.
  if (token === undefined || token.type === 'eof' || token.type === 'error') {
    const shown = source.lines.slice(0, line).findLastIndex((each) => each.trim() !== '');
    return source.lineRange(Math.max(0, shown));
  }
  return source.range(position, position + Math.max(1, token.text.trimEnd().length));
}

function definitionsOf(source: SourceText, tokens: readonly Token[]): Definition[] {
  const meaningful = tokens.filter(({ type }) => type !== 'space');
  return meaningful.flatMap((token, at): Definition[] => {
    const next = meaningful[at + 1];
    if (token.type !== 'keyword' || (token.text !== 'define' && token.text !== 'block')) return [];
    const name = next === undefined ? undefined : textOfToken(next);
    if (name === undefined || next === undefined) return [];
    const range = source.range(next.position, next.position + next.text.length);
    return [{ name, range, comment: commentBefore(source.text, token.position) }];
  });
}

/** The text of a string token. */
export function textOfToken({ type, text }: Token): string | undefined {
  if (type === 'rawString') return text.slice(1, -1);
  return type === 'string' ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : undefined;
}

/** A comment that ends right before the action at the position. */
function commentBefore(text: string, position: number): string | undefined {
  const open = text.lastIndexOf('{{', position);
  const before = text.slice(Math.max(0, open - MAX_COMMENT), open).trimEnd();
  const end = /\*\/\s*-?\}\}$/.exec(before.slice(-MAX_DELIMITER));
  const start = before.lastIndexOf('/*');
  if (end === null || start < 0 || !/\{\{-?\s*$/.test(before.slice(Math.max(0, start - MAX_DELIMITER), start)))
    return undefined;
  const comment = before.slice(start + 2, before.lastIndexOf('*/'));
  return comment.includes('*/') ? undefined : comment.trim();
}

const MAX_COMMENT = 2000;
/** Of what stands between braces and the signs of a comment. */
const MAX_DELIMITER = 20;
