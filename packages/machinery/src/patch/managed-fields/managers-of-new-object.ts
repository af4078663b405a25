/**
 * The managers of a new object, of which there is one: whoever creates it owns all of it.
 *
 * Who creates many objects of a kind gives each the same entry for a second. So the last one is kept with its fields and
 * shared by the objects that follow, frozen, and its text is written once.
 */
import { encodeJsonText } from '../../codec/json.ts';
import type { ManagedFieldsEntry } from '../../object/meta.ts';
import { isEmptyFieldSet } from './field-set.ts';
import type { NewFields } from './fields-of-new-object.ts';
import type { FieldManager } from './managers.ts';

type Creator = Omit<FieldManager, 'fields'>;

const sharedTexts = new WeakMap<readonly ManagedFieldsEntry[], string>();

/** `metadata.managedFields` of an object whose fields are all its creator's. Others may have it, too. */
export function managersOfNewObject(known: NewFields, creator: Creator): ManagedFieldsEntry[] {
  if (isEmptyFieldSet(known.fields)) return [];
  const { entries: last } = known;
  if (last?.[0] !== undefined && isEntryOf(last[0], creator)) return shared(last);
  const { name, operation, apiVersion, time, subresource } = creator;
  const entry: ManagedFieldsEntry = { manager: name, operation, apiVersion };
  if (time !== undefined) entry.time = time;
  entry.fieldsType = 'FieldsV1';
  entry.fieldsV1 = known.fields;
  if (subresource !== '') entry.subresource = subresource;
  known.entries = [entry];
  return known.entries;
}

function isEntryOf(entry: ManagedFieldsEntry, creator: Creator): boolean {
  return (
    entry.time === creator.time &&
    entry.manager === creator.name &&
    entry.apiVersion === creator.apiVersion &&
    entry.operation === creator.operation &&
    (entry.subresource ?? '') === creator.subresource
  );
}

/** Only now, for the second of its objects: where each object has a shape of its own, this would be done in vain. */
function shared(entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  if (!sharedTexts.has(entries)) {
    sharedTexts.set(entries, encodeJsonText(entries));
    for (const entry of entries) Object.freeze(entry);
    Object.freeze(entries);
  }
  return entries;
}

/** The JSON of `metadata.managedFields` when it is known: that of entries that new objects share. */
export function sharedManagersText(entries: readonly ManagedFieldsEntry[]): string | undefined {
  return sharedTexts.get(entries);
}
