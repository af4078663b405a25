/**
 * The values that a chart and its dependencies are rendered with: the user's over the chart's, the parent's over the
 * dependency's, globals pushed down. Follows helm 4.1 (package chart/common/util) to the letter.
 */
import { type Chart, ChartError } from '../chart/chart.ts';
import { deepCopy } from '../functions/dicts.ts';
import { sprintf } from '../go/format.ts';
import { GoMap, isMap } from '../go/value.ts';
import { coalesceTables, joinValuePath } from './coalesce-tables.ts';

export interface ValuesOptions {
  /** Nils stay in the result. */
  readonly keepNulls?: boolean;
  /** Takes what helm would log. */
  readonly warn?: (message: string) => void;
}

/** A new table; the given values and the chart's stay as they are. Throws ChartError. */
export function coalesceValues(chart: Chart, values: GoMap, options: ValuesOptions = {}): GoMap {
  const copy = deepCopy(values);
  return coalesce(chart, isMap(copy) ? copy : new GoMap(), '', {
    keepNulls: options.keepNulls ?? false,
    warn: options.warn,
  });
}

interface Mode {
  readonly keepNulls: boolean;
  readonly warn: ((message: string) => void) | undefined;
}

function coalesce(chart: Chart, target: GoMap, prefix: string, mode: Mode): GoMap {
  coalesceOwn(chart, target, prefix, mode);
  return coalesceDependencies(chart, target, prefix, mode);
}

function coalesceOwn(chart: Chart, target: GoMap, prefix: string, mode: Mode): void {
  const path = joinValuePath(prefix, chart.metadata.name);
  const defaults = deepCopy(chart.values);
  if (!isMap(defaults)) return;
  for (const [key, value] of defaults) {
    const given = target.get(key);
    if (!target.has(key)) {
      target.set(key, value);
    } else if (given === null && !mode.keepNulls) {
      target.delete(key);
    } else if (isMap(given)) {
      if (isMap(value)) {
        // A nil below a dependency's name is kept: it must still delete the default of the dependency.
        const keepNulls = mode.keepNulls || chart.dependencies.some((each) => each.metadata.name === key);
        coalesceTables(given, value, { keepNulls, path: joinValuePath(path, key), ...warning(mode) });
      } else if (value !== null) {
        mode.warn?.(`warning: skipped value for ${path}.${key}: Not a table.`);
      }
    }
  }
}

function warning(mode: Mode): { warn?: (message: string) => void } {
  return mode.warn === undefined ? {} : { warn: mode.warn };
}

function coalesceDependencies(chart: Chart, target: GoMap, prefix: string, mode: Mode): GoMap {
  for (const dependency of chart.dependencies) {
    const { name } = dependency.metadata;
    if (!target.has(name)) target.set(name, new GoMap());
    const table = target.get(name);
    if (!isMap(table)) throw new ChartError(`type mismatch on ${name}: ${sprintf('%t', [table])}`);
    const path = joinValuePath(prefix, chart.metadata.name);
    coalesceGlobals(table, target, path, mode);
    target.set(name, coalesce(dependency, table, path, mode));
  }
  return target;
}

/** Globals of the parent win over those of the dependency. */
function coalesceGlobals(target: GoMap, source: GoMap, prefix: string, mode: Mode): void {
  const own = target.has('global') ? target.get('global') : new GoMap();
  if (!isMap(own)) return mode.warn?.('warning: skipping globals because destination global is not a table.');
  const parents = source.has('global') ? source.get('global') : new GoMap();
  if (!isMap(parents)) return mode.warn?.('warning: skipping globals because source global is not a table.');
  for (const [key, value] of parents) {
    const present = own.get(key);
    if (isMap(value)) {
      const copy = new GoMap(value);
      if (!own.has(key)) own.set(key, copy);
      else if (!isMap(present)) mode.warn?.(`Conflict: cannot merge map onto non-map for "${key}". Skipping.`);
      else
        own.set(
          key,
          coalesceTables(copy, present, { keepNulls: true, path: joinValuePath(prefix, key), ...warning(mode) }),
        );
    } else if (isMap(present)) {
      mode.warn?.(`key ${key} is table. Skipping`);
    } else {
      own.set(key, value);
    }
  }
  target.set('global', own);
}
