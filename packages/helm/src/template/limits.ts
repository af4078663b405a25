/** Bounds on what a template may do, so that no chart can hang or exhaust the process that renders it. */
export interface Limits {
  /** Characters that one render may produce, included texts counted each time. */
  readonly outputCharacters: number;
  /** Nodes that one render may evaluate. */
  readonly steps: number;
  /** Templates that may be active inside each other. */
  readonly depth: number;
}

export const DEFAULT_LIMITS: Limits = { outputCharacters: 256 * 1024 * 1024, steps: 500_000_000, depth: 200_000 };

/** A bound was reached; the message says which. */
export class LimitError extends Error {
  override readonly name = 'LimitError';
}

/** Counts down while a render goes on. One for each render. */
export interface Budget {
  steps: number;
  output: number;
  depth: number;
}

export function newBudget(limits: Limits): Budget {
  return { steps: limits.steps, output: limits.outputCharacters, depth: limits.depth };
}

/**
 * True when the stack of the machine ended. Does next to nothing itself: where that happens there is no room to work, and
 * what fails here is tried again by the caller, who has more.
 */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof Error && error.message.endsWith('Maximum call stack size exceeded');
}
