/** JSON as JavaScript reads it, turned into the values that templates work with: numbers are float64, objects maps. */
import { GoMap, type GoValue } from '../go/value.ts';

export function jsonToGo(value: unknown): GoValue {
  if (Array.isArray(value)) return value.map(jsonToGo);
  if (typeof value === 'object' && value !== null) return jsonToMap(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return null;
}

export function jsonToMap(value: object): GoMap {
  return new GoMap(Object.entries(value).map(([key, member]) => [key, jsonToGo(member)]));
}
