/**
 * Strings as Go's `strconv.Quote` (`%q`) prints them: the form that names and values have in Kubernetes' messages.
 */
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

// Go prints letters, marks, numbers, punctuation, symbols and the ASCII space as they are.
const TO_ESCAPE = /["\\]|(?! )[\p{Z}\p{C}]/gu;

/** `say "hi"` → `"say \"hi\""`. */
export function goQuote(text: string): string {
  return `"${text.replace(TO_ESCAPE, escapeCharacter)}"`;
}

function escapeCharacter(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}
