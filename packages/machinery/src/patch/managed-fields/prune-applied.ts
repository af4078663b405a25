/**
 * What an applier stops applying goes from the object, unless another manager owns it as well.
 */
import { isJsonObject } from '../../object/json.ts';
import type { FieldsV1, Unstructured } from '../../object/meta.ts';
import { differenceOf, emptyFieldSet, intersectionOf, isEmptyFieldSet, unionOf } from './field-set.ts';
import { fieldSetOfValue } from './field-set-of-value.ts';
import type { FieldManager, FieldManagers } from './managers.ts';
import { withNamedFields } from './named-fields.ts';
import { removeFields } from './remove-fields.ts';
import { inVersion, isUnstructured, type VersionContext, type VersionedObject } from './version-views.ts';

/**
 * The merged object without what `last` has applied and nobody manages now.
 *
 * @param managers all managers with their new sets, the applier's included.
 */
export function pruneApplied(
  merged: Unstructured,
  managers: FieldManagers,
  last: FieldManager | undefined,
  context: VersionContext,
): Unstructured {
  if (last === undefined || isEmptyFieldSet(last.fields)) return merged;
  const view = inVersion(merged, last.apiVersion, context);
  if (view === undefined) return merged;
  const owned = ownedByVersion(managers, context);
  const bare = { ...view, object: without(view, last.fields) };
  const kept = withOwnedFields(view, bare, owned, { context, apiVersion: last.apiVersion });
  // Only what the applier had itself: children that nobody owns stay with a parent that stays.
  const dropped = intersectionOf(
    differenceOf(namedSetOf(view), namedSetOf({ ...view, object: kept })),
    withNamedFields(last.fields, view.schema),
  );
  const keep = owned.get(context.convert === undefined ? context.apiVersion : last.apiVersion);
  return inVersion(without(view, dropped, keep), context.apiVersion, context)?.object ?? merged;
}

/** The bare object with every field of the whole one that some manager owns, version by version. */
function withOwnedFields(
  whole: VersionedObject,
  bare: VersionedObject,
  ownedSets: ReadonlyMap<string, FieldsV1>,
  { context, apiVersion }: { context: VersionContext; apiVersion: string },
): Unstructured {
  let kept = bare.object;
  for (const [version, owned] of ownedSets) {
    const wholeView = inVersion(whole.object, version, context);
    const keptView = inVersion(kept, version, context);
    if (wholeView === undefined || keptView === undefined) continue;
    const wanted = unionOf(namedSetOf(keptView), withNamedFields(owned, wholeView.schema));
    kept = without(wholeView, differenceOf(namedSetOf(wholeView), wanted), owned);
  }
  return inVersion(kept, apiVersion, context)?.object ?? kept;
}

function ownedByVersion(managers: FieldManagers, context: VersionContext): Map<string, FieldsV1> {
  const result = new Map<string, FieldsV1>();
  for (const manager of managers.values()) {
    const version = context.convert === undefined ? context.apiVersion : manager.apiVersion;
    result.set(version, unionOf(result.get(version) ?? emptyFieldSet, manager.fields));
  }
  return result;
}

function namedSetOf({ object, schema }: VersionedObject): FieldsV1 {
  return isJsonObject(object) ? withNamedFields(fieldSetOfValue(object, schema), schema) : emptyFieldSet;
}

function without({ object, schema }: VersionedObject, remove: FieldsV1, keep?: FieldsV1): Unstructured {
  if (!isJsonObject(object)) return object;
  const rest = removeFields(object, { remove, keep }, schema);
  return isUnstructured(rest) ? rest : object;
}
