/** What actions fail with, as answers of an API server: who may not, what is in the way, what went wrong. */
import {
  badRequest,
  conflict,
  errorText,
  failure,
  forbidden,
  internalError,
  isStatusError,
  notFound,
  type StatusError,
} from '@kindred/machinery';
import { isReleaseError } from '../../release/release-error.ts';
import { Release } from '../kinds/release.ts';

export const RELEASES = { group: Release.group, resource: Release.plural };

/** The answer for a release of this name. */
export function actionFailure(name: string, error: unknown): StatusError {
  const text = errorText(error);
  const refusal = refusalIn(error);
  // Helm's words for what failed may leave out why.
  if (refusal !== undefined) return forbidden(RELEASES, name, text.includes(refusal) ? text : `${text}: ${refusal}`);
  if (isStatusError(error)) return error;
  if (!isReleaseError(error)) return internalError(text);
  switch (error.reason) {
    case 'NotFound':
      return notFound(RELEASES, name);
    case 'InProgress':
    case 'AlreadyExists':
    case 'Damaged':
    case 'NoDeployedReleases':
      return conflict(RELEASES, name, text);
    case 'Invalid':
      return badRequest(text);
    case 'TooLarge':
      return failure('RequestEntityTooLarge', text);
    case 'Failed':
      return internalError(text);
  }
}

/** Of all that led to an error, what somebody may not do. */
function refusalIn(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isStatusError(cause, 'Forbidden')) return cause.message;
  }
  return undefined;
}
