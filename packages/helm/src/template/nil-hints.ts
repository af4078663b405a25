/** What we add to Go's "nil pointer evaluating": which value was nil, and the keys that are spelled almost like it. */
import { type GoValue, isMap } from '../go/value.ts';

/** `names[at]` was asked of a nil: says which path that was. */
export function hintsForNil(receiver: GoValue, names: readonly string[], at: number): string[] {
  const path = names
    .slice(0, at)
    .map((name) => `.${name}`)
    .join('');
  const missing = names[at - 1];
  const hints = [`${path} is nil`];
  let parent: GoValue = receiver;
  for (const name of names.slice(0, Math.max(0, at - 1))) parent = isMap(parent) ? parent.get(name) : undefined;
  if (isMap(parent) && missing !== undefined && !parent.has(missing)) {
    const similar = closest(missing, [...parent.keys()]);
    if (similar !== undefined) hints.push(`did you mean ${path.slice(0, -missing.length)}${similar}?`);
  }
  return hints;
}

/** The candidate that differs least, when it differs little. */
export function closest(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.min(3, Math.ceil(name.length / 3) + 1);
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Changed, missing, additional and swapped characters between two names. */
export function editDistance(a: string, b: string): number {
  let previous: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? (previous[j - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min(substitution, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    [previous, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
