/** The order of the keys of a map in Go's YAML writers: numbers inside names count by value, letters come last. */

const LETTER = /^\p{L}$/u;
const DIGIT = /^\p{Nd}$/u;

/** Negative when `a` comes first. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  const left = Array.from(a);
  const right = Array.from(b);
  for (let at = 0; at < left.length && at < right.length; at++) {
    if (left[at] !== right[at]) return compareFrom(left, right, at);
  }
  return left.length - right.length;
}

function compareFrom(left: readonly string[], right: readonly string[], at: number): number {
  const byCharacter = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
  const leftIsLetter = LETTER.test(left[at] ?? '');
  const rightIsLetter = LETTER.test(right[at] ?? '');
  if (leftIsLetter && rightIsLetter) return byCharacter;
  if (leftIsLetter || rightIsLetter) return rightIsLetter ? -1 : 1;
  const prefix = hasSignificantPrefix(left, right, at) ? '1' : '';
  const leftDigits = digitsFrom(left, at);
  const rightDigits = digitsFrom(right, at);
  const byValue = Number(prefix + leftDigits) - Number(prefix + rightDigits);
  return byValue || leftDigits.length - rightDigits.length || byCharacter;
}

/** A zero only counts as a digit of the number when a digit other than zero stands before it. */
function hasSignificantPrefix(left: readonly string[], right: readonly string[], at: number): boolean {
  if (left[at] !== '0' && right[at] !== '0') return false;
  for (let before = at - 1; before >= 0 && DIGIT.test(left[before] ?? ''); before--) {
    if (left[before] !== '0') return true;
  }
  return false;
}

function digitsFrom(characters: readonly string[], at: number): string {
  let end = at;
  while (DIGIT.test(characters[end] ?? '')) end++;
  return characters.slice(at, end).join('');
}
