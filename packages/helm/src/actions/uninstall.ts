/** `helm uninstall`. */
import { errorText } from '@kindred/machinery';
import { isReleaseError, ReleaseError } from '../release/release-error.ts';
import { releaseNameProblem } from '../release/release-name.ts';
import type { Cascade } from '../resources/delete.ts';
import type { ActionContext } from './action-context.ts';
import { DEFAULT_TIMEOUT, type WaitSettings } from './action-options.ts';
import { serverVersion } from './capabilities.ts';
import { withDeadline } from './deadline.ts';
import { withLock } from './operation-lock.ts';
import { purge, type Uninstalled, uninstallRelease } from './uninstall-release.ts';

export interface UninstallOptions extends Omit<WaitSettings, 'waitForJobs'> {
  readonly name: string;
  readonly dryRun?: boolean | undefined;
  readonly ignoreNotFound?: boolean | undefined;
  readonly keepHistory?: boolean | undefined;
  readonly noHooks?: boolean | undefined;
  readonly cascade?: Cascade | undefined;
  readonly description?: string | undefined;
}

/** Undefined when there is no such release and `ignoreNotFound` is set. @throws ReleaseError */
export async function uninstall(context: ActionContext, options: UninstallOptions): Promise<Uninstalled | undefined> {
  const { name } = options;
  await serverVersion(context.client, context.signal);
  if (options.dryRun === true) return preview(context, options);
  if (releaseNameProblem(name) !== undefined) {
    throw new ReleaseError('Invalid', `uninstall: Release name is invalid: ${name}`);
  }
  const history = await loadHistory(context, name);
  if (history instanceof ReleaseError) {
    if (options.ignoreNotFound === true) return undefined;
    throw history;
  }
  const [newest] = history;
  if (newest?.info.status === 'uninstalled') {
    if (options.keepHistory === true) {
      throw new ReleaseError('Invalid', `the release named "${name}" is already deleted`);
    }
    await purge(context, history);
    return { release: newest, kept: [] };
  }
  const settings = {
    noHooks: options.noHooks ?? false,
    keepHistory: options.keepHistory ?? false,
    cascade: options.cascade ?? 'background',
    wait: options.wait ?? 'hookOnly',
    timeoutMilliseconds: options.timeoutMilliseconds ?? DEFAULT_TIMEOUT,
    description: options.description ?? '',
  };
  return withDeadline(context, options.deadlineMilliseconds, (limited) =>
    withLock(limited, name, (locked) => uninstallRelease(locked, history, settings)),
  );
}

async function loadHistory({ storage, signal }: ActionContext, name: string) {
  try {
    return await storage.history(name);
  } catch (error) {
    signal?.throwIfAborted();
    const text = `uninstall: Release not loaded: ${name}: ${errorText(error)}`;
    if (isReleaseError(error, 'NotFound')) return new ReleaseError('NotFound', text, { cause: error });
    throw new ReleaseError('Failed', text, { cause: error });
  }
}

async function preview(
  context: ActionContext,
  { name, ignoreNotFound }: UninstallOptions,
): Promise<Uninstalled | undefined> {
  try {
    return { release: await context.storage.last(name), kept: [] };
  } catch (error) {
    if (ignoreNotFound === true && isReleaseError(error, 'NotFound')) return undefined;
    throw error;
  }
}
