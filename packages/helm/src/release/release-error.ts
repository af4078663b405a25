/** What keeping and finding releases fails with; texts are helm's where helm has any. */
export type ReleaseErrorReason =
  /** There is no such release, or no such revision. */
  | 'NotFound'
  | 'AlreadyExists'
  /** The stored object can't be read as a release. */
  | 'Damaged'
  | 'NoDeployedReleases'
  /** Another operation on the release is under way. */
  | 'InProgress'
  | 'Invalid'
  /** The record doesn't fit into an object. */
  | 'TooLarge'
  /** What was to be done to the release failed. */
  | 'Failed';

export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';
  readonly reason: ReleaseErrorReason;

  constructor(reason: ReleaseErrorReason, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.reason = reason;
  }
}

export function isReleaseError(error: unknown, reason?: ReleaseErrorReason): error is ReleaseError {
  return error instanceof ReleaseError && (reason === undefined || error.reason === reason);
}

export const releaseNotFound = (): ReleaseError => new ReleaseError('NotFound', 'release: not found');
