/** A chart can't be had from where it should come from. The message is for the author of the release. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}
