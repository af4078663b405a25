/** An operation that failed: who may still write its record, and with which context what it left is cleaned up. */
import { errorText } from '@kindred/machinery';
import type { OperationRecord } from '../release/operation-record.ts';
import type { Release } from '../release/release.ts';
import { ReleaseError } from '../release/release-error.ts';
import type { ActionContext } from './action-context.ts';
import { isLockLost } from './operation-lock.ts';

/**
 * The context for cleaning up: what stopped the operation doesn't stop that.
 *
 * @throws what ended the operation, when the release belongs to somebody else now
 */
export function cleanupContext(context: ActionContext): ActionContext {
  const { signal } = context;
  if (signal?.aborted === true && isLockLost(signal.reason)) throw signal.reason;
  return { ...context, signal: undefined };
}

/** Records that the operation failed. A record that can't be written is only warned of: the failure itself matters more. */
export async function recordFailure(
  context: ActionContext,
  record: OperationRecord,
  description: string,
): Promise<Release> {
  await record.finish({ status: 'failed', description }).catch((failure: unknown) => {
    const message = `failed to update release ${record.release.name}: ${errorText(failure)}`;
    context.report({ type: 'warning', message });
  });
  return record.release;
}

/** The failure of an operation, with the release as it is left. */
export class OperationError extends ReleaseError {
  readonly release: Release;

  constructor(release: Release, message: string, cause: unknown) {
    super('Failed', message, { cause });
    this.release = release;
  }
}
