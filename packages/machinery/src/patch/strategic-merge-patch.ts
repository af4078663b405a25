/**
 * Strategic merge patch: a merge patch that knows the type, so that lists merge by element (apimachinery strategicpatch).
 *
 * Patch strategies and merge keys come from the MergeSchema. Where the schema knows nothing, maps merge and lists are
 * replaced, as in a JSON merge patch.
 */
import { deepEqual } from '../object/copy.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../object/json.ts';
import { setMember } from '../object/set-member.ts';
import { member } from './json-tools.ts';
import type { MergeSchema } from './merge-schema.ts';
import { PatchError } from './patch-error.ts';
import { type PatchParts, partsOfPatch, unknownDirective, withoutDirectives } from './strategic-directives.ts';
import { checkElementOrder, identityBy, inOrder, mergeList } from './strategic-merge-list.ts';

/**
 * The object with the patch merged in. Neither argument is changed; the result may share parts with both.
 *
 * @throws PatchError BadRequest for a malformed patch or directive, Invalid for one that does not fit the object.
 * @example applyStrategicMergePatch(pod, { spec: { containers: [{ name: 'web', image: 'nginx:2' }] } }, podSchema)
 */
export function applyStrategicMergePatch(object: unknown, patch: unknown, schema: MergeSchema): JsonObject {
  if (!isJsonObject(patch)) throw new PatchError('BadRequest', 'invalid JSON document');
  return mergeMap(isJsonObject(object) ? object : {}, patch, schema);
}

function mergeMap(live: JsonObject, patch: JsonObject, schema: MergeSchema | undefined): JsonObject {
  const parts = partsOfPatch(patch);
  if (parts.directive === 'delete') return {};
  if (parts.directive === 'replace') return replacement(patch);
  if (parts.directive !== undefined && parts.directive !== 'merge') throw unknownDirective(parts.directive, patch);
  const result = parts.retainKeys === undefined ? { ...live } : retained(live, parts);
  for (const [name, value] of parts.values) {
    if (value === null) delete result[name];
    else setMember(result, name, mergeField(member(result, name), value, fieldSchema(schema, name)));
  }
  for (const [name, order] of parts.elementOrders) {
    // Without a list there is nothing to put in order, nor when the patch has just removed it.
    const list = member(result, name);
    if (list === undefined) continue;
    setMember(
      result,
      name,
      ordered(list, order, member(live, name), parts.values.get(name), fieldSchema(schema, name)),
    );
  }
  for (const [name, gone] of parts.deletions) {
    const list = member(result, name);
    if (Array.isArray(list)) setMember(result, name, withoutItems(list, gone));
  }
  return result;
}

function replacement(patch: JsonObject): JsonObject {
  const { $patch: _, ...values } = patch;
  const result = withoutDirectives(values);
  return isJsonObject(result) ? result : {};
}

/** `$retainKeys` lists every member that may stay; what the patch sets must be among them. */
function retained(live: JsonObject, parts: PatchParts): JsonObject {
  if (!Array.isArray(parts.retainKeys)) throw new PatchError('BadRequest', 'invalid patch format of retainKeys');
  const names = new Set(parts.retainKeys);
  for (const [name, value] of parts.values) {
    if (value !== null && !names.has(name)) {
      throw new PatchError('Invalid', "patch content doesn't match retainKeys list");
    }
  }
  const result: JsonObject = {};
  for (const name of Object.keys(live)) if (names.has(name)) setMember(result, name, live[name] ?? null);
  return result;
}

function mergeField(live: JsonValue | undefined, patch: JsonValue, schema: MergeSchema | undefined): JsonValue {
  if (isJsonObject(live) && isJsonObject(patch)) {
    return hasStrategy(schema, 'replace') ? replacement(patch) : mergeMap(live, patch, schema);
  }
  if (Array.isArray(live) && Array.isArray(patch) && schema?.kind === 'list' && hasStrategy(schema, 'merge')) {
    return mergeList(live, patch, schema.patchMergeKey, (item, change) => mergeMap(item, change, schema.element()));
  }
  return withoutDirectives(patch);
}

/** The list in the order that `$setElementOrder` gives. */
function ordered(
  list: JsonValue,
  order: JsonValue[],
  live: JsonValue | undefined,
  patch: JsonValue | undefined,
  schema: MergeSchema | undefined,
): JsonValue {
  if (!Array.isArray(list)) throw new PatchError('Invalid', 'expected a list, but received another type');
  const mergeKey = schema?.kind === 'list' ? schema.patchMergeKey : undefined;
  if (Array.isArray(patch)) checkElementOrder(patch, order, mergeKey);
  return inOrder(list, order, Array.isArray(live) ? live : [], identityBy(mergeKey));
}

function withoutItems(list: JsonValue[], gone: readonly JsonValue[]): JsonValue[] {
  return list.filter((item) => !gone.some((other) => deepEqual(item, other)));
}

function fieldSchema(schema: MergeSchema | undefined, name: string): MergeSchema | undefined {
  return schema?.kind === 'map' ? schema.field(name) : undefined;
}

function hasStrategy(schema: MergeSchema | undefined, strategy: string): boolean {
  if (schema === undefined || (schema.kind !== 'map' && schema.kind !== 'list')) return false;
  return schema.patchStrategy?.split(',').includes(strategy) === true;
}
