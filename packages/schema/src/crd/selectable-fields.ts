/**
 * `selectableFields`: the fields of a custom resource that field selectors may name (KEP-4358).
 */
import type { Unstructured } from '@kindred/machinery';
import type { SelectableField } from './custom-resource-definition.ts';
import { evaluateJsonPath, parseJsonPath } from './json-path.ts';

/** Reads the selectable fields of an object: names without the leading dot, values as text, '' when absent. */
export type SelectableFieldsReader = (object: Unstructured) => Record<string, string>;

/** Compiles the fields of a version once. */
export function createSelectableFieldsReader(fields: readonly SelectableField[] | undefined): SelectableFieldsReader {
  const readers = (fields ?? []).map(({ jsonPath }) => ({
    name: jsonPath.replace(/^\./, ''),
    path: parseJsonPath(jsonPath) ?? [],
  }));
  return (object) => {
    const values: Record<string, string> = {};
    for (const { name, path } of readers) {
      const value = path.length === 0 ? undefined : evaluateJsonPath(path, object)[0];
      values[name] = isSelectable(value) ? String(value) : '';
    }
    return values;
  };
}

function isSelectable(value: unknown): boolean {
  return ['string', 'boolean', 'number', 'bigint'].includes(typeof value);
}
