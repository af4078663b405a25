/**
 * What install, upgrade and rollback have in common once their record is stored: hooks, objects, waiting, hooks. Each step
 * that is done is noted, so that another process can go on.
 */
import { errorText } from '@kindred/machinery';
import type { HookHost } from '../hooks/hook-host.ts';
import { runHooks } from '../hooks/run-hooks.ts';
import type { OperationKind, OperationSettings } from '../release/journal.ts';
import type { OperationRecord } from '../release/operation-record.ts';
import type { Release } from '../release/release.ts';
import { ReleaseError } from '../release/release-error.ts';
import { buildResources } from '../resources/build.ts';
import type { Cluster } from '../resources/cluster.ts';
import type { ConflictPolicy } from '../resources/conflicts/conflict-policy.ts';
import { conflictResolver, planConflicts } from '../resources/conflicts/preflight.ts';
import { type DeployOrder, deployOrder } from '../resources/order/deploy-order.ts';
import { adoptExisting, markOwned } from '../resources/ownership.ts';
import { difference, type Resource } from '../resources/resource.ts';
import { ResourceError } from '../resources/resource-error.ts';
import { waitForReady } from '../resources/wait/wait.ts';
import type { WriteMode } from '../resources/write-mode.ts';
import { type ActionContext, clusterOf, timestamp } from './action-context.ts';
import { WaveError, writeAll, writeInOrder } from './apply-change.ts';

/** The objects that are there, and those that should be. */
export interface Change {
  readonly originals: readonly Resource[];
  readonly targets: readonly Resource[];
  /** How the targets are written, when they ask for an order. */
  readonly order: DeployOrder | undefined;
}

export interface Deployment {
  readonly kind: OperationKind;
  readonly record: OperationRecord;
  readonly settings: OperationSettings;
  readonly change: Change;
}

/** What a deployment failed with, and what it had created until then. */
export class DeployError extends Error {
  override readonly name = 'DeployError';
  readonly step: 'hooks' | 'apply' | 'wait';
  readonly created: readonly Resource[];

  constructor(step: DeployError['step'], message: string, cause: unknown, created: readonly Resource[]) {
    super(message, { cause });
    this.step = step;
    this.created = created;
  }
}

/** How each kind of operation words the failure of a hook. */
const HOOK_FAILURE: Readonly<Record<OperationKind, (event: string, text: string) => string>> = {
  install: (event, text) => `failed ${event}: ${text}`,
  upgrade: (event, text) => `${event} hooks failed: ${text}`,
  rollback: (_event, text) => text,
};

const CURRENT = 'unable to build kubernetes objects from current release manifest';

/** What is said of a new manifest that can't be built. An upgrade looks at it once before, and says no more than why. */
const NEW_MANIFEST: Readonly<Record<OperationKind, string>> = {
  install: 'unable to build kubernetes objects from release manifest',
  upgrade: '',
  rollback: 'unable to build kubernetes objects from new release manifest',
};

export interface PrepareOptions {
  readonly bases: readonly Release[];
  readonly takeOwnership: boolean;
  readonly strict: boolean;
  /** Conflicts that it doesn't allow are an error here already, before hooks run. */
  readonly onConflict?: ConflictPolicy | undefined;
}

/** Builds what is there and what should be. @throws ReleaseError, ResourceError in helm's words; nothing is changed */
export async function prepareChange(
  context: ActionContext,
  kind: OperationKind,
  release: Release,
  options: PrepareOptions,
): Promise<Change> {
  const cluster = clusterOf(context);
  const build = async (manifest: string, text: string): Promise<Resource[]> => {
    // What was written once need not be valid any more to be changed or deleted.
    const validate = text !== CURRENT && kind !== 'rollback' && options.strict;
    return buildResources(cluster, manifest, { validate }).catch((error: unknown) => rethrow(context, text, error));
  };
  const [base, ...interrupted] = options.bases;
  const built = await build(release.manifest, NEW_MANIFEST[kind]);
  const originals = base === undefined ? [] : await build(base.manifest, CURRENT);
  const targets = markOwned(built, release);
  const order = orderOf(context, kind, targets);
  if (kind !== 'rollback') {
    const unknown = difference(targets, originals);
    const existing = await adoptExisting(cluster, unknown, release, { takeOwnership: options.takeOwnership }).catch(
      (error: unknown) =>
        rethrow(context, `unable to continue with ${kind === 'install' ? 'install' : 'update'}`, error),
    );
    originals.push(...existing);
  }
  for (const { manifest } of interrupted) {
    // A rollback adopts nothing: what it finds again is known from the revision that is deployed, if not from the newest.
    const known = kind === 'rollback' ? originals : [...originals, ...targets];
    originals.push(...difference(await build(manifest, CURRENT), known));
  }
  const { onConflict } = options;
  if (onConflict !== undefined) {
    const what = `unable to continue with ${kind === 'upgrade' ? 'update' : kind}`;
    await planConflicts(cluster, targets, onConflict).catch((error: unknown) => rethrow(context, what, error));
  }
  return { originals, targets, order };
}

function orderOf(context: ActionContext, kind: OperationKind, targets: readonly Resource[]): DeployOrder | undefined {
  try {
    const order = deployOrder(targets);
    for (const message of order?.unmet ?? []) context.report({ type: 'warning', message });
    return order;
  } catch (error) {
    return rethrow(context, `unable to continue with ${kind === 'upgrade' ? 'update' : kind}`, error);
  }
}

function rethrow({ signal }: ActionContext, what: string, error: unknown): never {
  signal?.throwIfAborted();
  const text = what === '' ? errorText(error) : `${what}: ${errorText(error)}`;
  throw new ReleaseError('Failed', text, { cause: error });
}

/** @throws DeployError; the record is as far as it got, and not saved */
export async function deploy(context: ActionContext, { kind, record, settings, change }: Deployment): Promise<void> {
  const hooks = async (event: string, created: readonly Resource[]): Promise<void> => {
    if (settings.noHooks) return;
    try {
      await runHooks(hookHost(context, record, settings), event);
    } catch (error) {
      throw new DeployError('hooks', HOOK_FAILURE[kind](event, errorText(error)), error, created);
    }
  };
  await hooks(`pre-${kind}`, []);
  const created = record.isDone('apply') ? [] : await apply(context, { kind, record, settings, change });
  if (settings.wait !== 'hookOnly' && !record.isDone('wait')) {
    // Waiting may take long: what was applied until now is noted first.
    await record.note();
    await wait(context, { kind, record, settings, change }, created);
  }
  await hooks(`post-${kind}`, created);
}

async function apply(
  context: ActionContext,
  { kind, record, settings, change }: Deployment,
): Promise<readonly Resource[]> {
  const { originals, targets, order } = change;
  const cluster = clusterOf(context);
  context.report({ type: 'phase', phase: 'apply', detail: `${targets.length} objects` });
  const { serverSide, forceConflicts, forceReplace, upgradeFieldManager } = settings;
  try {
    const { written, ...conflicts } = await decideConflicts(cluster, targets, settings);
    const mode = { serverSide, forceConflicts, ...conflicts, forceReplace, upgradeFieldManager };
    const isFirst = kind === 'install' && originals.length === 0;
    const work = { isFirst, originals, targets: written, mode };
    const { wait: strategy, timeoutMilliseconds } = settings;
    const created =
      order === undefined
        ? await writeAll(cluster, work)
        : await writeInOrder(cluster, order, { ...work, wait: { strategy, timeoutMilliseconds } });
    record.done('apply');
    return created;
  } catch (error) {
    context.signal?.throwIfAborted();
    if (error instanceof WaveError) throw new DeployError('wait', error.message, error, error.created);
    const created = error instanceof ResourceError ? error.changes.created : [];
    throw new DeployError('apply', errorText(error), error, created);
  }
}

/** The objects without the fields that are left to others, and how those are written that others own fields of. */
async function decideConflicts(
  cluster: Cluster,
  targets: readonly Resource[],
  { onConflict }: OperationSettings,
): Promise<{ readonly written: readonly Resource[] } & Pick<WriteMode, 'forced' | 'resolveConflict'>> {
  if (onConflict === undefined) return { written: targets, resolveConflict: conflictResolver(cluster, targets) };
  const plan = await planConflicts(cluster, targets, onConflict);
  for (const { resource, conflicts } of plan.conflicts) {
    for (const { path, owner, decision, because } of conflicts) {
      cluster.report?.({ type: 'conflict', resource, path, owner, decision, because });
    }
  }
  return { written: plan.targets, forced: plan.forced };
}

async function wait(
  context: ActionContext,
  { record, settings, change }: Deployment,
  created: readonly Resource[],
): Promise<void> {
  const { wait: strategy, timeoutMilliseconds, waitForJobs: jobs } = settings;
  context.report({ type: 'phase', phase: 'wait', detail: `${change.targets.length} objects` });
  try {
    await waitForReady(clusterOf(context), change.targets, { strategy, timeoutMilliseconds, jobs });
    record.done('wait');
  } catch (error) {
    throw new DeployError('wait', errorText(error), error, created);
  }
}

/** What running hooks needs, from the context. */
export function hookHost(
  context: ActionContext,
  record: OperationRecord,
  settings: Pick<OperationSettings, 'serverSide' | 'wait' | 'timeoutMilliseconds'>,
): HookHost {
  return {
    cluster: clusterOf(context),
    record,
    serverSide: settings.serverSide,
    strategy: settings.wait,
    timeoutMilliseconds: settings.timeoutMilliseconds,
    now: () => timestamp(context),
    tell: (event, hook, state) => context.report({ type: 'hook', event, hook, state }),
    log: (log) => context.report({ type: 'hook-log', ...log }),
    warn: (message) => context.report({ type: 'warning', message }),
  };
}
