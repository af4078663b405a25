/** Objects of the in-memory API: their addresses, and how patches change them. */
import { type FieldsV1, isJsonObject, type ManagedFieldsEntry, type ObjectMeta } from '@kindred/machinery';

export interface MemoryObject {
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
  readonly status?: unknown;
  readonly [field: string]: unknown;
}

export interface RequestPath {
  /** `pods`, `deployments.apps`: one for all versions of a group. */
  readonly collection: string;
  readonly namespace: string;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  readonly query: URLSearchParams;
}

export function pathOf(path: string): RequestPath | undefined {
  const url = new URL(path, 'http://memory');
  const parts = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const root = parts.shift();
  const group = root === 'apis' ? parts.shift() : root === 'api' ? '' : undefined;
  if (group === undefined || parts.shift() === undefined) return undefined;
  const namespace = parts[0] === 'namespaces' && parts.length > 2 ? parts.splice(0, 2)[1] : '';
  const [resource, name, subresource] = parts;
  if (resource === undefined) return undefined;
  const collection = group === '' ? resource : `${resource}.${group}`;
  return { collection, namespace: namespace ?? '', name, subresource, query: url.searchParams };
}

/** RFC 7386. */
export function mergeInto(target: MemoryObject, patch: MemoryObject): MemoryObject {
  return merge(target, patch) as MemoryObject;
}

function merge(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const result: Record<string, unknown> = isJsonObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merge(result[name], value);
  }
  return result;
}

/**
 * Apply in its plainest form: what a manager applied before and now leaves out is removed, the rest is merged; lists are
 * owned and replaced as a whole.
 */
export function applyIntent(
  old: MemoryObject | undefined,
  intent: MemoryObject,
  { manager, subresource }: { readonly manager: string; readonly subresource: string },
): MemoryObject {
  const { apiVersion: _, kind: __, metadata, ...rest } = intent;
  const { name: ___, namespace: ____, ...ownMetadata } = metadata;
  const fields = fieldsOf(Object.keys(ownMetadata).length === 0 ? rest : { ...rest, metadata: ownMetadata });
  const entries = old?.metadata.managedFields ?? [];
  const isMine = (entry: ManagedFieldsEntry): boolean =>
    entry.manager === manager && (entry.subresource ?? '') === subresource;
  const before = entries.find(isMine)?.fieldsV1 ?? {};
  const base = old === undefined ? { metadata: {} } : (withoutFields(old, before, fields) as MemoryObject);
  const merged = mergeInto(base, intent);
  const entry = {
    manager,
    operation: 'Apply' as const,
    fieldsV1: fields,
    ...(subresource === '' ? {} : { subresource }),
  };
  const managedFields = [...entries.filter((each) => !isMine(each)), entry];
  return { ...merged, metadata: { ...merged.metadata, managedFields } };
}

function fieldsOf(value: object): FieldsV1 {
  const fields: FieldsV1 = {};
  for (const [name, member] of Object.entries(value))
    fields[`f:${name}`] = isJsonObject(member) ? fieldsOf(member) : {};
  return fields;
}

/** `value` without the fields that were owned and are not wanted now. */
function withoutFields(value: unknown, before: FieldsV1, now: FieldsV1): unknown {
  if (!isJsonObject(value)) return value;
  const result: Record<string, unknown> = { ...value };
  for (const [path, below] of Object.entries(before)) {
    const name = path.slice(2);
    const wanted = now[path];
    if (wanted === undefined && Object.keys(below).length === 0) delete result[name];
    else if (name in result) result[name] = withoutFields(result[name], below, wanted ?? {});
  }
  return result;
}

export function withoutNulls(object: MemoryObject): MemoryObject {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined && value !== null);
  return { ...Object.fromEntries(entries), metadata: object.metadata };
}
