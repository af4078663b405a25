/**
 * What two versions of a set of objects differ in: objects that come, go, change, with the text of both and the fields that
 * changed. Values of Secrets don't appear, but whether they changed does.
 */
import {
  deepEqual,
  encodeYaml,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseGroupVersion,
} from '@kindred/machinery';
import { structuredPatch } from 'diff';
import type { FieldConflict } from '../resources/conflicts/conflict.ts';
import { maskSecrets } from './mask-secrets.ts';

/** One object of one version. */
export interface Version {
  readonly object: JsonObject;
  /** The chart's file; empty when it isn't known. */
  readonly source: string;
}

export interface FieldChange {
  /** `.spec.template.spec.containers[name="web"].image` */
  readonly path: string;
  /** Undefined when there was none. */
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

export interface ObjectDiff {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for objects of the whole cluster and when it isn't known. */
  readonly namespace: string;
  readonly name: string;
  readonly source: string;
  readonly change: 'added' | 'removed' | 'changed' | 'unchanged';
  readonly fields: readonly FieldChange[];
  readonly hunks: readonly Hunk[];
  /** Fields that other managers own. */
  readonly conflicts: readonly FieldConflict[];
  /** What makes the change of a definition harmful to what is there; why the release may not take an object that is there. */
  readonly problems: readonly { readonly path: string; readonly detail: string }[];
}

/** Lines that differ, with some around them; each begins with a space, `-` or `+`. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly string[];
}

export interface ReleaseDiff {
  readonly objects: readonly ObjectDiff[];
}

export interface DiffOptions {
  /** The release's namespace, for objects that name none. */
  readonly namespace?: string;
  /** Shows values of Secrets. */
  readonly showSecrets?: boolean;
  /** Lines around a change; 3 when not given. */
  readonly context?: number;
}

/** All objects of both sets, changed or not: first in the order of `after`, then those that are gone. */
export function diffObjects(
  before: readonly Version[],
  after: readonly Version[],
  options: DiffOptions = {},
): ReleaseDiff {
  const { namespace = '' } = options;
  const old = new Map(before.map((version) => [keyOf(version.object, namespace), version]));
  const objects: ObjectDiff[] = [];
  for (const version of after) {
    const key = keyOf(version.object, namespace);
    objects.push(diffObject(old.get(key), version, options));
    old.delete(key);
  }
  for (const version of old.values()) objects.push(diffObject(version, undefined, options));
  return { objects };
}

/** One of both must be there. */
export function diffObject(
  before: Version | undefined,
  after: Version | undefined,
  { namespace = '', showSecrets = false, context = 3 }: DiffOptions,
): ObjectDiff {
  const shown = after ?? before ?? { object: {}, source: '' };
  const [old, now] = showSecrets ? [before?.object, after?.object] : maskSecrets(before?.object, after?.object);
  const fields = fieldChanges(old, now, '');
  const metadata = isJsonObject(shown.object['metadata']) ? shown.object['metadata'] : {};
  return {
    apiVersion: textOf(shown.object['apiVersion']),
    kind: textOf(shown.object['kind']),
    namespace: textOf(metadata['namespace']) || namespace,
    name: textOf(metadata['name']),
    source: shown.source,
    change: old === undefined ? 'added' : now === undefined ? 'removed' : fields.length > 0 ? 'changed' : 'unchanged',
    fields: old === undefined || now === undefined ? [] : fields,
    hunks: fields.length === 0 ? [] : hunksOf(old, now, context),
    conflicts: [],
    problems: [],
  };
}

function hunksOf(before: JsonObject | undefined, after: JsonObject | undefined, context: number): Hunk[] {
  const text = (object: JsonObject | undefined): string => (object === undefined ? '' : encodeYaml(object));
  const { hunks } = structuredPatch('', '', text(before), text(after), '', '', { context });
  return hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
    // A side without lines is named by the line before it.
    oldStart: oldLines === 0 ? oldStart - 1 : oldStart,
    oldLines,
    newStart: newLines === 0 ? newStart - 1 : newStart,
    newLines,
    lines: lines.filter((line) => !line.startsWith('\\')),
  }));
}

/** The smallest fields that differ; elements of lists are matched by their name where all have one. */
function fieldChanges(before: JsonValue | undefined, after: JsonValue | undefined, path: string): FieldChange[] {
  if (deepEqual(before, after)) return [];
  if (isJsonObject(before) && isJsonObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => fieldChanges(memberOf(before, name), memberOf(after, name), `${path}.${name}`));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const [old, now] = [byName(before), byName(after)];
    if (old === undefined || now === undefined || !inSameOrder(old, now)) return [{ path, before, after }];
    const names = [...new Set([...old.keys(), ...now.keys()])];
    return names.flatMap((name) => fieldChanges(old.get(name), now.get(name), `${path}[name=${JSON.stringify(name)}]`));
  }
  return [{ path, before, after }];
}

function byName(items: readonly JsonValue[]): Map<string, JsonValue> | undefined {
  const named = new Map<string, JsonValue>();
  for (const item of items) {
    const name = isJsonObject(item) ? item['name'] : undefined;
    if (typeof name !== 'string' || named.has(name)) return undefined;
    named.set(name, item);
  }
  return named;
}

/** A new order is a change of its own, which names alone wouldn't show. */
function inSameOrder(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): boolean {
  const common = (names: Iterable<string>): string[] =>
    [...names].filter((name) => before.has(name) && after.has(name));
  return deepEqual(common(before.keys()), common(after.keys()));
}

function memberOf(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function keyOf({ apiVersion, kind, metadata }: JsonObject, namespace: string): string {
  const { name, namespace: own } = isJsonObject(metadata) ? metadata : {};
  return [parseGroupVersion(textOf(apiVersion)).group, textOf(kind), textOf(own) || namespace, textOf(name)].join('/');
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
