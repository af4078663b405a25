/**
 * The part of an object whose fields have managers: everything but its identity and what the server writes.
 *
 * The same list as upstream's `stripSet`: apiVersion, kind, and of metadata the names, uid, versions and timestamps,
 * and managedFields itself.
 */
import { isJsonObject, type JsonObject } from '../../object/json.ts';
import type { FieldsV1, KubeObject } from '../../object/meta.ts';
import { setMember } from '../../object/set-member.ts';
import { differenceOf, LEAF } from './field-set.ts';

const untrackedMetadata: ReadonlySet<string> = new Set([
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
]);

/** Whether a field of metadata is part of the object's identity, or written by the server. */
export function isUntrackedMetadata(name: string): boolean {
  return untrackedMetadata.has(name);
}

const untrackedFields: FieldsV1 = {
  'f:apiVersion': LEAF,
  'f:kind': LEAF,
  'f:metadata': {
    '.': LEAF,
    ...Object.fromEntries([...untrackedMetadata].map((name) => [`f:${name}`, LEAF])),
  },
};

/** A shallow copy of the object without its untracked fields; `{}` for no object. */
export function trackedPart(object: KubeObject | undefined): JsonObject {
  const result: JsonObject = {};
  if (!isJsonObject(object)) return result;
  for (const name of Object.keys(object)) {
    const value = object[name];
    if (value === undefined || name === 'apiVersion' || name === 'kind') continue;
    if (name !== 'metadata' || !isJsonObject(value)) {
      setMember(result, name, value);
      continue;
    }
    const metadata = trackedMetadata(value);
    if (metadata !== undefined) result['metadata'] = metadata;
  }
  return result;
}

function trackedMetadata(metadata: JsonObject): JsonObject | undefined {
  let result: JsonObject | undefined;
  for (const name of Object.keys(metadata)) {
    const value = metadata[name];
    if (value === undefined || untrackedMetadata.has(name)) continue;
    result ??= {};
    setMember(result, name, value);
  }
  return result;
}

/** The set without the paths that nobody can own. */
export function withoutUntracked(set: FieldsV1): FieldsV1 {
  return differenceOf(set, untrackedFields);
}
