/**
 * A text with its lines, as an editor counts them: lines and characters from 0, characters in UTF-16 units (Language Server
 * Protocol, "Position"). Nothing in this folder knows the protocol itself.
 */

import { fromBytes, toBytes } from '../go/bytes.ts';
import { lineAt } from '../yaml/places.ts';

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export interface SourceText {
  readonly text: string;
  readonly lines: readonly string[];
  readonly offsetAt: (position: Position) => number;
  readonly positionAt: (offset: number) => Position;
  readonly range: (start: number, end: number) => Range;
  /** What is written on a line, without the space around it. */
  readonly lineRange: (line: number) => Range;
}

export function sourceText(text: string): SourceText {
  const lines = text.split('\n');
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.length + 1;
  }
  const positionAt = (offset: number): Position => {
    const line = lineAt(starts, offset);
    return { line, character: Math.max(0, offset - (starts[line] ?? 0)) };
  };
  return {
    text,
    lines,
    positionAt,
    offsetAt: ({ line, character }) =>
      line >= lines.length ? text.length : (starts[line] ?? 0) + Math.min(character, lines[line]?.length ?? 0),
    range: (start, end) => ({ start: positionAt(start), end: positionAt(end) }),
    lineRange: (line) => {
      const shown = Math.max(0, Math.min(line, lines.length - 1));
      const content = (lines[shown] ?? '').trimEnd();
      const first = content.length - content.trimStart().length;
      return { start: { line: shown, character: first }, end: { line: shown, character: content.length } };
    },
  };
}

/** A place of a message about a file: a line from 1, and an offset in its bytes (Go's columns), or nothing. */
export function rangeOfPlace(source: SourceText, line: number, byteColumn: number, context: string): Range {
  const content = source.lines[line - 1];
  // A text of several lines has no words that would say more.
  if (content === undefined || context.includes('\n')) return source.lineRange(line - 1);
  const column = fromBytes(toBytes(content).subarray(0, byteColumn)).length;
  // Go points at the second name of `.a.b`; what it quotes begins before.
  for (let at = content.indexOf(context); at >= 0 && context !== ''; at = content.indexOf(context, at + 1)) {
    if (at <= column && column < at + context.length) return onLine(line - 1, at, at + context.length);
  }
  const word = /^[^\s|(){}]+/.exec(content.slice(column))?.[0];
  return word === undefined ? source.lineRange(line - 1) : onLine(line - 1, column, column + word.length);
}

function onLine(line: number, start: number, end: number): Range {
  return { start: { line, character: start }, end: { line, character: end } };
}
