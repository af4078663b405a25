/** What helm says of a text that is no YAML: the words of go-yaml, which are those of libyaml. */
import type { TextPlace } from '../places.ts';
import { hasForbidden } from './characters.ts';
import { checkDocument } from './parser.ts';
import { LibyamlProblem } from './token.ts';

export type GoYamlResult =
  /** `line 3: did not find expected key`, and where that was found. */
  | { readonly problem: string; readonly place: TextPlace }
  /** The first document, which is all that go-yaml reads. */
  | { readonly document: string };

export function checkGoYaml(text: string): GoYamlResult {
  if (hasForbidden(text)) {
    return { problem: 'control characters are not allowed', place: { line: 1, column: 1 } };
  }
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
