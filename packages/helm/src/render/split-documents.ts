/**
 * A rendered file cut into documents, where helm 4.1 cuts it: at `---` that begins a line, whatever follows, with all white
 * space around. It reads each character once; the pattern that helm uses would take a long time here for long runs of blanks.
 */

/** A document and its offset in the stream. */
export interface PlacedDocument {
  readonly text: string;
  readonly start: number;
}

/** What Go's patterns take for `\s`. */
const PATTERN_SPACE = new Set('\t\n\f\r ');
const SEPARATOR = '---';

/** The documents of a stream, without the white space around them and without empty ones. */
export function splitDocuments(stream: string): string[] {
  return placeDocuments(stream).map(({ text }) => text);
}

/** The same with their offsets. */
export function placeDocuments(stream: string): PlacedDocument[] {
  const trimmed = stream.trim();
  const offset = stream.length - stream.trimStart().length;
  const documents: PlacedDocument[] = [];
  const add = (from: number, to: number): void => {
    const raw = trimmed.slice(from, to);
    if (raw !== '') documents.push({ text: raw.trim(), start: offset + from + raw.length - raw.trimStart().length });
  };
  let from = trimmed.startsWith(SEPARATOR) ? afterSpace(trimmed, SEPARATOR.length) : 0;
  for (let at = trimmed.indexOf(`\n${SEPARATOR}`, from); at >= 0; at = trimmed.indexOf(`\n${SEPARATOR}`, from)) {
    add(from, beforeSpace(trimmed, at, from));
    from = afterSpace(trimmed, at + 1 + SEPARATOR.length);
  }
  add(from, trimmed.length);
  return documents;
}

function afterSpace(text: string, at: number): number {
  let end = at;
  while (PATTERN_SPACE.has(text[end] ?? '')) end++;
  return end;
}

function beforeSpace(text: string, at: number, least: number): number {
  let start = at;
  while (start > least && PATTERN_SPACE.has(text[start - 1] ?? '')) start--;
  return start;
}
