/**
 * What server-side apply remembers of a manager's last intent (Kubernetes documentation, 'Server-Side Apply': field
 * management): enough to tell, without a schema and across restarts, whether applying an intent again would change anything.
 *
 * Keys of `fieldsV1`: `f:name` a field, `k:{…}` the list element with these key fields, `v:…` the set element of this value,
 * `.` the thing itself. No keys below a path: the whole value is owned.
 */
import { type FieldsV1, isJsonObject, type KubeObject } from '@kindred/machinery';

/** The fields that this manager applied; undefined when it has applied none. */
export function appliedFields(object: KubeObject, manager: string, subresource = ''): FieldsV1 | undefined {
  const entry = object.metadata.managedFields?.find(
    (each) => each.manager === manager && each.operation === 'Apply' && (each.subresource ?? '') === subresource,
  );
  return entry?.fieldsV1;
}

/** True when the intent names exactly these fields: nothing new to own, nothing to give up. */
export function namesSameFields(intent: unknown, fields: FieldsV1): boolean {
  const paths = Object.keys(fields).filter((path) => path !== '.');
  // A leaf, or a value owned as a whole; what is in it is compared by value.
  if (paths.length === 0) return true;
  if (isJsonObject(intent)) return objectNamesSame(intent, fields, paths);
  return Array.isArray(intent) && listNamesSame(intent, fields, paths);
}

function objectNamesSame(intent: Record<string, unknown>, fields: FieldsV1, paths: readonly string[]): boolean {
  const wanted = Object.keys(intent).filter((name) => intent[name] !== undefined);
  return (
    paths.every((path) => path.startsWith('f:') && intent[path.slice(2)] !== undefined) &&
    wanted.every((name) => {
      const below = fields[`f:${name}`];
      // An empty map or list in an intent names no field of its own unless it is owned as a whole.
      return below === undefined ? isEmpty(intent[name]) : namesSameFields(intent[name], below);
    })
  );
}

function listNamesSame(intent: readonly unknown[], fields: FieldsV1, paths: readonly string[]): boolean {
  if (paths.length !== intent.length) return false;
  return paths.every((path) => {
    const element = elementAt(intent, path);
    const below = fields[path];
    return element !== undefined && below !== undefined && namesSameFields(element, below);
  });
}

/** The part of a value that these fields name: the intent as it was last applied. */
export function extractFields(value: unknown, fields: FieldsV1): unknown {
  const paths = Object.keys(fields).filter((path) => path !== '.');
  if (paths.length === 0) return value;
  if (Array.isArray(value)) {
    return value.flatMap((element: unknown) => {
      const path = paths.find((each) => isElementAt(element, each));
      return path === undefined ? [] : [withKeys(element, extractFields(element, fields[path] ?? {}), path)];
    });
  }
  if (!isJsonObject(value)) return value;
  const extracted: Record<string, unknown> = {};
  for (const path of paths) {
    const name = path.slice(2);
    const member = value[name];
    if (path.startsWith('f:') && member !== undefined) extracted[name] = extractFields(member, fields[path] ?? {});
  }
  return extracted;
}

/** Key fields stay even where the manager doesn't own them: without them the element is no one's. */
function withKeys(element: unknown, extracted: unknown, path: string): unknown {
  if (!path.startsWith('k:') || !isJsonObject(element) || !isJsonObject(extracted)) return extracted;
  const keys = Object.keys(keysOf(path)).map((name) => [name, element[name]] as const);
  return { ...Object.fromEntries(keys), ...extracted };
}

function elementAt(list: readonly unknown[], path: string): unknown {
  return list.find((element) => isElementAt(element, path));
}

function isElementAt(element: unknown, path: string): boolean {
  if (path.startsWith('v:')) return JSON.stringify(element) === path.slice(2);
  if (!path.startsWith('k:') || !isJsonObject(element)) return false;
  // A key field that an intent leaves out has been defaulted (`protocol: TCP`).
  return Object.entries(keysOf(path)).every(([name, value]) => element[name] === undefined || element[name] === value);
}

function keysOf(path: string): Record<string, unknown> {
  const keys: unknown = JSON.parse(path.slice(2));
  return isJsonObject(keys) ? keys : {};
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
