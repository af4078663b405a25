/** The options of an action, complete, as its journal keeps them. */
import type { OperationSettings } from '../release/journal.ts';
import { DEFAULT_TIMEOUT, type OperationOptions, type WriteSettings } from './action-options.ts';

interface Options extends OperationOptions, WriteSettings {
  readonly takeOwnership?: boolean | undefined;
  readonly rollbackOnFailure?: boolean | undefined;
  readonly cleanupOnFail?: boolean | undefined;
  readonly disableOpenApiValidation?: boolean | undefined;
}

export function settingsOf(
  options: Options,
  { serverSide, upgradeFieldManager }: Pick<OperationSettings, 'serverSide' | 'upgradeFieldManager'>,
): OperationSettings {
  const rollbackOnFailure = options.rollbackOnFailure ?? false;
  const wait = options.wait ?? 'hookOnly';
  return {
    serverSide,
    upgradeFieldManager,
    forceConflicts: options.forceConflicts ?? false,
    forceReplace: options.forceReplace ?? false,
    strict: !(options.disableOpenApiValidation ?? false),
    takeOwnership: options.takeOwnership ?? false,
    ...(serverSide && options.onConflict !== undefined ? { onConflict: options.onConflict } : {}),
    // Whether it failed is only known after waiting.
    wait: wait === 'hookOnly' && rollbackOnFailure ? 'watcher' : wait,
    waitForJobs: options.waitForJobs ?? false,
    timeoutMilliseconds: options.timeoutMilliseconds ?? DEFAULT_TIMEOUT,
    noHooks: options.noHooks ?? false,
    rollbackOnFailure,
    cleanupOnFail: options.cleanupOnFail ?? false,
    description: options.description ?? '',
  };
}
