/** Names of releases, and of the objects that they are stored in. */
import { goQuote } from '@kindred/machinery';
import { ReleaseError } from './release-error.ts';

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const MAX_LENGTH = 53;
const PREFIX = 'sh.helm.release.v1';

/** What is wrong with a name of a release; undefined when nothing is. */
export function releaseNameProblem(name: string): string | undefined {
  if (name === '') return 'no name provided';
  if (name.length <= MAX_LENGTH && NAME.test(name)) return undefined;
  return `invalid release name, must match regex ${NAME.source} and the length must not be longer than ${MAX_LENGTH}`;
}

/** @throws ReleaseError */
export function checkReleaseName(name: string): void {
  const problem = releaseNameProblem(name);
  if (problem !== undefined) throw new ReleaseError('Invalid', `release name ${goQuote(name)}: ${problem}`);
}

/** `sh.helm.release.v1.web.v3` */
export function releaseKey(name: string, revision: number): string {
  return `${PREFIX}.${name}.v${revision}`;
}
