/** Cells of kinds without a printer of their own: name and age, and for every other column the field of the same name. */
import { isJsonObject, type Unstructured } from '@kindred/machinery';
import type { TableColumn } from '../kind-definition.ts';
import { ageOf } from './age.ts';

/** One cell for each column: a member of spec or of the object that is spelled like the column, else empty. */
export function genericCells(object: Unstructured, columns: readonly TableColumn[], now: number): unknown[] {
  return columns.map(({ name, type }) => {
    if (name === 'Name') return object.metadata.name ?? '';
    if (name === 'Created At') return object.metadata.creationTimestamp ?? '';
    if (name === 'Age') return ageOf(object.metadata.creationTimestamp, now);
    const value = fieldLike(object, name);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
    return type === 'integer' ? 0 : type === 'boolean' ? false : '<none>';
  });
}

function fieldLike(object: Unstructured, column: string): unknown {
  const wanted = column.replace(/[^A-Za-z]/g, '').toLowerCase();
  for (const holder of [object['spec'], object]) {
    if (!isJsonObject(holder)) continue;
    const member = Object.keys(holder).find((name) => name.toLowerCase() === wanted);
    if (member !== undefined) return holder[member];
  }
  return undefined;
}
