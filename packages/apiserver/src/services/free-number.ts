/**
 * Finds a free number in a range, as upstream's bitmap allocators do: at random, from the upper band first, so that the
 * lower numbers stay free for those who ask for one by name (KEP-3070, KEP-3668). Pure.
 */

export interface NumberRange {
  readonly size: number;
  /** The first `reserved` numbers are only given when no other is free. */
  readonly reserved: number;
}

/**
 * @param random in [0, 1)
 * @returns a number from 0 to `size` - 1 that is not taken, or undefined when there is none
 */
export function freeNumber(
  { size, reserved }: NumberRange,
  isTaken: (number: number) => boolean,
  random: number,
): number | undefined {
  return search(reserved, size, isTaken, random) ?? search(0, Math.min(reserved, size), isTaken, random);
}

function search(first: number, end: number, isTaken: (number: number) => boolean, random: number): number | undefined {
  const size = end - first;
  const start = Math.floor(random * size);
  for (let step = 0; step < size; step++) {
    const number = first + ((start + step) % size);
    if (!isTaken(number)) return number;
  }
  return undefined;
}

/** A sixteenth of the range (a thirty-second for ports), at least 16, at most `most`; nothing when that would be all. */
export function reservedBand(size: number, { share, most }: { readonly share: number; readonly most: number }): number {
  const band = Math.min(Math.max(16, Math.floor(size / share)), most);
  return band >= size ? 0 : band;
}
