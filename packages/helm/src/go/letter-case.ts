/** Go's unicode.ToUpper, ToLower and ToTitle: one character for one, where JavaScript makes two of some. */

export type LetterCase = 'upper' | 'lower' | 'title';

/** Letters that are two in one: large, title, small. */
const TWO_IN_ONE = ['Ǆǅǆ', 'Ǉǈǉ', 'Ǌǋǌ', 'Ǳǲǳ'];

/** The text with each character in this case. */
export function simpleCase(text: string, to: LetterCase): string {
  if (to !== 'title') {
    const mapped = to === 'upper' ? text.toUpperCase() : text.toLowerCase();
    // A capital sigma at the end of a word becomes another letter in JavaScript only.
    if (mapped.length === text.length && !text.includes('\u03a3')) return mapped;
  }
  return Array.from(text, (each) => simpleLetter(each, to)).join('');
}

function simpleLetter(letter: string, to: LetterCase): string {
  const group = TWO_IN_ONE.find((each) => each.includes(letter));
  if (group !== undefined) return group[to === 'upper' ? 0 : to === 'title' ? 1 : 2] ?? letter;
  if (letter === '\u0130' && to === 'lower') return 'i';
  const mapped = to === 'lower' ? letter.toLowerCase() : letter.toUpperCase();
  return Array.from(mapped).length === 1 ? mapped : letter;
}
