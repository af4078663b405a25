/** What is wrong with the syntax of a template, in Go's words: `template: file:line: message`. */
export class TemplateParseError extends Error {
  override readonly name = 'TemplateParseError';
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The message without the place. */
  readonly reason: string;
  /** Offset in the source of the piece that the parser looked at last; Go doesn't tell. */
  readonly position: number;

  constructor(file: string, line: number, reason: string, position = 0) {
    super(`template: ${file}:${line}: ${reason}`);
    this.file = file;
    this.line = line;
    this.reason = reason;
    this.position = position;
  }
}
