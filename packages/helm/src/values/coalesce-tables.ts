/** Merging of value tables (package chart/common/util of helm): the first table wins, nil deletes unless told otherwise. */
import { goText } from '../go/format.ts';
import { GoMap, type GoValue, isMap } from '../go/value.ts';

export interface CoalesceOptions {
  /** Nils stay, so that a later step can delete with them. */
  readonly keepNulls?: boolean;
  /** Takes what helm would log. */
  readonly warn?: (message: string) => void;
  /** The path of the tables, for warnings. */
  readonly path?: string;
}

export function joinValuePath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** Merges `source` into `target` in place; gives `target`. */
export function coalesceTables(target: GoMap, source: GoMap, options: CoalesceOptions = {}): GoMap {
  const { keepNulls = false, warn, path = '' } = options;
  for (const [key, value] of source) {
    const fullKey = joinValuePath(path, key);
    const present = target.get(key);
    if (!target.has(key)) target.set(key, value);
    else if (isNil(present)) {
      // Where both are nil there is nothing to delete.
      if (!keepNulls && !isNil(value)) target.delete(key);
    } else if (isMap(value)) {
      if (isMap(present)) coalesceTables(present, value, { ...options, path: fullKey });
      else warn?.(`warning: cannot overwrite table with non table for ${fullKey} (${goText(value)})`);
    } else if (isMap(present) && !isNil(value)) {
      warn?.(`warning: destination for ${fullKey} is a table. Ignoring non-table value (${goText(value)})`);
    }
  }
  return target;
}

function isNil(value: GoValue): boolean {
  return value === null || value === undefined;
}

/** The table or value at a path of names with points; undefined when there is none. */
export function valueAt(values: GoMap, path: string): GoValue {
  let value: GoValue = values;
  for (const name of path.split('.')) {
    if (!isMap(value) || !value.has(name)) return undefined;
    value = value.get(name);
  }
  return value;
}

export function tableAt(values: GoMap, path: string): GoMap | undefined {
  const value = valueAt(values, path);
  return isMap(value) ? value : undefined;
}

/** The table wrapped in one table for each name of the path; `.` is the table itself. */
export function wrapInPath(path: string, table: GoMap): GoMap {
  if (path === '.') return table;
  return path.split('.').reduceRight((inner, name) => new GoMap([[name, inner]]), table);
}
