/**
 * The strategic merge patch that turns one object into another (apimachinery's strategicpatch, two-way), and its two halves,
 * of which the three-way patch is made: additions and changes alone, deletions alone.
 */
import { encodeJsonText } from '../codec/json.ts';
import { deepEqual } from '../object/copy.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../object/json.ts';
import { setMember } from '../object/set-member.ts';
import { member } from './json-tools.ts';
import type { ListSchema, MergeSchema } from './merge-schema.ts';
import { PatchError } from './patch-error.ts';
import { DELETE_FROM_PRIMITIVE_LIST, PATCH, RETAIN_KEYS, SET_ELEMENT_ORDER } from './strategic-directives.ts';
import { type ElementIdentity, identityBy } from './strategic-merge-list.ts';

/** Which differences go into a patch. */
export interface DifferenceParts {
  readonly changes: boolean;
  readonly deletions: boolean;
}

/**
 * A patch with `applyStrategicMergePatch(before, patch, schema)` equal to `after`; undefined when there is nothing to send.
 * Maps that are replaced as a whole are always sent.
 *
 * @throws PatchError Invalid for lists of lists, lists of unlike elements, elements without their merge key
 * @example createStrategicMergePatch({ replicas: 1 }, { replicas: 2 }, schema) // { replicas: 2 }
 */
export function createStrategicMergePatch(
  before: JsonObject,
  after: JsonObject,
  schema: MergeSchema,
): JsonObject | undefined {
  const patch = diffMaps(before, after, { schema, retainKeys: false }, { changes: true, deletions: true });
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** What is known of the map that is compared. */
interface MapFacts {
  readonly schema: MergeSchema | undefined;
  /** The patch must name the members that may stay. */
  readonly retainKeys: boolean;
}

/** The parts asked for of the difference of two maps. */
export function diffMaps(before: JsonObject, after: JsonObject, facts: MapFacts, parts: DifferenceParts): JsonObject {
  const patch: JsonObject = {};
  for (const name of Object.keys(after)) {
    const next = after[name] ?? null;
    const previous = member(before, name);
    const schema = facts.schema?.kind === 'map' ? facts.schema.field(name) : undefined;
    if (isJsonObject(previous) && isJsonObject(next)) diffMapField(patch, name, [previous, next], schema, parts);
    else if (Array.isArray(previous) && Array.isArray(next))
      diffListField(patch, name, [previous, next], schema, parts);
    else if (parts.changes && !deepEqual(previous, next)) setMember(patch, name, next);
  }
  if (parts.deletions) {
    for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) setMember(patch, name, null);
  }
  if (facts.retainKeys) addRetainKeys(patch, before, after);
  return patch;
}

function addRetainKeys(patch: JsonObject, before: JsonObject, after: JsonObject): void {
  const names = Object.keys(after).filter((name) => after[name] !== null);
  const changes = Object.keys(patch).length > 0 || Object.keys(before).some((name) => !Object.hasOwn(after, name));
  if (names.length > 0 && changes) patch[RETAIN_KEYS] = names.toSorted();
}

type Pair<T> = readonly [before: T, after: T];

function diffMapField(
  patch: JsonObject,
  name: string,
  [before, after]: Pair<JsonObject>,
  schema: MergeSchema | undefined,
  parts: DifferenceParts,
): void {
  const strategies = strategiesOf(schema);
  if (strategies.includes('replace')) {
    // Sent even when nothing differs, as Go's clients do.
    if (parts.changes) setMember(patch, name, after);
    return;
  }
  const inner = diffMaps(before, after, { schema, retainKeys: strategies.includes('retainKeys') }, parts);
  if (Object.keys(inner).length > 0) setMember(patch, name, inner);
}

function diffListField(
  patch: JsonObject,
  name: string,
  lists: Pair<JsonValue[]>,
  schema: MergeSchema | undefined,
  parts: DifferenceParts,
): void {
  const strategies = strategiesOf(schema);
  if (schema?.kind !== 'list' || !strategies.includes('merge')) {
    if (parts.changes && !deepEqual(lists[0], lists[1])) setMember(patch, name, lists[1]);
    return;
  }
  const { elements, deletions, order } = diffLists(lists, schema, parts);
  if (elements.length > 0) setMember(patch, name, elements);
  if (deletions.length > 0) patch[`${DELETE_FROM_PRIMITIVE_LIST}/${name}`] = deletions;
  if (order.length > 0) patch[`${SET_ELEMENT_ORDER}/${name}`] = order;
}

export function strategiesOf(schema: MergeSchema | undefined): readonly string[] {
  if (schema?.kind !== 'map' && schema?.kind !== 'list') return [];
  return schema.patchStrategy?.split(',') ?? [];
}

interface ListDifference {
  /** Elements to add, to change or, with their directive, to delete. */
  readonly elements: JsonValue[];
  /** Scalars to delete. */
  readonly deletions: JsonValue[];
  /** What `$setElementOrder` says; empty when there is nothing to put in order. */
  readonly order: JsonValue[];
}

const SAME: ListDifference = { elements: [], deletions: [], order: [] };

function diffLists([before, after]: Pair<JsonValue[]>, schema: ListSchema, parts: DifferenceParts): ListDifference {
  if (before.length === 0) return parts.changes ? { ...SAME, elements: after } : SAME;
  const all = [...before, ...after];
  if (all.some((item) => Array.isArray(item))) throw new PatchError('Invalid', 'lists of lists are not supported');
  if (!all.some(isJsonObject)) return diffScalars(before, after, parts);
  if (!all.every(isJsonObject)) throw new PatchError('Invalid', 'list element types are not identical');
  return diffElements(before.filter(isJsonObject), after.filter(isJsonObject), schema, parts);
}

function diffElements(
  before: readonly JsonObject[],
  after: readonly JsonObject[],
  schema: ListSchema,
  parts: DifferenceParts,
): ListDifference {
  const key = schema.patchMergeKey;
  if (key === undefined) throw new PatchError('Invalid', 'cannot merge lists without merge key for type struct');
  const identity = identityBy(key);
  const known = byIdentity(before, identity);
  const wanted = byIdentity(after, identity);
  const elements: JsonObject[] = [];
  const retainKeys = strategiesOf(schema).includes('retainKeys');
  for (const element of after) {
    const old = known.get(identity(element));
    if (old === undefined) {
      if (parts.changes) elements.push(element);
      continue;
    }
    const inner = diffMaps(old, element, { schema: schema.element(), retainKeys }, parts);
    if (Object.keys(inner).length > 0) elements.push({ ...inner, [key]: element[key] ?? null });
  }
  if (parts.deletions) {
    const gone = before.filter((old) => !wanted.has(identity(old))).map((old) => old[key] ?? null);
    elements.push(...gone.toSorted(byText).map((value) => ({ [PATCH]: 'delete', [key]: value })));
  }
  const isMoved =
    before.length !== after.length || before.some((item, at) => identity(item) !== identityOrNone(after[at], identity));
  const needsOrder = (parts.changes && isMoved) || elements.length > 0;
  return { elements, deletions: [], order: needsOrder ? after.map((item) => ({ [key]: item[key] ?? null })) : [] };
}

function identityOrNone(item: JsonObject | undefined, identity: ElementIdentity): string | undefined {
  return item === undefined ? undefined : identity(item);
}

function byIdentity(items: readonly JsonObject[], identity: ElementIdentity): Map<string, JsonObject> {
  return new Map(items.map((item) => [identity(item), item]));
}

function diffScalars(before: readonly JsonValue[], after: JsonValue[], parts: DifferenceParts): ListDifference {
  const elements = parts.changes ? unique(missing(after, before)) : [];
  const deletions = parts.deletions ? unique(missing(before, after)).toSorted(byText) : [];
  const needsOrder = deletions.length > 0 || (parts.changes && !deepEqual(before, after));
  return { elements, deletions, order: needsOrder ? after : [] };
}

function missing(items: readonly JsonValue[], others: readonly JsonValue[]): JsonValue[] {
  const there = new Set(others.map((other) => encodeJsonText(other)));
  return items.filter((item) => !there.has(encodeJsonText(item)));
}

function unique(items: readonly JsonValue[]): JsonValue[] {
  return [...new Map(items.map((item) => [encodeJsonText(item), item])).values()];
}

function byText(a: JsonValue, b: JsonValue): number {
  const [left, right] = [encodeJsonText(a), encodeJsonText(b)];
  return left < right ? -1 : Number(left > right);
}
