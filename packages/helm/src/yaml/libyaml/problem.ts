/** What helm says of a text that is no YAML: the words of go-yaml, which are those of libyaml. */
import { toBytes } from '../../go/bytes.ts';
import type { TextPlace } from '../places.ts';
import { FORBIDDEN, hasForbidden } from './characters.ts';
import { checkDocument } from './parser.ts';
import { LibyamlProblem } from './token.ts';

export type GoYamlResult =
  /** `line 3: did not find expected key`, and where that was found. */
  | { readonly problem: string; readonly place: TextPlace }
  /** The first document, which is all that go-yaml reads. */
  | { readonly document: string };

export function checkGoYaml(text: string): GoYamlResult {
  if (hasForbidden(text)) return { problem: characterProblem(text), place: { line: 1, column: 1 } };
  try {
    const end = checkDocument(text);
    return { document: Array.from(text).slice(0, end).join('') };
  } catch (error) {
    if (!(error instanceof LibyamlProblem)) throw error;
    const { line, message, mark } = error;
    return {
      problem: line === undefined ? message : `line ${line}: ${message}`,
      place: { line: mark.line + 1, column: mark.column + 1 },
    };
  }
}

/** What go-yaml says of the first character that may not stand in YAML: bytes that are no UTF-8 have messages of their own. */
function characterProblem(text: string): string {
  const at = text.search(FORBIDDEN);
  if (!isLooseByte(text[at])) return 'control characters are not allowed';
  const bytes = toBytes(text.slice(at, at + 4));
  const lead = bytes[0] ?? 0;
  const width = lead >= 0xf8 || lead < 0xc0 ? 0 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (width === 0) return 'invalid leading UTF-8 octet';
  if (width > bytes.length) return 'incomplete UTF-8 octet sequence';
  const trailing = bytes.subarray(1, width);
  if (trailing.some((byte) => byte >> 6 !== 2)) return 'invalid trailing UTF-8 octet';
  const code = trailing.reduce((value, byte) => (value << 6) | (byte & 0x3f), lead & (0x7f >> width));
  const isLong = (width === 2 && code < 0x80) || (width === 3 && code < 0x800) || (width === 4 && code < 0x10000);
  return isLong ? 'invalid length of a UTF-8 sequence' : 'invalid Unicode character';
}

/** A byte that is no character stands as a surrogate alone. */
function isLooseByte(unit: string | undefined): boolean {
  return unit !== undefined && unit >= '\udc80' && unit <= '\udcff';
}
