/**
 * Where the keys and items of a YAML text stand. Recorded while the text is read, and only when somebody asks: the table
 * lies beside the values, by the identity of their maps and lists, so values stay what they are.
 */
import { GoMap, type GoValue } from '../go/value.ts';

/** A place in a text; both numbers from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Offsets of a key (or of an item's begin) and of what stands there; they are equal for items. */
export interface MemberOffsets {
  readonly key: number;
  readonly value: number;
}

/** What the reader tells of each member of each map and list. */
export type PlaceTable = WeakMap<object, Map<string | number, MemberOffsets>>;

export function recordMember(table: PlaceTable, container: object, key: string | number, offsets: MemberOffsets): void {
  const members = table.get(container);
  if (members === undefined) table.set(container, new Map([[key, offsets]]));
  else members.set(key, offsets);
}

/** `copy` is what an alias made of `original`: the same members at the same places. */
export function recordCopy(table: PlaceTable, original: GoValue, copy: GoValue): void {
  if (!isContainer(original) || !isContainer(copy)) return;
  const members = table.get(original);
  if (members !== undefined) table.set(copy, members);
}

function isContainer(value: GoValue): value is GoMap | GoValue[] {
  return value instanceof GoMap || Array.isArray(value);
}

/** Answers lines and columns of offsets in one text. */
export function placeFinder(text: string): (offset: number) => TextPlace {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    const line = lineAt(starts, offset);
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

/**
 * The line, from 0, that an offset is in.
 *
 * @param starts offsets of the lines' beginnings, ascending, the first 0
 */
export function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
