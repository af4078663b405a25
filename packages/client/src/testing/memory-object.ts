/** Objects of the in-memory API: their addresses, and how patches change them. */
import { isJsonObject, type ObjectMeta } from '@kindred/machinery';

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

const ownedAnnotation = 'memory.test/owned';

/**
 * Apply in its plainest form: what a manager applied before and now leaves out is removed, the rest is merged; lists are
 * replaced as a whole. The last intents are kept in an annotation.
 */
export function setOwnedFields(old: MemoryObject | undefined, intent: MemoryObject, manager: string): MemoryObject {
  const intents = JSON.parse(old?.metadata.annotations?.[ownedAnnotation] ?? '{}') as Record<string, unknown>;
  const base = old === undefined ? { metadata: {} } : (subtract(old, intents[manager], intent) as MemoryObject);
  const merged = mergeInto(base, intent);
  const annotations = {
    ...merged.metadata.annotations,
    [ownedAnnotation]: JSON.stringify({ ...intents, [manager]: intent }),
  };
  return { ...merged, metadata: { ...merged.metadata, annotations } };
}

/** `value` without the fields that `before` has and `now` has not. */
function subtract(value: unknown, before: unknown, now: unknown): unknown {
  if (!isJsonObject(value) || !isJsonObject(before)) return value;
  const result: Record<string, unknown> = { ...value };
  for (const [name, was] of Object.entries(before)) {
    const is = isJsonObject(now) ? now[name] : undefined;
    if (is === undefined && !isJsonObject(was)) delete result[name];
    else if (name in result) result[name] = subtract(result[name], was, is);
  }
  return result;
}

export function withoutNulls(object: MemoryObject): MemoryObject {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined && value !== null);
  return { ...Object.fromEntries(entries), metadata: object.metadata };
}
