/**
 * The order in which Go's YAML writer puts the fields of a map: by characters, but numbers inside names by their value
 * (`item2` before `item10`), and letters after everything else.
 */
const LETTER = /^\p{L}$/u;
const DIGITS = /^\p{Nd}*/u;

/** Negative when `a` comes first. */
export function compareYamlKeys(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  for (let at = 0; at < left.length && at < right.length; at++) {
    if (left[at] !== right[at]) return compareFrom(left, right, at);
  }
  return left.length - right.length;
}

function compareFrom(left: readonly string[], right: readonly string[], at: number): number {
  const leftCharacter = left[at] ?? '';
  const rightCharacter = right[at] ?? '';
  const byCharacter = (leftCharacter.codePointAt(0) ?? 0) - (rightCharacter.codePointAt(0) ?? 0);
  const leftIsLetter = LETTER.test(leftCharacter);
  const rightIsLetter = LETTER.test(rightCharacter);
  if (leftIsLetter && rightIsLetter) return byCharacter;
  if (leftIsLetter || rightIsLetter) return rightIsLetter ? -1 : 1;
  const prefix = significantPrefix(left, right, at);
  const leftDigits = digitsFrom(left, at);
  const rightDigits = digitsFrom(right, at);
  const byValue = Number(prefix + leftDigits) - Number(prefix + rightDigits);
  return byValue || leftDigits.length - rightDigits.length || byCharacter;
}

/** A zero only counts as a digit of the number when a digit other than zero stands before it. */
function significantPrefix(left: readonly string[], right: readonly string[], at: number): string {
  if (left[at] !== '0' && right[at] !== '0') return '';
  for (let before = at - 1; before >= 0 && /^\p{Nd}$/u.test(left[before] ?? ''); before--) {
    if (left[before] !== '0') return '1';
  }
  return '';
}

function digitsFrom(characters: readonly string[], at: number): string {
  return DIGITS.exec(characters.slice(at).join(''))?.[0] ?? '';
}
