/** `helm test`: runs the hooks of a release that are its tests, and notes how they ended. */
import { outputHookLogs } from '../hooks/hook-logs.ts';
import { hooksOf } from '../hooks/hook-order.ts';
import { runHooks } from '../hooks/run-hooks.ts';
import { OperationRecord } from '../release/operation-record.ts';
import type { Release } from '../release/release.ts';
import { ReleaseError } from '../release/release-error.ts';
import { releaseNameProblem } from '../release/release-name.ts';
import { buildResources } from '../resources/build.ts';
import { type ActionContext, clusterOf } from './action-context.ts';
import { DEFAULT_TIMEOUT } from './action-options.ts';
import { serverVersion } from './capabilities.ts';
import { hookHost } from './deploy.ts';
import { cleanupContext, OperationError } from './operation-failure.ts';

export interface TestOptions {
  readonly name: string;
  readonly timeoutMilliseconds?: number | undefined;
  /** Names of tests; all when empty or not given. */
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  /** Tells what the containers of the tests wrote. */
  readonly logs?: boolean | undefined;
}

/** @throws OperationError when a test fails, with the release and its hooks; ReleaseError NotFound */
export async function test(context: ActionContext, options: TestOptions): Promise<Release> {
  const { name } = options;
  await serverVersion(context.client, context.signal);
  if (releaseNameProblem(name) !== undefined) {
    throw new ReleaseError('Invalid', `releaseTest: Release name is invalid: ${name}`);
  }
  const release = await context.storage.last(name);
  const { chosen, skipped } = chooseHooks(release, options);
  const record = new OperationRecord(context.storage, { ...release, hooks: chosen });
  const timeoutMilliseconds = options.timeoutMilliseconds ?? DEFAULT_TIMEOUT;
  const host = hookHost(context, record, { serverSide: true, wait: 'watcher', timeoutMilliseconds });
  const failure = await runHooks(host, 'test').then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  const after = cleanupContext(context);
  const tested: Release = { ...record.release, hooks: [...skipped, ...record.release.hooks] };
  await after.storage.update(tested);
  if (options.logs === true) await outputTestLogs(after, tested, record);
  if (failure === undefined) return tested;
  const text = failure.error instanceof Error ? failure.error.message : String(failure.error);
  throw new OperationError(tested, text, failure.error);
}

/** Hooks that aren't run are kept, before those that are, as helm does. */
function chooseHooks(
  { hooks }: Release,
  { include = [], exclude = [] }: TestOptions,
): { readonly chosen: Release['hooks']; readonly skipped: Release['hooks'] } {
  const isChosen = ({ name }: Release['hooks'][number]): boolean =>
    !exclude.includes(name) && (include.length === 0 || include.includes(name));
  return { chosen: hooks.filter(isChosen), skipped: hooks.filter((hook) => !isChosen(hook)) };
}

async function outputTestLogs(context: ActionContext, release: Release, record: OperationRecord): Promise<void> {
  const host = hookHost(context, record, { serverSide: true, wait: 'watcher', timeoutMilliseconds: DEFAULT_TIMEOUT });
  for (const { hook } of hooksOf(record.release.hooks, 'test')) {
    if (hook.lastRun.startedAt === '') continue;
    const wanted = { ...hook, outputLogPolicies: ['hook-succeeded'] };
    for (const resource of await buildResources(clusterOf(context), hook.manifest)) {
      try {
        await outputHookLogs(host, wanted, resource, 'hook-succeeded');
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        throw new OperationError(release, `unable to get pod logs for ${hook.name}: ${text}`, error);
      }
    }
  }
}
