/**
 * From a place in a rendered text back to the templates that wrote it: the file, then what it included, down to the
 * definition or the `tpl` text that the characters stand in. Functions between a template and its includer (`nindent`,
 * `trim`, `toYaml`) move text around; their lines are found again by what stands in them.
 */
import type { Node, Template } from '../../template/node.ts';
import type { ValuePath } from '../../values/value-path.ts';
import { type Call, callText, type Piece } from './recorder.ts';

/** A place in a template that wrote something. */
export interface SourceStep {
  readonly template: Template;
  readonly node: Node;
  /** Offset in the source of the template. */
  readonly position: number;
  /** Values that the node used. */
  readonly reads: readonly ValuePath[];
}

/** A piece of the text and where it came from. */
export interface SourceSpan {
  /** Offsets in the rendered text. */
  readonly start: number;
  readonly end: number;
  readonly piece: Piece;
}

/** The spans of the text, without gaps. */
export function spansOf(call: Call): SourceSpan[] {
  let at = 0;
  return call.pieces.map((piece) => {
    const start = at;
    at += piece.text.length;
    return { start, end: at, piece };
  });
}

/** Who wrote the character at the offset, the rendered file first; empty behind the end. */
export function locate(call: Call, offset: number): SourceStep[] {
  const span = spansOf(call).find(({ start, end }) => offset >= start && offset < end);
  if (span === undefined) return [];
  const { piece } = span;
  const inner = offset - span.start;
  const { node, reads } = piece;
  if (node.type === 'text') return [{ template: call.template, node, position: node.position + inner, reads }];
  const step: SourceStep = { template: call.template, node, position: node.position, reads };
  const found = findInCalls(piece, inner);
  return found === undefined ? [step] : [step, ...locate(found.call, found.offset)];
}

function findInCalls(piece: Piece, offset: number): { call: Call; offset: number } | undefined {
  const lineStart = piece.text.lastIndexOf('\n', offset - 1) + 1;
  const line = lineAt(piece.text, lineStart);
  const content = line.trim();
  if (content === '') return undefined;
  const before = piece.text.slice(0, lineStart).split('\n').slice(0, -1);
  const column = Math.max(0, offset - lineStart - indentOf(line));
  for (const call of piece.calls) {
    const text = callText(call);
    const start = alignedLine(text, before, content);
    if (start !== undefined) {
      const target = start + indentOf(text.slice(start)) + column;
      return { call, offset: Math.min(target, text.length - 1) };
    }
  }
  // A text of one line may stand in the middle of another.
  for (const call of piece.calls) {
    const text = callText(call);
    const trimmed = text.trim();
    if (trimmed !== '' && !trimmed.includes('\n') && line.includes(trimmed)) {
      const within = column + indentOf(line) - line.indexOf(trimmed);
      if (within < 0 || within >= trimmed.length) continue;
      return { call, offset: text.indexOf(trimmed) + within };
    }
  }
  return undefined;
}

/** The start of the line with this content that follows the lines that were written before it. */
function alignedLine(text: string, before: readonly string[], content: string): number | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  let next = 0;
  for (const line of before) {
    const wanted = line.trim();
    if (wanted === '') continue;
    const at = lines.indexOf(wanted, next);
    if (at >= 0) next = at + 1;
  }
  let found = lines.indexOf(content, next);
  if (found < 0) found = lines.indexOf(content);
  if (found < 0) return undefined;
  let start = 0;
  for (let line = 0; line < found; line++) start = text.indexOf('\n', start) + 1;
  return start;
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end);
}

function indentOf(text: string): number {
  return /^[ \t]*/.exec(text)?.[0].length ?? 0;
}
