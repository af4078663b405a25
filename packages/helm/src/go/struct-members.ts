/**
 * Members of a map as Go's encoding/json puts them into a struct: upper and lower case don't matter, of several spellings the
 * last in the order of bytes counts, and what are maps themselves is put together.
 */
import { compareText } from './compare-text.ts';
import { GoMap, type GoValue, isMap, sliceItems } from './value.ts';

/** The names of a struct with those of the structs inside, also in lists; none for everything else. */
export interface Members {
  readonly [name: string]: Members;
}

/** A map with the struct's own spelling of its members, and the others as they are; what is no map stays. */
export function asStruct(value: GoValue, members: Members): GoValue {
  const items = sliceItems(value);
  if (items !== undefined) return items.map((item) => asStruct(item, members));
  const names = Object.keys(members);
  if (!isMap(value) || names.length === 0) return value;
  const byFold = new Map(names.map((name) => [folded(name), name]));
  const result = new GoMap();
  for (const key of [...value.keys()].sort(compareText)) {
    const name = byFold.get(folded(key)) ?? key;
    const given = asStruct(value.get(key), members[name] ?? {});
    const before = result.get(name);
    // Nothing changes nothing.
    if ((given === null || given === undefined) && result.has(name)) continue;
    result.set(name, isMap(given) && isMap(before) ? merged(before, given) : given);
  }
  return result;
}

/** What is there already stays, as when something is read into the same variable again. */
function merged(under: GoMap, over: GoMap): GoMap {
  const result = new GoMap(under);
  for (const [key, value] of over) {
    const before = under.get(key);
    result.set(key, isMap(before) && isMap(value) ? merged(before, value) : value);
  }
  return result;
}

/** The names in any spelling. */
export function anyCase(members: Members): Pick<ReadonlySet<string>, 'has'> {
  const names = new Set(Object.keys(members).map(folded));
  return { has: (key) => names.has(folded(key)) };
}

/** Two letters beyond ASCII are lower case of letters in it; JavaScript knows one of them. */
function folded(name: string): string {
  return name.toLowerCase().replaceAll('ſ', 's');
}
