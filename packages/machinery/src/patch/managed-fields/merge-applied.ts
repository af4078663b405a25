/**
 * Lays an applied configuration over the live object, as structured-merge-diff does: granular maps field by field,
 * keyed lists and sets element by element, everything else as a whole.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../object/json.ts';
import { setMember } from '../../object/set-member.ts';
import { member } from '../json-tools.ts';
import type { ListSchema, MapSchema, MergeSchema } from '../merge-schema.ts';
import { listSchemaFor, mapSchemaFor } from './field-set-of-value.ts';
import { listElements } from './path-element.ts';

/** The merged value. Neither side is changed; the result shares parts with both. */
export function mergeApplied(
  live: JsonValue | undefined,
  applied: JsonValue | undefined,
  schema: MergeSchema,
): JsonValue | undefined {
  if (live === undefined || applied === undefined) return applied ?? live;
  if (isJsonObject(live)) {
    const mapSchema = mapSchemaFor(schema, live);
    // Null claims a map without saying what is inside: what is there stays.
    if (mapSchema !== undefined && applied === null) return Object.keys(live).length > 0 ? live : null;
    if (mapSchema !== undefined && isJsonObject(applied)) return mergeMaps(live, applied, mapSchema);
  }
  if (Array.isArray(live)) {
    const listSchema = listSchemaFor(schema, live);
    if (listSchema !== undefined && applied === null) return live.length > 0 ? live : null;
    if (listSchema !== undefined && Array.isArray(applied)) return mergeLists(live, applied, listSchema);
  }
  return applied;
}

function mergeMaps(live: JsonObject, applied: JsonObject, schema: MapSchema): JsonObject {
  const result = { ...live };
  for (const name of Object.keys(applied)) {
    const merged = mergeApplied(member(live, name), applied[name], schema.field(name) ?? { kind: 'deduced' });
    if (merged !== undefined) setMember(result, name, merged);
  }
  return result;
}

function mergeLists(live: JsonValue[], applied: JsonValue[], schema: ListSchema): JsonValue[] {
  const liveElements = listElements(schema, live);
  const appliedElements = listElements(schema, applied);
  if (liveElements === undefined || appliedElements === undefined) return applied;
  const liveItems = itemsOf(liveElements, live);
  const appliedItems = itemsOf(appliedElements, applied);
  const elementSchema = schema.element();
  return mergedOrder(liveElements, appliedElements).flatMap(({ element, liveIndex }) => {
    // Elements of the live list alone may occur twice, so they are taken by index.
    if (liveIndex !== undefined) return live[liveIndex] ?? null;
    const merged = mergeApplied(liveItems.get(element), appliedItems.get(element), elementSchema);
    return merged === undefined ? [] : [merged];
  });
}

/** Items by element. One that occurs twice has no value to merge with: undefined. */
function itemsOf(elements: readonly string[], items: readonly JsonValue[]): Map<string, JsonValue | undefined> {
  const result = new Map<string, JsonValue | undefined>();
  for (const [index, element] of elements.entries()) {
    result.set(element, result.has(element) ? undefined : items[index]);
  }
  return result;
}

interface Position {
  readonly element: string;
  /** Set for elements that only the live list has. */
  readonly liveIndex?: number;
}

/**
 * The applied order rules; elements of the live list alone keep their place before or after the shared ones around
 * them. Elements that are new come where the applied list has them.
 */
function mergedOrder(live: readonly string[], applied: readonly string[]): Position[] {
  const inLive = new Set(live);
  const inApplied = new Set(applied);
  const shared = applied.filter((element) => inLive.has(element));
  const placed = new Set<string>();
  const order: Position[] = [];
  let [l, a, nextShared] = [0, 0, 0];
  while (l < live.length || a < applied.length) {
    const left = live[l];
    const right = applied[a];
    if (left !== undefined && !inApplied.has(left)) {
      order.push({ element: left, liveIndex: l++ });
    } else if (left !== undefined && (placed.has(left) || (left !== right && left !== shared[nextShared]))) {
      // A shared element comes where the applied list has it.
      l++;
    } else if (right !== undefined) {
      placed.add(right);
      order.push({ element: right });
      if (right === shared[nextShared]) nextShared++;
      if (left === right) l++;
      a++;
    } else {
      l++;
    }
  }
  return order;
}
