/**
 * Waits for the objects of a release as helm's `--wait` does: until they are ready, gone, or for a hook, done. Strategies:
 * `watcher` looks at every kind by kstatus, `hookOnly` waits for hooks alone, `legacy` goes by the rules of helm 3.
 */
import { getPath } from '@kindred/machinery';
import type { Cluster } from '../cluster.ts';
import type { Resource } from '../resource.ts';
import { ResourceError } from '../resource-error.ts';
import type { ObjectStatus } from '../status/object-status.ts';
import { hookStatus, statusOf, statusWithJobs } from '../status/status-rules.ts';
import { legacyStatus } from './legacy-status.ts';
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
  const rule = jobs ? statusWithJobs : statusOf;
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
  const watched = strategy === 'legacy' ? resources.filter(runsToEnd) : resources;
  const until: ObjectStatus['status'][] = ['Current', 'Failed'];
  const result = await watchStatuses(cluster, watched, { rule: hookStatus, until, timeoutMilliseconds });
  await throwUnlessReady(cluster, result, strategy === 'legacy' ? legacyHookText : notReadyText);
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

type Describe = (watched: Watched, timedOut: boolean) => string;

async function throwUnlessReady(
  cluster: Cluster,
  { statuses, timedOut }: WatchResult,
  describe: Describe,
): Promise<void> {
  const left = statuses.filter(({ status }) => status.status !== 'Current');
  if (left.length === 0) return;
  await reportTroubles(cluster, left);
  const texts = left.map((watched) => describe(watched, timedOut));
  throw new ResourceError([...new Set(timedOut ? [...texts, DEADLINE] : texts)].join('\n'));
}

const notReadyText: Describe = (watched) => `${described(watched)} not ready. ${statusText(watched)}`;

/** Helm 3 names what failed, and nothing but the deadline when time is over. */
const legacyHookText: Describe = ({ resource, status }, timedOut) => {
  if (status.status !== 'Failed') return timedOut ? DEADLINE : status.message;
  return resource.kind.kind === 'Job' ? `job ${resource.name} failed: ${status.message}` : status.message;
};

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
