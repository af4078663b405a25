/** Hints about a field of nothing: which key there isn't, which is spelled almost so, and where its table stands. */
import { type GoValue, isMap } from '../go/value.ts';
import type { MissingField } from '../template/execution-error.ts';
import { closest } from '../template/nil-hints.ts';
import { typeText } from '../values/explain.ts';
import { originText } from '../values/origin.ts';
import type { PathFinder } from '../values/path-finder.ts';
import { templatePathText, type ValuePath } from '../values/value-path.ts';
import { type OriginOf, valueText } from './template-place.ts';

const MAX_KEYS = 12;

export interface MissingValue {
  readonly hints: readonly string[];
  /** The first key on the way that there isn't, with those that lead to it. */
  readonly path?: ValuePath;
}

const UNKNOWN: MissingValue = { hints: [] };

/** No hints when what was asked is no part of the values. */
export function explainMissing(missing: MissingField, findPath: PathFinder, originOf: OriginOf): MissingValue {
  const { receiver, names } = missing;
  const depth = deepestTable(receiver, names);
  const table = valueOf(receiver, names.slice(0, depth));
  const path = findPath(receiver, names.slice(0, depth));
  const asked = names[depth];
  if (path === undefined || asked === undefined || !isMap(table)) return UNKNOWN;
  const whole = findPath(receiver, names) ?? [...path, ...names.slice(depth)];
  const missingPath = [...path, asked];
  if (table.has(asked)) return { hints: notATable(table.get(asked), missingPath, originOf) };
  const removed = originOf(missingPath);
  // It stands somewhere, and yet it isn't there.
  if (removed !== undefined)
    return { hints: [`.Values${templatePathText(missingPath)} is removed by null (${originText(removed)})`] };
  const hints = [
    path.length === 0
      ? `.Values${templatePathText(whole)}: there is no ${asked} among the values`
      : `.Values${templatePathText(whole)}: there is no ${asked} in ${valueText(path, originOf)}, ${keysText([...table.keys()])}`,
    ...nearest(asked, table, path, originOf),
  ];
  return { hints, path: missingPath };
}

/** How many of the names lead to a table. */
function deepestTable(receiver: GoValue, names: readonly string[]): number {
  let value = receiver;
  for (const [at, name] of names.entries()) {
    if (!isMap(value)) return Math.max(0, at - 1);
    value = value.get(name);
  }
  return isMap(value) ? names.length : Math.max(0, names.length - 1);
}

function valueOf(receiver: GoValue, names: readonly string[]): GoValue {
  return names.reduce<GoValue>((value, name) => (isMap(value) ? value.get(name) : undefined), receiver);
}

function keysText(keys: readonly string[]): string {
  if (keys.length === 0) return 'which is empty';
  const shown = keys.slice(0, MAX_KEYS).join(', ');
  return `which has ${shown}${keys.length > MAX_KEYS ? ', …' : ''}`;
}

function nearest(asked: string, table: ReadonlyMap<string, GoValue>, path: ValuePath, originOf: OriginOf): string[] {
  const similar = closest(asked, [...table.keys()]);
  if (similar === undefined) return [];
  return [`did you mean ${valueText([...path, similar], originOf)}?`];
}

/** A field of a text or a number. */
function notATable(value: GoValue, path: ValuePath, originOf: OriginOf): string[] {
  const origin = originOf(path);
  const name = `.Values${templatePathText(path)}`;
  const where = origin === undefined ? '' : ` (${originText(origin)})`;
  if (value === null || value === undefined) return [`${name}${where} is empty`];
  return [`${name}${where} is no table, its type is ${typeText(value)}`];
}
