/** Tokens of YAML as libyaml cuts them, and its complaints. */

/** A place in the text; lines and columns from 0, as libyaml counts. */
export interface Mark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

export type TokenType =
  | 'stream-start'
  | 'stream-end'
  | 'directive'
  | 'document-start'
  | 'document-end'
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-mapping-start'
  | 'flow-mapping-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar';

export interface Token {
  readonly type: TokenType;
  readonly start: Mark;
  /** Name of an anchor or alias, handle of a tag, handle of a directive `%TAG`, name and version of `%YAML`. */
  readonly text: string;
}

/** What libyaml complains about. */
export class LibyamlProblem extends Error {
  override readonly name = 'LibyamlProblem';
  /** The line as go-yaml's messages name it; undefined when they name none. */
  readonly line: number | undefined;
  readonly mark: Mark;

  constructor(problem: string, mark: Mark, context: { readonly mark: Mark; readonly isScanner: boolean }) {
    super(problem);
    this.mark = mark;
    // go-yaml takes 0 for "unknown", and only corrects the line of what the scanner finds.
    if (mark.line !== 0) this.line = context.isScanner ? mark.line + 1 : mark.line;
    else this.line = context.mark.line === 0 ? undefined : context.mark.line;
  }
}
