/** `import-values` of dependencies: tables of a child that become values of its parent, deepest charts first. */
import { deepCopy } from '../functions/dicts.ts';
import { GoMap, isMap } from '../go/value.ts';
import { coalesceValues } from '../values/coalesce.ts';
import { coalesceTables, tableAt, wrapInPath } from '../values/coalesce-tables.ts';
import type { Warn } from '../values/warn.ts';
import type { Chart, ImportValue } from './chart.ts';

/** The chart with the imported values among its own, for all levels. */
export function importValues(chart: Chart, warn?: Warn): Chart {
  const dependencies = chart.dependencies.map((each) => importValues(each, warn));
  const own: Chart = { ...chart, dependencies };
  if (chart.metadata.dependencies.length === 0) return own;
  const all = coalesceValues(own, new GoMap(), { keepNulls: true });
  const imported = new GoMap();
  for (const { name, importValues: imports } of chart.metadata.dependencies) {
    for (const each of imports) mergeImport(imported, all, name, each, warn);
  }
  const copy = deepCopy(all);
  // What the parent sets itself is worth more than what it imports.
  return { ...own, values: coalesceTables(isMap(copy) ? copy : new GoMap(), imported, { keepNulls: true }) };
}

function mergeImport(imported: GoMap, all: GoMap, name: string, each: ImportValue, warn: Warn | undefined): void {
  const isExport = typeof each === 'string';
  const path = `${name}.${isExport ? `exports.${each}` : each.child}`;
  const table = tableAt(all, path);
  if (table === undefined) {
    const error = `${JSON.stringify(missingName(all, path))} is not a table`;
    if (isExport) warn?.('ImportValues missing table', { error });
    else warn?.('ImportValues missing table from chart', { chart: name, error });
    return;
  }
  const copy = deepCopy(table);
  if (!isMap(copy)) return;
  coalesceTables(imported, wrapInPath(typeof each === 'string' ? '.' : each.parent, copy), { keepNulls: true });
}

/** The first name on the way that leads to no table. */
function missingName(values: GoMap, path: string): string {
  const names = path.split('.');
  const at = names.findIndex((_, index) => tableAt(values, names.slice(0, index + 1).join('.')) === undefined);
  return names[at] ?? '';
}
