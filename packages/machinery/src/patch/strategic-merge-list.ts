/**
 * Lists in strategic merge patch: merging by merge key or by value, and the order of what comes out.
 *
 * Order rules of apimachinery's strategicpatch: `$setElementOrder` rules, then the patch's own order; elements that only
 * the live list has keep their order among themselves and their place relative to live neighbours where that is possible.
 */
import { encodeJsonText } from '../codec/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../object/json.ts';
import { member } from './json-tools.ts';
import { PatchError } from './patch-error.ts';
import { PATCH, unknownDirective, withoutDirectives } from './strategic-directives.ts';

/** Merges one element that both lists have. */
export type MergeElement = (live: JsonObject, patch: JsonObject) => JsonObject;

/** Tells elements apart: by the merge key's value, or by the element itself when there is no merge key. */
export type ElementIdentity = (item: JsonValue) => string;

export function identityBy(mergeKey: string | undefined): ElementIdentity {
  if (mergeKey === undefined) return encodeJsonText;
  return (item) => {
    const value = isJsonObject(item) ? member(item, mergeKey) : undefined;
    if (value === undefined) {
      throw new PatchError('Invalid', `map: ${encodeJsonText(item)} does not contain declared merge key: ${mergeKey}`);
    }
    return encodeJsonText(value);
  };
}

/**
 * Merges a patch's list into the live one, in the patch's order.
 *
 * @throws PatchError Invalid for lists of lists, mixed lists, maps without their merge key.
 */
export function mergeList(
  live: readonly JsonValue[],
  patch: readonly JsonValue[],
  mergeKey: string | undefined,
  mergeElement: MergeElement,
): JsonValue[] {
  const kind = elementKind([...live, ...patch]);
  if (kind === undefined) return [];
  if (kind !== 'object') {
    const merged = deduplicated([...live, ...patch]);
    return inOrder(merged, patch, live, encodeJsonText);
  }
  if (mergeKey === undefined) throw new PatchError('Invalid', 'cannot merge lists without merge key for type struct');
  const identity = identityBy(mergeKey);
  const { kept, elements } = afterSpecialElements(live, patch, identity);
  return inOrder(mergeElements(kept, elements, identity, mergeElement), elements, live, identity);
}

type ElementKind = 'object' | 'string' | 'number' | 'boolean' | 'null';

function elementKind(items: readonly JsonValue[]): ElementKind | undefined {
  let kind: ElementKind | undefined;
  for (const item of items) {
    if (Array.isArray(item)) throw new PatchError('Invalid', 'lists of lists are not supported');
    const itemKind = kindOf(item);
    if (kind !== undefined && itemKind !== kind)
      throw new PatchError('Invalid', 'list element types are not identical');
    kind = itemKind;
  }
  return kind;
}

function kindOf(item: JsonValue): ElementKind {
  if (item === null) return 'null';
  if (typeof item === 'object') return 'object';
  if (typeof item === 'string') return 'string';
  return typeof item === 'boolean' ? 'boolean' : 'number';
}

function deduplicated(items: readonly JsonValue[]): JsonValue[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const text = encodeJsonText(item);
    return !seen.has(text) && seen.add(text);
  });
}

/** Carries out `$patch` elements: what is left of the live list, and the patch's ordinary elements. */
function afterSpecialElements(
  live: readonly JsonValue[],
  patch: readonly JsonValue[],
  identity: ElementIdentity,
): { kept: readonly JsonValue[]; elements: JsonObject[] } {
  let kept = live;
  const elements: JsonObject[] = [];
  let replace = false;
  for (const item of patch) {
    if (!isJsonObject(item)) continue;
    const directive = member(item, PATCH);
    if (directive === undefined || directive === 'merge') {
      elements.push(item);
    } else if (directive === 'delete') {
      const gone = identity(item);
      kept = kept.filter((other) => identity(other) !== gone);
    } else if (directive === 'replace') {
      replace = true;
    } else {
      throw unknownDirective(directive, item);
    }
  }
  return { kept: replace ? [] : kept, elements };
}

function mergeElements(
  live: readonly JsonValue[],
  patch: readonly JsonObject[],
  identity: ElementIdentity,
  mergeElement: MergeElement,
): JsonValue[] {
  const result = [...live];
  for (const element of patch) {
    const wanted = identity(element);
    const index = result.findIndex((item) => identity(item) === wanted);
    const known = result[index];
    if (isJsonObject(known)) result[index] = mergeElement(known, element);
    else result.push(withoutDirectives(element));
  }
  return result;
}

/** Checks that the elements of a patch come in the order that its `$setElementOrder` gives. */
export function checkElementOrder(
  patch: readonly JsonValue[],
  order: readonly JsonValue[],
  mergeKey: string | undefined,
): void {
  if (order.length === 0) return;
  const identity = identityBy(mergeKey);
  const ordinary = patch.filter((item) => !(isJsonObject(item) && Object.hasOwn(item, PATCH)));
  let next = 0;
  for (const item of order) {
    const wanted = ordinary[next];
    if (wanted !== undefined && identity(wanted) === identity(item)) next++;
  }
  if (next < ordinary.length) {
    throw new PatchError(
      'Invalid',
      `The order in patch list:\n${encodeJsonText(patch)}\n doesn't match $setElementOrder list:\n${encodeJsonText(order)}\n`,
    );
  }
}

/** Puts merged items in order: those of `order` as it says, the others between them as the live list had them. */
export function inOrder(
  merged: readonly JsonValue[],
  order: readonly JsonValue[],
  live: readonly JsonValue[],
  identity: ElementIdentity,
): JsonValue[] {
  const wanted = positions(order, identity);
  const before = positions(live, identity);
  const rank = (ranks: ReadonlyMap<string, number>, item: JsonValue) => ranks.get(identity(item)) ?? -1;
  const ordered = merged.filter((item) => rank(wanted, item) >= 0);
  ordered.sort((a, b) => rank(wanted, a) - rank(wanted, b));
  const others = merged.filter((item) => rank(wanted, item) < 0);
  others.sort((a, b) => rank(before, a) - rank(before, b));
  const result: JsonValue[] = [];
  let next = 0;
  for (const item of ordered) {
    const place = rank(before, item);
    let other = others[next];
    while (other !== undefined && place >= 0 && rank(before, other) >= 0 && rank(before, other) < place) {
      result.push(other);
      other = others[++next];
    }
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}

function positions(items: readonly JsonValue[], identity: ElementIdentity): Map<string, number> {
  const result = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const text = identity(item);
    if (!result.has(text)) result.set(text, index);
  }
  return result;
}
