/**
 * The three-way strategic merge patch: takes an object from what is live to what is wanted, and deletes only what an earlier
 * version of the wanted object had. What others added stays (apimachinery's CreateThreeWayMergePatch, always overwriting).
 */
import { deepEqual } from '../object/copy.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../object/json.ts';
import { setMember } from '../object/set-member.ts';
import { diffMaps, strategiesOf } from './create-strategic-merge-patch.ts';
import { member } from './json-tools.ts';
import type { ListSchema, MergeSchema } from './merge-schema.ts';
import { PatchError } from './patch-error.ts';
import { DELETE_FROM_PRIMITIVE_LIST, RETAIN_KEYS, SET_ELEMENT_ORDER } from './strategic-directives.ts';
import { identityBy, inOrder } from './strategic-merge-list.ts';

export interface ThreeVersions {
  /** What was wanted before. */
  readonly original: JsonObject;
  /** What is wanted now. */
  readonly modified: JsonObject;
  /** What is there. */
  readonly live: JsonObject;
}

/**
 * The patch, or undefined when there is nothing to change.
 *
 * @throws PatchError as `createStrategicMergePatch`
 */
export function createThreeWayMergePatch(
  { original, modified, live }: ThreeVersions,
  schema: MergeSchema,
): JsonObject | undefined {
  const facts = { schema, retainKeys: false };
  const delta = diffMaps(live, modified, facts, { changes: true, deletions: false });
  const deletions = diffMaps(original, modified, facts, { changes: false, deletions: true });
  const patch = combine(deletions, delta, schema);
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** The deletions with the changes added. They don't contradict each other: what is deleted isn't wanted. */
function combine(deletions: JsonObject, delta: JsonObject, schema: MergeSchema | undefined): JsonObject {
  const patch: JsonObject = { ...deletions };
  for (const name of Object.keys(delta)) {
    const change = delta[name] ?? null;
    const deletion = member(deletions, name);
    const field = schema?.kind === 'map' ? schema.field(name) : undefined;
    setMember(patch, name, deletion === undefined ? change : combineField(name, deletion, change, field));
  }
  for (const name of Object.keys(patch)) {
    const order = patch[`${SET_ELEMENT_ORDER}/${name}`];
    const list = patch[name];
    const field = schema?.kind === 'map' ? schema.field(name) : undefined;
    if (!Array.isArray(order) || !Array.isArray(list) || field?.kind !== 'list') continue;
    // Servers refuse patches whose elements come in another order than the one they ask for.
    setMember(patch, name, inOrder(list, order, [], identityBy(field.patchMergeKey)));
  }
  return patch;
}

function combineField(
  name: string,
  deletion: JsonValue,
  change: JsonValue,
  schema: MergeSchema | undefined,
): JsonValue {
  if (isDirective(name)) {
    if (!deepEqual(deletion, change)) throw new PatchError('Invalid', `two different lists of ${name}`);
    return change;
  }
  if (isJsonObject(deletion) && isJsonObject(change)) {
    return strategiesOf(schema).includes('replace') ? change : combine(deletion, change, schema);
  }
  if (Array.isArray(deletion) && Array.isArray(change) && schema?.kind === 'list') {
    return strategiesOf(schema).includes('merge') ? combineLists(deletion, change, schema) : change;
  }
  return change;
}

function combineLists(deletions: JsonValue[], changes: JsonValue[], schema: ListSchema): JsonValue[] {
  const identity = identityBy(schema.patchMergeKey);
  const combined = [...deletions];
  for (const change of changes) {
    const at = combined.findIndex((other) => identity(other) === identity(change));
    const known = combined[at];
    if (isJsonObject(known) && isJsonObject(change)) combined[at] = combine(known, change, schema.element());
    else combined.push(change);
  }
  return combined;
}

function isDirective(name: string): boolean {
  return (
    name === RETAIN_KEYS ||
    name.startsWith(`${SET_ELEMENT_ORDER}/`) ||
    name.startsWith(`${DELETE_FROM_PRIMITIVE_LIST}/`)
  );
}
