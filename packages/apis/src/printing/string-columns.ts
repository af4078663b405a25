/** Columns of kinds that the fact tables have none for. */
import type { TableColumn } from '../kind-definition.ts';

/** Columns of text that always show; the first is the object's name. */
export function stringColumns(...names: readonly string[]): TableColumn[] {
  return names.map((name, index) => ({
    name,
    type: 'string',
    format: index === 0 ? 'name' : '',
    description: '',
    priority: 0,
  }));
}
