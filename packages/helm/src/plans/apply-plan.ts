/** Does what a plan says, unless the release or its objects have changed since it was made. */
import { type ActionContext, clusterOf, timestamp } from '../actions/action-context.ts';
import { serverVersion } from '../actions/capabilities.ts';
import { sendCrds } from '../actions/crds.ts';
import { withDeadline } from '../actions/deadline.ts';
import { prepareChange } from '../actions/deploy.ts';
import { settleInterrupted } from '../actions/interrupted.ts';
import { newestRelease } from '../actions/newest-release.ts';
import { performOperation } from '../actions/operation.ts';
import { openGenerators } from '../actions/release-generators.ts';
import { decodeRecord } from '../release/record-encoding.ts';
import { isPending, type Release, withInfo } from '../release/release.ts';
import { ReleaseError } from '../release/release-error.ts';
import { clusterIdentity } from '../resources/cluster-identity.ts';
import { changesSince } from './live-objects.ts';
import type { ReleasePlan } from './release-plan.ts';

export interface ApplyPlanOptions {
  /** Objects may have changed; never the release. */
  readonly allowDrift?: boolean | undefined;
  readonly deadlineMilliseconds?: number | undefined;
}

/** @throws ReleaseError naming what has changed; OperationError with the revision that failed */
export function applyPlan(context: ActionContext, plan: ReleasePlan, options: ApplyPlanOptions = {}): Promise<Release> {
  return withDeadline(context, options.deadlineMilliseconds, (limited) => applyWithin(limited, plan, options));
}

async function applyWithin(context: ActionContext, plan: ReleasePlan, options: ApplyPlanOptions): Promise<Release> {
  await serverVersion(context.client, context.signal);
  const release = releaseOf(context, plan);
  const last = await newestRelease(context, plan.name);
  if (last !== undefined && isPending(last) && isMadeBy(last, release)) {
    // This very plan, interrupted.
    return settleInterrupted(context, last, { policy: 'resume', isWanted: () => Promise.resolve(true) });
  }
  await checkPlan(context, plan, options);
  const { kind, settings } = plan;
  const { serverSide, takeOwnership, strict, onConflict } = settings;
  const { policy, files } = plan.crds;
  await sendCrds(context, files, { policy, isInstall: kind === 'install', serverSide });
  const bases = await Promise.all(plan.bases.map((revision) => context.storage.get(plan.name, revision)));
  const change = await prepareChange(context, kind, release, { bases, takeOwnership, strict, onConflict });
  return performOperation(context, {
    kind,
    release,
    recordedChart: () => release.chart,
    crds: () => files,
    settings,
    bases,
    replaced: kind === 'install' ? last : undefined,
    change,
    historyMax: plan.historyMax,
    createNamespace: plan.createNamespace,
    generators: await generatorsOf(context, plan),
  });
}

/** @throws ReleaseError saying what has changed since the plan was made */
export async function checkPlan(
  context: ActionContext,
  plan: ReleasePlan,
  { allowDrift = false }: ApplyPlanOptions = {},
): Promise<void> {
  const cluster = clusterOf(context);
  const identity = await clusterIdentity(cluster);
  if (plan.cluster !== '' && identity !== '' && plan.cluster !== identity) {
    throw new ReleaseError('Invalid', 'the plan was made for another cluster');
  }
  const last = await newestRelease(context, plan.name);
  const [before, now] = [
    described(plan.base),
    described(last && { revision: last.revision, status: last.info.status }),
  ];
  if (before !== now) {
    throw new ReleaseError(
      'Failed',
      `the release has moved on: ${plan.name} was ${before} when the plan was made and is ${now} now; make a new plan`,
    );
  }
  if (allowDrift) return;
  const changes = await changesSince(cluster, plan.objects);
  if (changes.length === 0) return;
  const lines = changes.map((each) => `  ${each}`).join('\n');
  throw new ReleaseError(
    'Failed',
    `objects have changed since the plan was made:\n${lines}\nmake a new plan, or apply this one nevertheless with --allow-drift`,
  );
}

function described(base: ReleasePlan['base']): string {
  return base === undefined ? 'not installed' : `at revision ${base.revision} (${base.status})`;
}

function releaseOf(context: ActionContext, plan: ReleasePlan): Release {
  const release = { ...decodeRecord(plan.record), labels: plan.labels };
  const now = timestamp(context);
  const first = plan.kind === 'install' ? { firstDeployed: now } : {};
  return withInfo(release, { lastDeployed: now, ...first });
}

function isMadeBy(last: Release, planned: Release): boolean {
  return last.revision === planned.revision && last.manifest === planned.manifest;
}

/** What the plan generated is what will be kept. */
async function generatorsOf(context: ActionContext, { name, generated }: ReleasePlan) {
  if (generated === undefined) return undefined;
  const generators = await openGenerators(context, name);
  for (const [key, value] of Object.entries(generated)) generators?.memory.keep(key, value);
  return generators;
}
