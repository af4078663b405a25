/**
 * Errors about an expression's text, printed as cel-go prints them: place, message, the line, a caret below it.
 */

/** Where an error is and what it says. The offset counts UTF-16 units of the source. */
export interface SourceError {
  readonly offset: number;
  readonly message: string;
}

/** `ERROR: <input>:1:5: …` with the line and a caret for each, in the order of their places. */
export function formatSourceErrors(source: string, errors: readonly SourceError[]): string {
  return errors
    .map((error, order) => ({ error, order }))
    .sort((a, b) => a.error.offset - b.error.offset || a.order - b.order)
    .map(({ error }) => formatSourceError(source, error))
    .join('\n');
}

function formatSourceError(source: string, { offset, message }: SourceError): string {
  if (offset < 0) return `ERROR: <input>:-1:0: ${message}`;
  const before = source.slice(0, offset);
  const line = before.split('\n').length;
  const start = before.lastIndexOf('\n') + 1;
  // Columns count code points.
  const column = Array.from(before.slice(start)).length;
  const newline = source.indexOf('\n', offset);
  const text = source.slice(start, newline < 0 ? undefined : newline).replaceAll('\t', ' ');
  const dots = Array.from(before.slice(start))
    .map((character) => (isWide(character) ? '．' : '.'))
    .join('');
  const next = String.fromCodePoint(source.codePointAt(offset) ?? 0x20);
  return `ERROR: <input>:${line}:${column + 1}: ${message}\n | ${text}\n | ${dots}${isWide(next) ? '＾' : '^'}`;
}

/** Characters that fill two columns get a wide dot below them. */
function isWide(character: string): boolean {
  return (
    (character.codePointAt(0) ?? 0) > 0x7f &&
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]/u.test(
      character,
    )
  );
}
