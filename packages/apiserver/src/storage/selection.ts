/** Which objects of a resource a list or a watch is about: namespace, name, label and field selectors. */
import type { FieldExtractor, StoredObject } from './stored-object.ts';

export interface Selection {
  /** Absent or empty: objects of all namespaces, or cluster-scoped ones. */
  readonly namespace?: string;
  /** Only the object of this name (a `metadata.name=` field selector). */
  readonly name?: string;
  /** The label selector; absent selects everything. */
  readonly matchesLabels?: (labels: Readonly<Record<string, string>>) => boolean;
  /** The field selector; absent selects everything. `extract` gives the kind's own fields. */
  readonly fields?: {
    readonly extract?: FieldExtractor;
    matches(fields: Readonly<Record<string, string>>): boolean;
  };
}

/** Whether the object is selected. Cheap tests go first; selectors may have to decode the object. */
export function selects(selection: Selection, object: StoredObject): boolean {
  if (selection.namespace && object.namespace !== selection.namespace) return false;
  if (selection.name !== undefined && object.name !== selection.name) return false;
  if (selection.matchesLabels !== undefined && !selection.matchesLabels(object.labels)) return false;
  const fields = selection.fields;
  return fields === undefined || fields.matches(object.fields(fields.extract));
}
