/** Which way a release is written: by server-side apply or from the client. */

import type { Release } from '../release/release.ts';
import { ReleaseError } from '../release/release-error.ts';
import type { ServerSide } from './action-options.ts';

/** `auto` goes by how a revision was written. @throws ReleaseError for what is no such option */
export function isServerSide(option: ServerSide | undefined, { applyMethod }: Release): boolean {
  switch (option ?? 'auto') {
    case 'auto':
      return applyMethod === 'ssa';
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      throw new ReleaseError('Invalid', `invalid/unknown release server-side apply method: ${String(option)}`);
  }
}
