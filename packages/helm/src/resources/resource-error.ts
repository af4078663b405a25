/** What working with the objects of a release fails with: helm's texts, and what was done before it failed. */
import type { Resource } from './resource.ts';

/** Which resources a call has changed. */
export interface ResourceChanges {
  readonly created: readonly Resource[];
  readonly updated: readonly Resource[];
  readonly deleted: readonly Resource[];
}

export const NO_CHANGES: ResourceChanges = { created: [], updated: [], deleted: [] };

export class ResourceError extends Error {
  override readonly name = 'ResourceError';
  /** What had been done, or at least tried, when it failed. */
  readonly changes: ResourceChanges;

  constructor(message: string, options: { readonly cause?: unknown; readonly changes?: ResourceChanges } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.changes = options.changes ?? NO_CHANGES;
  }
}

/** `<what>: <message of the error>`, as Go wraps errors. */
export function wrapped(what: string, error: unknown): ResourceError {
  return new ResourceError(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
