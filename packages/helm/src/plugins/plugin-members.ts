/** Members of a plugin.yaml, read leniently: what is of another type counts as not there. */
import { goText } from '../go/format.ts';
import { type GoMap, type GoValue, isMap, sliceItems } from '../go/value.ts';

export function mapAt(map: GoMap | undefined, name: string): GoMap | undefined {
  const value = map?.get(name);
  return isMap(value) ? value : undefined;
}

/** Scalars of other types by their text. */
export function textAt(map: GoMap | undefined, name: string): string {
  const value = map?.get(name);
  return value === undefined || value === null || isMap(value) ? '' : goText(value);
}

export function texts(value: GoValue): string[] {
  return (sliceItems(value) ?? []).map((each) => goText(each));
}
