/**
 * Nobody is anonymous here: whoever shows no credentials gets 401, save for the paths that everybody may ask for.
 */
import type { Authenticator } from '@kindred/apiserver';
import { unauthorized } from '@kindred/machinery';
import { isOpenPath } from './access-review-authorizer.ts';

/** The last of the authenticators. */
export const knownUsersOnly: Authenticator = {
  name: 'known-users-only',
  authenticate({ path }) {
    if (isOpenPath(path)) return undefined;
    throw unauthorized();
  },
};
