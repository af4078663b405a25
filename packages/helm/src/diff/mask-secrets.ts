/** Takes the values out of Secrets so that only whether they are the same, and which keys there are, can be seen. */
import { deepEqual, isJsonObject, type JsonObject, type JsonValue } from '@kindred/machinery';
import type { FieldConflict } from '../resources/conflicts/conflict.ts';

const SAME = '(hidden)';
const BEFORE = '(hidden, old value)';
const AFTER = '(hidden, new value)';

/** What kubectl copies whole objects into, values included. */
const COPIES = ['kubectl.kubernetes.io/last-applied-configuration'];

/** Both versions of an object without the values of a Secret; other kinds as they are. */
export function maskSecrets(
  before: JsonObject | undefined,
  after: JsonObject | undefined,
): [JsonObject | undefined, JsonObject | undefined] {
  return [masked(before, after, BEFORE), masked(after, before, AFTER)];
}

/** Conflicts about an object without values of a Secret. */
export function maskConflicts(object: JsonObject, conflicts: readonly FieldConflict[]): readonly FieldConflict[] {
  if (!isSecret(object)) return conflicts;
  return conflicts.map(({ wanted, live, ...conflict }) => ({
    ...conflict,
    wanted: wanted === undefined ? undefined : deepEqual(wanted, live) ? SAME : AFTER,
    live: live === undefined ? undefined : deepEqual(wanted, live) ? SAME : BEFORE,
  }));
}

function masked(object: JsonObject | undefined, other: JsonObject | undefined, word: string): JsonObject | undefined {
  if (object === undefined || !isSecret(object)) return object;
  const result = { ...object };
  for (const field of ['data', 'stringData']) {
    if (object[field] !== undefined) result[field] = hidden(object[field], other?.[field], word);
  }
  const { metadata } = object;
  if (isJsonObject(metadata) && isJsonObject(metadata['annotations'])) {
    const others = isJsonObject(other?.['metadata']) ? other['metadata']['annotations'] : undefined;
    result['metadata'] = { ...metadata, annotations: hidden(metadata['annotations'], others, word, COPIES) };
  }
  return result;
}

function hidden(values: JsonValue, others: JsonValue | undefined, word: string, only?: readonly string[]): JsonValue {
  if (!isJsonObject(values)) return deepEqual(values, others) ? SAME : word;
  const entries = Object.entries(values).map(([key, value]): [string, JsonValue] => {
    if (only !== undefined && !only.includes(key)) return [key, value];
    const isSame = isJsonObject(others) && Object.hasOwn(others, key) && deepEqual(others[key], value);
    return [key, isSame ? SAME : word];
  });
  return Object.fromEntries(entries);
}

function isSecret({ apiVersion, kind }: JsonObject): boolean {
  return apiVersion === 'v1' && kind === 'Secret';
}
