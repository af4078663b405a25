/**
 * Waits for the objects of a release as helm's `--wait` does: until they are ready, gone, or for a hook, done. Strategies:
 * `watcher` looks at every kind by kstatus, `hookOnly` waits for hooks alone, `legacy` goes by the rules of helm 3.
 */
import { getPath } from '@kindred/machinery';
import type { Cluster } from '../cluster.ts';
import type { Resource } from '../resource.ts';
import { ResourceError } from '../resource-error.ts';
import type { StatusRule } from '../status/object-status.ts';
import { hookStatus, statusOf, statusWithJobs } from '../status/status-rules.ts';
import { legacyHookStatus, legacyStatus } from './legacy-status.ts';
import { reportTroubles } from './troubles.ts';
import { type Watched, type WatchResult, watchStatuses } from './watch-statuses.ts';

/** Values of `--wait`. */
export type WaitStrategy = 'watcher' | 'hookOnly' | 'legacy';

export interface WaitOptions {
  readonly strategy: WaitStrategy;
  readonly timeoutMilliseconds: number;
  /** Jobs must have ended. */
  readonly jobs?: boolean | undefined;
}

const DEADLINE = 'context deadline exceeded';
const LEGACY_DEADLINE = 'timed out waiting for the condition';

/**
 * Waits until all objects are ready. Deployments that are paused aren't waited for; an object that failed doesn't end the
 * wait for the others.
 *
 * @throws ResourceError naming each object that isn't ready, and the deadline when that was what ended the wait
 */
export async function waitForReady(
  cluster: Cluster,
  resources: readonly Resource[],
  { strategy, timeoutMilliseconds, jobs = false }: WaitOptions,
): Promise<void> {
  if (strategy === 'hookOnly') return;
  if (strategy === 'legacy') {
    const rule = legacyStatus({ jobs });
    const result = await watchStatuses(cluster, resources, { rule, until: ['Current'], timeoutMilliseconds });
    return throwUnlessReady(cluster, result, () => DEADLINE);
  }
  const usual = jobs ? statusWithJobs : statusOf;
  const rule: StatusRule = (object, now) => cluster.healthRule?.(object) ?? usual(object, now);
  const waited = resources.filter((resource) => !isPaused(resource));
  const result = await watchStatuses(cluster, waited, { rule, until: ['Current', 'Failed'], timeoutMilliseconds });
  await throwUnlessReady(cluster, result, notReadyText);
}

/**
 * Waits for the objects of a hook: jobs and pods until they have ended well, others not at all.
 *
 * @throws ResourceError as `waitForReady`
 */
export async function waitForHook(
  cluster: Cluster,
  resources: readonly Resource[],
  { strategy, timeoutMilliseconds }: WaitOptions,
): Promise<void> {
  const isLegacy = strategy === 'legacy';
  const watched = isLegacy ? resources.filter(runsToEnd) : resources;
  const rule = isLegacy ? legacyHookStatus : hookStatus;
  const result = await watchStatuses(cluster, watched, { rule, until: ['Current', 'Failed'], timeoutMilliseconds });
  await throwUnlessReady(cluster, result, isLegacy ? legacyHookText : notReadyText);
}

/**
 * Waits until all objects are gone.
 *
 * @throws ResourceError naming each object that is still there
 */
export async function waitForDeletion(
  cluster: Cluster,
  resources: readonly Resource[],
  { strategy, timeoutMilliseconds }: WaitOptions,
): Promise<void> {
  if (strategy === 'hookOnly') return;
  const options = { rule: statusOf, until: ['NotFound'] as const, timeoutMilliseconds };
  const { statuses, timedOut } = await watchStatuses(cluster, resources, options);
  if (!timedOut) return;
  const left = statuses.filter(({ status }) => status.status !== 'NotFound');
  const texts = strategy === 'legacy' ? [] : left.map((each) => `${described(each)} still exists. ${statusText(each)}`);
  throw new ResourceError([...texts, DEADLINE].join('\n'));
}

/** The message about objects that aren't ready. */
type Describe = (left: readonly Watched[], timedOut: boolean) => string;

async function throwUnlessReady(
  cluster: Cluster,
  { statuses, timedOut }: WatchResult,
  describe: Describe,
): Promise<void> {
  const left = statuses.filter(({ status }) => status.status !== 'Current');
  if (left.length === 0) return;
  await reportTroubles(cluster, left);
  throw new ResourceError(describe(left, timedOut));
}

const notReadyText: Describe = (left, timedOut) => {
  const texts = left.map((watched) => `${described(watched)} not ready. ${statusText(watched)}`);
  return [...texts, ...(timedOut ? [DEADLINE] : [])].join('\n');
};

/** Helm 3 names what failed first, and nothing when time is over. */
const legacyHookText: Describe = (left) =>
  left.find(({ status }) => status.status === 'Failed')?.status.message ?? LEGACY_DEADLINE;

function described({ resource: { kind, namespace, name } }: Watched): string {
  return `resource ${kind.kind}/${namespace}/${name}`;
}

function statusText({ status: { status, message } }: Watched): string {
  return `status: ${status}, message: ${message}`;
}

function isPaused({ kind, object }: Resource): boolean {
  return kind.group === 'apps' && kind.kind === 'Deployment' && getPath(object, 'spec.paused') === true;
}

function runsToEnd({ kind }: Resource): boolean {
  return (kind.group === '' && kind.kind === 'Pod') || (kind.group === 'batch' && kind.kind === 'Job');
}
