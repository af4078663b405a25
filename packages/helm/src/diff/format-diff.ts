/** A diff for people (unified text, summary table) and for programs (JSON). */
import { encodeJsonText, type JsonObject, type JsonValue } from '@kindred/machinery';
import type { FieldConflict } from '../resources/conflicts/conflict.ts';
import type { ObjectDiff, ReleaseDiff } from './object-diff.ts';

export interface TextOptions {
  /** Escape sequences of terminals. */
  readonly color?: boolean;
}

export interface DiffSummary {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  readonly conflicts: number;
}

export function summarize({ objects }: ReleaseDiff): DiffSummary {
  const count = (change: ObjectDiff['change']): number => objects.filter((object) => object.change === change).length;
  return {
    added: count('added'),
    changed: count('changed'),
    removed: count('removed'),
    unchanged: count('unchanged'),
    conflicts: objects.reduce((sum, { conflicts }) => sum + conflicts.length, 0),
  };
}

/** True when something comes, goes or changes. */
export function hasChanges({ objects }: ReleaseDiff): boolean {
  return objects.some(({ change }) => change !== 'unchanged');
}

const COLORS = { red: 31, green: 32, yellow: 33, cyan: 36, bold: 1 };
type Color = keyof typeof COLORS;

/** Unified text: a heading for each object that differs, its hunks, its conflicts; empty when nothing differs. */
export function formatUnified(diff: ReleaseDiff, { color = false }: TextOptions = {}): string {
  const paint = (text: string, name: Color): string => (color ? `\u001b[${COLORS[name]}m${text}\u001b[0m` : text);
  const paintLine = (line: string): string => {
    if (line.startsWith('+')) return paint(line, 'green');
    return line.startsWith('-') ? paint(line, 'red') : line;
  };
  const shown = diff.objects.filter(isShown);
  const lines = shown.flatMap((object) => [
    paint(headingOf(object), 'bold'),
    ...object.hunks.flatMap((hunk) => [
      paint(`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`, 'cyan'),
      ...hunk.lines.map(paintLine),
    ]),
    ...object.conflicts.map((conflict) => paint(conflictText(conflict), 'yellow')),
    ...object.problems.map(({ path, detail }) =>
      paint(`! ${path === '.metadata' ? "not the release's" : 'unsafe'}: ${path}: ${detail}`, 'red'),
    ),
    '',
  ]);
  return lines.join('\n');
}

function isShown({ change, conflicts, problems }: ObjectDiff): boolean {
  return change !== 'unchanged' || conflicts.length > 0 || problems.length > 0;
}

function headingOf({ change, source, ...object }: ObjectDiff): string {
  return `${change}: ${nameOf(object)}${source === '' ? '' : ` (${source})`}`;
}

/** `Deployment default/web (apps/v1)` */
function nameOf({ kind, namespace, name, apiVersion }: Pick<ObjectDiff, 'kind' | 'namespace' | 'name' | 'apiVersion'>) {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}, ${apiVersion}`;
}

function conflictText({ path, owner, decision }: FieldConflict): string {
  return `! ${path} is owned by ${owner} (${decision})`;
}

/** One line for each object that differs, and a line of totals. */
export function formatTable(diff: ReleaseDiff, { color = false }: TextOptions = {}): string {
  const rows = diff.objects
    .filter(isShown)
    .map(({ change, kind, namespace, name, fields, conflicts, problems }) => [
      change,
      kind,
      namespace,
      name,
      fields.length === 0 ? '' : String(fields.length),
      conflicts.length + problems.length === 0 ? '' : String(conflicts.length + problems.length),
    ]);
  const table = [['CHANGE', 'KIND', 'NAMESPACE', 'NAME', 'FIELDS', 'CONFLICTS'], ...rows];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  const text = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const { added, changed, removed, unchanged } = summarize(diff);
  const totals = `${added} added, ${changed} changed, ${removed} removed, ${unchanged} unchanged`;
  const painted = color ? text.map(paintRow) : text;
  return `${[...(rows.length === 0 ? [] : painted), totals].join('\n')}\n`;
}

const ROW_COLORS: Readonly<Record<string, Color>> = { added: 'green', removed: 'red', changed: 'yellow' };

function paintRow(line: string): string {
  const color = ROW_COLORS[line.split(' ', 1)[0] ?? ''];
  return color === undefined ? line : `\u001b[${COLORS[color]}m${line}\u001b[0m`;
}

/** One JSON document: `objects` with `change`, `fields` and `conflicts`, and a `summary`. */
export function formatJson(diff: ReleaseDiff): string {
  return `${encodeJsonText(jsonOf(diff))}\n`;
}

export function jsonOf(diff: ReleaseDiff): JsonObject {
  const objects = diff.objects.map(
    ({ apiVersion, kind, namespace, name, source, change, fields, conflicts, problems }) => ({
      apiVersion,
      kind,
      namespace,
      name,
      source,
      change,
      fields: fields.map(({ path, before, after }) => withoutUndefined({ path, before, after })),
      conflicts: conflicts.map((conflict) => withoutUndefined({ ...conflict })),
      ...(problems.length === 0 ? {} : { problems: problems.map(({ path, detail }) => ({ path, detail })) }),
    }),
  );
  return { objects, summary: { ...summarize(diff) } };
}

function withoutUndefined(values: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const result: JsonObject = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) result[name] = value;
  return result;
}
