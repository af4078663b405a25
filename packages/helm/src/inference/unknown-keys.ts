/**
 * Keys that a user gives and the chart doesn't know: most often misspelled. A table whose members templates only name one
 * by one has no others; in a table that is used as a whole, a key is only suspicious when it is spelled almost like one of
 * the chart's.
 */
import type { Chart } from '../chart/chart.ts';
import { enableDependencies } from '../chart/enable-dependencies.ts';
import { GoMap, type GoValue, isMap, sliceItems } from '../go/value.ts';
import { closest, editDistance } from '../template/nil-hints.ts';
import { coalesceValues } from '../values/coalesce.ts';
import { explainValues } from '../values/explain.ts';
import { type Origin, originText } from '../values/origin.ts';
import { mergeSources, type ValueSource } from '../values/sources.ts';
import { type ValuePath, valuePathText } from '../values/value-path.ts';
import { inferSchema } from './infer-schema.ts';
import { isSchema, type JsonSchema } from './json-schema.ts';

export interface UnknownKey {
  readonly path: ValuePath;
  /** The key of the chart that may have been meant. */
  readonly suggestion: ValuePath | undefined;
  /** False when templates may use the key in a way that can't be seen. */
  readonly isCertain: boolean;
  /** Where the user wrote it. */
  readonly origin: Origin | undefined;
}

/** `chart` as it was loaded. Throws ChartError and YamlError for what can't be read. */
export function unknownKeys(chart: Chart, sources: readonly ValueSource[]): UnknownKey[] {
  const given = mergeSources(sources);
  if (given.size === 0) return [];
  const found = keysUnknownTo(inferSchema(chart), given);
  if (found.length === 0) return [];
  const { originOf } = explainValues(chart, sources);
  return found.map((each) => ({ ...each, origin: originOf(each.path) }));
}

/** @param schema what `inferSchema` gives for a chart */
export function keysUnknownTo(schema: JsonSchema, given: GoMap): Omit<UnknownKey, 'origin'>[] {
  const found: Omit<UnknownKey, 'origin'>[] = [];
  compare(given, schema, [], found);
  return found;
}

/** A quick look at the default values alone: false when no key is unknown and spelled almost like another one. */
export function hasSuspiciousKeys(chart: Chart, sources: readonly ValueSource[]): boolean {
  const given = mergeSources(sources);
  const defaults = coalesceValues(enableDependencies(chart, given), new GoMap());
  const isSuspicious = (table: GoMap, known: GoMap): boolean =>
    [...table].some(([key, value]) => {
      const own = known.get(key);
      if (isMap(value) && isMap(own)) return isSuspicious(value, own);
      return !known.has(key) && closest(key, [...known.keys()]) !== undefined;
    });
  return isSuspicious(given, defaults);
}

/** `values.yaml has image.tag, you wrote image.tga (prod.yaml:3)` */
export function unknownKeyText({
  path,
  suggestion,
  isCertain,
  origin,
}: Omit<UnknownKey, 'origin'> & { readonly origin?: Origin | undefined }): string {
  const where = origin === undefined ? '' : ` (${originText(origin)})`;
  if (suggestion !== undefined) {
    return `the chart has ${valuePathText(suggestion)}, you wrote ${valuePathText(path)}${where}`;
  }
  return `the chart ${isCertain ? 'has no' : 'may have no'} ${valuePathText(path)}${where}`;
}

function compare(given: GoMap, schema: JsonSchema, path: ValuePath, found: Omit<UnknownKey, 'origin'>[]): void {
  const { properties, additionalProperties } = schema;
  for (const [key, value] of given) {
    const own = Object.hasOwn(properties ?? {}, key) ? properties?.[key] : undefined;
    if (own !== undefined) compareMember(value, own, [...path, key], found);
    else if (isSchema(additionalProperties)) compareMember(value, additionalProperties, [...path, key], found);
    else if (properties !== undefined) {
      const isCertain = additionalProperties === false;
      const similar = similarKey(key, Object.keys(properties), isCertain);
      const suggestion = similar === undefined ? undefined : [...path, similar];
      if (isCertain || suggestion !== undefined) found.push({ path: [...path, key], suggestion, isCertain });
    }
  }
}

function compareMember(value: GoValue, schema: JsonSchema, path: ValuePath, found: Omit<UnknownKey, 'origin'>[]): void {
  if (isMap(value)) compare(value, schema, path, found);
  const { items } = schema;
  if (items === undefined) return;
  sliceItems(value)?.forEach((item, at) => compareMember(item, items, [...path, at], found));
}

function similarKey(key: string, candidates: readonly string[], isCertain: boolean): string | undefined {
  if (isCertain) return closest(key, candidates);
  if (key.length < MIN_LENGTH) return undefined;
  return candidates.find((each) => each.length >= MIN_LENGTH && editDistance(key, each) === 1);
}

/** Shorter keys are too often alike. */
const MIN_LENGTH = 4;
