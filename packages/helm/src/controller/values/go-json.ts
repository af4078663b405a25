/** Values between the JSON of Kubernetes objects and the typed values of templates. */
import type { JsonObject, JsonValue } from '@kindred/machinery';
import { encodeGoJson } from '../../go/json.ts';
import { GoMap, type GoValue } from '../../go/value.ts';

/** Numbers become float64, as everything that Go reads from JSON does. */
export function tableOf(object: JsonObject): GoMap {
  return new GoMap(Object.entries(object).map(([key, value]) => [key, goValueOf(value)]));
}

function goValueOf(value: JsonValue): GoValue {
  if (Array.isArray(value)) return value.map(goValueOf);
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'object' && value !== null ? tableOf(value) : value;
}

/** What a release's record keeps of the values. */
export function jsonOf(table: GoMap): JsonObject {
  // A table is written as an object.
  return JSON.parse(encodeGoJson(table)) as JsonObject;
}

/** One value, as a message may show it. */
export function jsonValueOf(value: GoValue): JsonValue {
  // What the encoder writes is JSON.
  return JSON.parse(encodeGoJson(value)) as JsonValue;
}
