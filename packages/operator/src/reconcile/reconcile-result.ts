/** What a reconcile may answer, and the error that says that trying again is of no use. */
export interface ReconcileResult {
  /** Milliseconds after which the key is reconciled again, whatever happens before. */
  readonly requeueAfter?: number;
  /** Priority of that next time; 0 when not given. */
  readonly priority?: number;
}

/** Thrown by a reconcile: the key is not tried again until something changes. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

/** Told by its name: an extension that was loaded into a bundled program has a class of its own. */
export function isTerminalError(error: unknown): error is TerminalError {
  return error instanceof Error && error.name === 'TerminalError';
}
