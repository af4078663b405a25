/**
 * What would make a broken document readable: small changes are tried out, those that people most often mean first, and
 * what helps is named. So a hint is never a guess about the message of the reader; it has been tested.
 */
import { brokenPlace } from '../yaml/read.ts';

/** A piece of the document that an action with `indent` or `nindent` wrote. */
export interface IndentedPiece {
  readonly start: number;
  readonly end: number;
  readonly function: 'indent' | 'nindent';
  readonly columns: number;
}

/** A place where a trim marker of the template has removed a line break. */
export interface Joint {
  /** In the document. */
  readonly offset: number;
  /** The line break and the spaces that stand in the template. */
  readonly removed: string;
  /** Of the marker, in the source of the template. */
  readonly position: number;
  readonly marker: '{{-' | '-}}';
}

export type Repair =
  | { readonly kind: 'joint'; readonly joint: Joint; readonly line: number }
  | { readonly kind: 'indent'; readonly piece: IndentedPiece; readonly columns: number }
  /** Spaces before an `indent` move the first line of its text only. */
  | { readonly kind: 'prefix'; readonly piece: IndentedPiece; readonly columns: number }
  | { readonly kind: 'reindent'; readonly line: number; readonly from: number; readonly to: number }
  | { readonly kind: 'tab'; readonly line: number }
  | { readonly kind: 'quote'; readonly line: number; readonly text: string }
  | { readonly kind: 'space'; readonly line: number }
  | { readonly kind: 'close'; readonly line: number; readonly mark: string };

/** Documents beyond this many characters aren't tried to be repaired. */
const MAX_CHARACTERS = 200_000;
/** Characters that all tries together may read: a second or so. */
const MAX_READ = 3_000_000;
const MAX_COLUMNS = 30;
const MAX_PIECES = 12;
/** Lines before the place of the problem that may be the cause. */
const LINES_BACK = 3;

/** The first change that helps; undefined when none does. `line` is where reading ended, from 1. */
export function findRepair(
  text: string,
  line: number,
  { pieces, joints }: { readonly pieces: readonly IndentedPiece[]; readonly joints: readonly Joint[] },
): Repair | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  let left = MAX_READ;
  const within =
    (test: Test): Test =>
    (changed) => {
      left -= changed.length;
      return left >= 0 && test(changed);
    };
  const cures = within((changed) => brokenPlace(changed) === undefined);
  // With several mistakes in a document, it helps to get past the first.
  const helps = within((changed) => {
    const next = brokenPlace(changed)?.line;
    return next !== undefined && next > line + 1;
  });
  const all = (test: Test): Repair | undefined =>
    repairJoints(text, line, joints, test) ?? tryRepairs(text, line, pieces, test);
  return all(cures) ?? all(helps);
}

/** True when the changed document is better. */
type Test = (changed: string) => boolean;

function tryRepairs(text: string, line: number, pieces: readonly IndentedPiece[], test: Test): Repair | undefined {
  return (
    repairTabs(text, test) ??
    repairQuotes(text, line, test) ??
    repairIndent(text, line, pieces, test) ??
    repairLineIndent(text, line, test) ??
    repairSpace(text, line, test)
  );
}

/** Lines that a trim marker has joined. */
function repairJoints(text: string, line: number, joints: readonly Joint[], test: Test): Repair | undefined {
  const from = offsetOfLine(text, line - 1);
  const to = offsetOfLine(text, line + 1);
  for (const joint of joints) {
    const { offset, removed } = joint;
    if (offset < from || offset > to) continue;
    if (!test(text.slice(0, offset) + removed + text.slice(offset))) continue;
    return { kind: 'joint', joint, line: text.slice(0, offset).split('\n').length };
  }
  return undefined;
}

function repairTabs(text: string, test: Test): Repair | undefined {
  const lines = text.split('\n');
  const found = lines.findIndex((line) => /^ *\t/.test(line));
  if (found < 0) return undefined;
  const spaced = lines.map((line) => line.replace(/^[ \t]+/, (space) => space.replaceAll('\t', '  ')));
  return test(spaced.join('\n')) ? { kind: 'tab', line: found + 1 } : undefined;
}

/** The lines that may be the cause, the nearest first. */
function suspects(lines: readonly string[], line: number): number[] {
  const last = Math.min(line, lines.length);
  return Array.from({ length: LINES_BACK + 1 }, (_, back) => last - back).filter(
    (at) => at >= 1 && (lines[at - 1] ?? '').trim() !== '',
  );
}

function withLine(lines: readonly string[], line: number, content: string): string {
  return lines.with(line - 1, content).join('\n');
}

/** `key: value: more`, `key: @value`, `key: "open`: the value wants quotes. */
function repairQuotes(text: string, line: number, test: Test): Repair | undefined {
  const lines = text.split('\n');
  for (const at of suspects(lines, line)) {
    const match = /^(\s*(?:- +)*(?:[^\s:#'"{[-][^:#]*?:\s+|- +))(\S.*?)\s*$/.exec(lines[at - 1] ?? '');
    const [, key, value] = match ?? [];
    if (key === undefined || value === undefined) continue;
    if (/^[|>]/.test(value)) continue;
    const open = /^(["'])(?:(?!\1).)*$/.exec(value)?.[1];
    if (open !== undefined) {
      const closed = withLine(lines, at, `${key}${value}${open}`);
      if (test(closed)) return { kind: 'close', line: at, mark: open };
    }
    const quoted = `'${value.replaceAll("'", "''")}'`;
    if (test(withLine(lines, at, key + quoted))) return { kind: 'quote', line: at, text: value };
  }
  return undefined;
}

function repairIndent(text: string, line: number, pieces: readonly IndentedPiece[], test: Test): Repair | undefined {
  const lineStart = offsetOfLine(text, line);
  const distance = ({ start, end }: IndentedPiece): number =>
    lineStart >= start && lineStart <= end ? 0 : Math.min(Math.abs(start - lineStart), Math.abs(end - lineStart));
  const nearest = pieces.toSorted((a, b) => distance(a) - distance(b)).slice(0, MAX_PIECES);
  for (const piece of nearest) {
    const prefixed = repairPrefix(text, piece, test);
    if (prefixed !== undefined) return prefixed;
    const likely = likelyColumns(text, piece.start);
    const fits = columnsToTry(piece.columns, likely).find((columns) => test(reindented(text, piece, columns)));
    if (fits !== undefined) return { kind: 'indent', piece, columns: fits };
  }
  return undefined;
}

function repairPrefix(text: string, piece: IndentedPiece, test: Test): Repair | undefined {
  const lineStart = text.lastIndexOf('\n', piece.start - 1) + 1;
  const prefix = text.slice(lineStart, piece.start);
  if (piece.function !== 'indent' || !/^ +$/.test(prefix)) return undefined;
  const without = text.slice(0, lineStart) + text.slice(piece.start);
  const moved = { ...piece, start: lineStart, end: piece.end - prefix.length };
  const columns = [piece.columns, piece.columns + prefix.length, prefix.length].find((each) =>
    test(reindented(without, moved, each)),
  );
  return columns === undefined ? undefined : { kind: 'prefix', piece, columns };
}

/** The likely ones, then whatever is near. */
function columnsToTry(columns: number, likely: readonly number[]): number[] {
  const near = Array.from({ length: MAX_COLUMNS + 1 }, (_, at) => at).toSorted(
    (a, b) => Math.abs(a - columns) - Math.abs(b - columns) || a - b,
  );
  return [...new Set([...likely, ...near])].filter((each) => each !== columns && each >= 0);
}

/** Below a key that opens a block two columns more, as charts do; else beside the line before. */
function likelyColumns(text: string, start: number): number[] {
  const before = text.slice(0, start).split('\n');
  const line = before.findLast((each) => each.trim() !== '' && !each.trim().startsWith('#')) ?? '';
  const column = /^ *(?:- +)*/.exec(line)?.[0].length ?? 0;
  return /:\s*$/.test(line) ? [column + 2, column, column + 4] : [column, column - 2, column + 2];
}

function reindented(text: string, { start, end, columns }: IndentedPiece, to: number): string {
  const more = to - columns;
  const piece = text
    .slice(start, end)
    .split('\n')
    .map((line) => shift(line, more))
    .join('\n');
  return text.slice(0, start) + piece + text.slice(end);
}

function shift(line: string, more: number): string {
  if (line.trim() === '') return line;
  if (more >= 0) return ' '.repeat(more) + line;
  const spaces = /^ */.exec(line)?.[0].length ?? 0;
  return line.slice(Math.min(spaces, -more));
}

/** One line that stands some columns off. */
function repairLineIndent(text: string, line: number, test: Test): Repair | undefined {
  const lines = text.split('\n');
  const columns = new Set(lines.slice(Math.max(0, line - 12), line + 4).map(indentOf));
  for (const at of suspects(lines, line)) {
    const content = lines[at - 1] ?? '';
    const from = indentOf(content);
    const order = [...columns].filter((each) => each !== from).sort((a, b) => Math.abs(a - from) - Math.abs(b - from));
    const to = order.find((each) => test(withLine(lines, at, ' '.repeat(each) + content.trimStart())));
    if (to !== undefined) return { kind: 'reindent', line: at, from, to };
  }
  return undefined;
}

/** `key:value` without a space. */
function repairSpace(text: string, line: number, test: Test): Repair | undefined {
  const lines = text.split('\n');
  for (const at of suspects(lines, line)) {
    const content = lines[at - 1] ?? '';
    const spaced = content.replace(/^(\s*(?:- )?[\w./-]+):(?=\S)/, '$1: ');
    if (spaced !== content && test(withLine(lines, at, spaced))) return { kind: 'space', line: at };
  }
  return undefined;
}

function indentOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

function offsetOfLine(text: string, line: number): number {
  let at = 0;
  for (let count = 1; count < line; count++) {
    const next = text.indexOf('\n', at);
    if (next < 0) return text.length;
    at = next + 1;
  }
  return at;
}
