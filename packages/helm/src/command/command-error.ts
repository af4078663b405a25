/** Something is wrong with an invocation, or with what it was told to use: the user is shown the message, no stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** A line below the message, such as where to find help. */
  readonly advice: string | undefined;

  constructor(message: string, options: { readonly cause?: unknown; readonly advice?: string } = {}) {
    super(message, { cause: options.cause });
    this.advice = options.advice;
  }
}
