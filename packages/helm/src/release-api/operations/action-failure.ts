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
  const refusal = causeOf(error, (cause) => isStatusError(cause, 'Forbidden'));
  if (refusal !== undefined) return forbidden(RELEASES, name, text);
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

function causeOf(error: unknown, isWanted: (error: unknown) => boolean): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (isWanted(cause)) return cause;
  return undefined;
}
