/** JSON with members in a given order, as Go writes structs: what has no text is left out (`omitempty`). */
import { encodeGoJson } from '../go/json.ts';
import type { GoValue } from '../go/value.ts';

/** A name, and the JSON text of the value; undefined leaves the member out. */
export type JsonMember = readonly [name: string, text: string | undefined];

export function objectText(members: readonly JsonMember[]): string {
  const texts = members.flatMap(([name, text]) => (text === undefined ? [] : [`${JSON.stringify(name)}:${text}`]));
  return `{${texts.join(',')}}`;
}

export function arrayText(items: readonly string[]): string {
  return `[${items.join(',')}]`;
}

export function valueText(value: GoValue): string {
  return encodeGoJson(value);
}

/** Undefined for an empty text. */
export function textMember(name: string, value: string): JsonMember {
  return [name, value === '' ? undefined : encodeGoJson(value)];
}

export function numberMember(name: string, value: number): JsonMember {
  return [name, value === 0 ? undefined : String(value)];
}

/** Undefined for an empty list. */
export function listMember(name: string, items: readonly string[]): JsonMember {
  return [name, items.length === 0 ? undefined : arrayText(items)];
}

export function stringsMember(name: string, values: readonly string[]): JsonMember {
  return listMember(
    name,
    values.map((value) => encodeGoJson(value)),
  );
}
