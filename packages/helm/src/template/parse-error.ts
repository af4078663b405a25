/** What is wrong with the syntax of a template, in Go's words: `template: file:line: message`. */
export class TemplateParseError extends Error {
  override readonly name = 'TemplateParseError';
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The message without the place. */
  readonly reason: string;

  constructor(file: string, line: number, reason: string) {
    super(`template: ${file}:${line}: ${reason}`);
    this.file = file;
    this.line = line;
    this.reason = reason;
  }
}
