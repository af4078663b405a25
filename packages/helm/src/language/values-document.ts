/**
 * The text of a values file while it is written: what it says if it can be read, where each key stands, and, also when it
 * can't be read, which key a line belongs to.
 */
import { type GoMap, type GoValue, isMap, sliceItems, GoMap as Table } from '../go/value.ts';
import { coalesceTables } from '../values/coalesce-tables.ts';
import { type ValuePath, valuePathText } from '../values/value-path.ts';
import type { MemberOffsets, PlaceTable } from '../yaml/places.ts';
import { readYamlDocuments, YamlError } from '../yaml/read.ts';
import { type Position, type Range, type SourceText, sourceText } from './source-text.ts';

export interface ValuesDocument {
  readonly source: SourceText;
  /** Empty when the text can't be read. */
  readonly values: GoMap;
  readonly problem: { readonly message: string; readonly range: Range } | undefined;
  /** Where the key or item stands. */
  readonly rangeOf: (path: ValuePath) => Range | undefined;
  /** The key whose line, or whose value, is at the position. */
  readonly at: (position: Position) => PlacedKey | undefined;
}

export interface PlacedKey {
  readonly path: ValuePath;
  readonly range: Range;
}

export function readValuesDocument(text: string): ValuesDocument {
  const source = sourceText(text.replace(/^\ufeff/, ''));
  const places: PlaceTable = new WeakMap();
  const keys = new Map<string, Member>();
  let values: GoMap = new Table();
  let problem: ValuesDocument['problem'];
  try {
    for (const document of readYamlDocuments(source.text, { places })) {
      collect(document, [], places, keys);
      if (isMap(document)) values = coalesceTables(document, values, { keepNulls: true });
      else if (document !== null && document !== undefined && problem === undefined) {
        problem = { message: 'values are a table of keys', range: source.lineRange(0) };
      }
    }
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const line = error.place?.line ?? lineOf(error.message);
    problem = { message: error.message, range: source.lineRange(line - 1) };
    values = new Table();
    keys.clear();
  }
  const ordered = withoutAliases([...keys.values()]).sort((a, b) => a.offsets.key - b.offsets.key);
  const rangeOf = ({ offsets }: Member): Range => source.range(offsets.key, keyEnd(source.text, offsets));
  return {
    source,
    values,
    problem,
    rangeOf: (path) => {
      const found = keys.get(valuePathText(path));
      return found === undefined ? undefined : rangeOf(found);
    },
    at: (position) => {
      const offset = source.offsetAt(position);
      const before = ordered.filter(({ offsets }) => offsets.key <= offset);
      const found =
        before.findLast(({ offsets }) => source.positionAt(offsets.key).line === position.line) ?? before.at(-1);
      return found === undefined ? undefined : { path: found.path, range: rangeOf(found) };
    },
  };
}

interface Member {
  readonly path: ValuePath;
  readonly offsets: MemberOffsets;
}

function collect(value: GoValue, path: ValuePath, places: PlaceTable, keys: Map<string, Member>): void {
  const entries: Iterable<readonly [string | number, GoValue]> = isMap(value)
    ? value
    : (sliceItems(value)?.entries() ?? []);
  const offsets = isMap(value) || Array.isArray(value) ? places.get(value) : undefined;
  for (const [key, member] of entries) {
    const inner = [...path, key];
    const stands = offsets?.get(key);
    if (stands !== undefined) keys.set(valuePathText(inner), { path: inner, offsets: stands });
    collect(member, inner, places, keys);
  }
}

/** What an alias repeats stands where its anchor is; an item and its first key begin together. */
function withoutAliases(members: readonly Member[]): Member[] {
  const first = new Map<number, ValuePath>();
  return members.filter(({ path, offsets }) => {
    const known = first.get(offsets.key);
    if (known === undefined) first.set(offsets.key, path);
    return known === undefined || known.every((step, at) => step === path[at]);
  });
}

function keyEnd(text: string, { key, value }: MemberOffsets): number {
  if (key === value) {
    const rest = /^[^\n#]*/.exec(text.slice(key))?.[0].trimEnd() ?? '';
    return key + rest.length;
  }
  const quoted = /^(?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*')/.exec(text.slice(key, value))?.[0];
  return key + (quoted ?? (/^[^\n]*?(?=\s*:(?:\s|$))/.exec(text.slice(key))?.[0] || '?')).length;
}

function lineOf(message: string): number {
  return Number(/line (\d+)/.exec(message)?.[1] ?? 1);
}
