/** Which table a line of YAML belongs to, by indentation alone: good enough for a text that can't be read while it is written. */
import type { ValuePath } from '../values/value-path.ts';

interface OutlineLine {
  /** The column of the first `- `, if the line begins an item. */
  readonly dash: number | undefined;
  /** Where the key begins, or would begin. */
  readonly column: number;
  readonly key: string | undefined;
}

/** The path of the table that a key written on this line is a member of; items of lists count as the first. */
export function tableOfLine(lines: readonly string[], line: number): ValuePath {
  const own = readOutlineLine(lines[line] ?? '');
  return tableAt(lines, line, own);
}

/** The keys of the table that a key written on this line would be a member of, in no order. */
export function keysBeside(lines: readonly string[], line: number): string[] {
  const own = readOutlineLine(lines[line] ?? '');
  const keys: string[] = [];
  // The head of an item is a sibling of what stands below it, and of nothing above.
  for (let at = line - 1; at >= 0 && own.dash === undefined; at--) {
    const above = outlineLine(lines[at] ?? '');
    if (above === undefined || above.column > own.column) continue;
    if (above.column < own.column) break;
    if (above.key !== undefined) keys.push(above.key);
    if (above.dash !== undefined) break;
  }
  for (let at = line + 1; at < lines.length; at++) {
    const below = outlineLine(lines[at] ?? '');
    if (below === undefined) continue;
    if (below.column < own.column || (below.dash !== undefined && below.dash < own.column)) break;
    if (below.column === own.column && below.key !== undefined) keys.push(below.key);
  }
  return keys;
}

/** The keys that no other one contains. */
export function outermostKeys(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const { key, column } = outlineLine(line) ?? {};
    return key === undefined || column !== 0 ? [] : [key];
  });
}

/** Undefined for empty lines and comments. */
function outlineLine(line: string): OutlineLine | undefined {
  return /^\s*(?:#|$|---)/.test(line) ? undefined : readOutlineLine(line);
}

const LINE = /^( *)((?:- +|-$)*)(?:("(?:\\.|[^"\\])*"|'(?:''|[^'])*'|[^\s#:'"[\]{}-][^:#]*?)\s*:(?:\s|$))?/;

function readOutlineLine(line: string): OutlineLine {
  const [, indent = '', dashes = '', key] = LINE.exec(line) ?? [];
  return {
    dash: dashes === '' ? undefined : indent.length,
    column: indent.length + dashes.length,
    key: key === undefined ? undefined : key.replaceAll(/^["']|["']$/g, ''),
  };
}

function tableAt(lines: readonly string[], line: number, { dash, column }: OutlineLine): ValuePath {
  for (let at = line - 1; at >= 0; at--) {
    const above = outlineLine(lines[at] ?? '');
    if (above === undefined) continue;
    if (dash !== undefined) {
      // The items of a list may stand right below its key, in the same column.
      const isOwner = above.key !== undefined && above.column <= dash && above.dash !== dash;
      if (isOwner) return [...tableAt(lines, at, above), above.key ?? '', 0];
      continue;
    }
    if (above.key !== undefined && above.column < column) return [...tableAt(lines, at, above), above.key];
    if (above.dash !== undefined && above.dash < column) return tableAt(lines, at, above);
  }
  return dash === undefined ? [] : [0];
}
