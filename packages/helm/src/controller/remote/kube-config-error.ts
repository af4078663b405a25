/** The cluster that a release goes to can't be had or reached. The message is for the author of the release. */
export class KubeConfigError extends Error {
  override readonly name = 'KubeConfigError';
}
