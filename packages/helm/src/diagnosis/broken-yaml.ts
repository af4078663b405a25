/** The documents of rendered files that are no YAML, with where they stand in the file. */
import { placeDocuments } from '../render/split-documents.ts';
import type { TextPlace } from '../yaml/places.ts';
import { readYaml, YamlError } from '../yaml/read.ts';

export interface BrokenDocument {
  readonly file: string;
  /** The document as helm reads it: without the white space around. */
  readonly text: string;
  /** Where it begins in the text of the file. */
  readonly start: number;
  readonly problem: YamlError;
}

export function brokenDocuments(file: string, stream: string): BrokenDocument[] {
  return placeDocuments(stream).flatMap(({ text, start }) => {
    const problem = problemOf(text);
    return problem === undefined ? [] : [{ file, text, start, problem }];
  });
}

function problemOf(text: string): YamlError | undefined {
  try {
    readYaml(text);
    return undefined;
  } catch (error) {
    if (error instanceof YamlError) return error;
    throw error;
  }
}

/** The line that is to be shown for a problem, within the document. */
export function problemPlace({ text, problem }: BrokenDocument): TextPlace | undefined {
  if (problem.place === undefined) return undefined;
  const lines = text.split('\n');
  let { line, column } = problem.place;
  // A problem that shows at the end of the text, or on an empty line, is one of the last line before it.
  while (line > 1 && (line > lines.length || (lines[line - 1] ?? '').trim() === '')) {
    line--;
    column = (lines[line - 1] ?? '').length + 1;
  }
  return { line, column };
}
