/** Makes a plan: prepares an install or upgrade as it would be done, and looks at everything that it would change. */
import { createHash } from 'node:crypto';
import { type ActionContext, clusterOf, timestamp } from '../actions/action-context.ts';
import type { CrdsPolicy } from '../actions/action-options.ts';
import { discoverCapabilities } from '../actions/capabilities.ts';
import { type InstallOptions, prepareInstall } from '../actions/install.ts';
import { newestRelease } from '../actions/newest-release.ts';
import type { Operation } from '../actions/operation.ts';
import { prepareUpgrade, type UpgradeOptions } from '../actions/upgrade.ts';
import { diffCrds, diffLive } from '../diff/live-diff.ts';
import type { ReleaseDiff } from '../diff/object-diff.ts';
import { encodeGoJson } from '../go/json.ts';
import { encodeRecord } from '../release/record-encoding.ts';
import { isPending, type Release } from '../release/release.ts';
import { ReleaseError } from '../release/release-error.ts';
import { crdManifests, enabledChart } from '../render/render-chart.ts';
import type { Cluster } from '../resources/cluster.ts';
import { clusterIdentity } from '../resources/cluster-identity.ts';
import type { ConflictPolicy } from '../resources/conflicts/conflict-policy.ts';
import { planCrds } from '../resources/crds/apply-crds.ts';
import { definedKinds } from '../resources/crds/defined-kinds.ts';
import { difference } from '../resources/resource.ts';
import { lookAt, namespaceIsThere } from './live-objects.ts';
import { planSteps } from './plan-steps.ts';
import type { ReleasePlan } from './release-plan.ts';

export interface PlanOptions extends Omit<InstallOptions, 'dryRun' | 'serverSide' | 'replace'>, UpgradeOptions {
  readonly dryRun?: undefined;
  /** Shows values of Secrets in the differences. */
  readonly showSecrets?: boolean | undefined;
  /** Lines around a difference; 3 when not given. */
  readonly contextLines?: number | undefined;
}

/**
 * An upgrade, or an install when there is no such release or it was uninstalled. Nothing is written.
 *
 * @throws ChartError, RenderError, ReleaseError; ResourceError naming the object that the cluster refuses
 */
export async function makePlan(given: ActionContext, options: PlanOptions): Promise<ReleasePlan> {
  const last = await newestRelease(given, options.name);
  if (last !== undefined && isPending(last)) {
    throw new ReleaseError(
      'InProgress',
      `release ${last.name} is ${last.info.status}: nothing can be planned before that is over`,
    );
  }
  const isInstall = last === undefined || last.info.status === 'uninstalled';
  const { context, isMissing } = await withDefinitions(given, options, isInstall);
  const operation = await prepare(context, options, isInstall ? { replaced: last } : undefined);
  const cluster = clusterOf(context);
  const { targets, originals } = operation.change;
  const createsNamespace = operation.createNamespace && !(await namespaceIsThere(cluster, context.namespace));
  const { showSecrets = false, contextLines: around = 3 } = options;
  const diffOptions = { namespace: context.namespace, showSecrets, context: around };
  const diff = await diffLive(cluster, targets, {
    ...diffOptions,
    originals,
    ...conflictPolicy(options, operation),
    isUntried: ({ kind, namespace }) => isMissing(kind) || (createsNamespace && namespace === context.namespace),
  });
  const crds = await plannedCrds(cluster, operation, options.crds);
  const crdDiff =
    crds.files.length === 0 ? NO_DIFF : await diffCrds(cluster, crds.files, { ...diffOptions, namespace: '' });
  const definitions = (await planCrds(cluster, crds.files, 'update')).map(({ resource }) => resource);
  return {
    ...described(context, operation),
    cluster: await clusterIdentity(cluster),
    base: last === undefined ? undefined : { revision: last.revision, status: last.info.status },
    inputs: inputsOf(options, operation.release),
    createNamespace: operation.createNamespace,
    crds,
    objects: await lookAt(cluster, [...definitions, ...targets, ...difference(originals, targets)]),
    steps: planSteps({ operation, diff, crds: crdDiff, createsNamespace }),
    diff: { objects: [...crdDiff.objects, ...diff.objects] },
  };
}

/** The cluster as it will be once the chart's definitions are there. */
async function withDefinitions(context: ActionContext, options: PlanOptions, isInstall: boolean) {
  const { client, signal } = context;
  const isSent = options.crds !== 'skip' && (options.crds !== undefined || isInstall);
  const files = isSent ? crdManifests(enabledChart(options.chart, options.values)) : [];
  const { mapper, isMissing } = await definedKinds(context.mapper, files, signal);
  const capabilities = () => discoverCapabilities(client, mapper, signal);
  return { context: { ...context, mapper, capabilities }, isMissing };
}

/** Without one, what others own is refused by the server, unless it is forced. */
function conflictPolicy(
  { onConflict }: PlanOptions,
  { settings }: Operation,
): { readonly onConflict?: ConflictPolicy } {
  if (onConflict !== undefined) return { onConflict };
  const isForced = !settings.serverSide || settings.forceConflicts;
  return isForced ? { onConflict: { otherwise: 'force', rules: [] } } : {};
}

const NO_DIFF: ReleaseDiff = { objects: [] };

async function prepare(
  context: ActionContext,
  options: PlanOptions,
  install: { readonly replaced: Release | undefined } | undefined,
): Promise<Operation> {
  const dry = { ...options, dryRun: 'server' } as const;
  const prepared =
    install === undefined
      ? await prepareUpgrade(context, dry)
      : await prepareInstall(context, { ...dry, serverSide: options.serverSide !== 'false' });
  // Only what was interrupted or is for no cluster comes as a release.
  if ('release' in prepared) throw new ReleaseError('Failed', 'nothing can be planned');
  const { operation } = prepared;
  const replaced = install?.replaced;
  if (replaced === undefined) return operation;
  return { ...operation, replaced, release: { ...operation.release, revision: replaced.revision + 1 } };
}

async function plannedCrds(
  cluster: Cluster,
  operation: Operation,
  policy: CrdsPolicy | undefined,
): Promise<ReleasePlan['crds']> {
  if (policy === 'skip' || (policy === undefined && operation.kind === 'upgrade')) return { policy, files: [] };
  if (policy !== 'create') return { policy, files: operation.crds() };
  const files = [];
  for (const file of operation.crds()) {
    const changes = await planCrds(cluster, [file], policy);
    if (changes.some(({ action }) => action === 'create')) files.push(file);
  }
  return { policy, files };
}

function described(context: ActionContext, operation: Operation) {
  const { kind, release, settings, bases, historyMax, generators } = operation;
  const used = generators?.used();
  return {
    kind,
    name: release.name,
    namespace: release.namespace,
    revision: release.revision,
    created: timestamp(context),
    record: encodeRecord({ ...release, chart: operation.recordedChart() }),
    labels: release.labels,
    settings,
    bases: bases.map(({ revision }) => revision),
    historyMax,
    generated: used === undefined ? undefined : Object.fromEntries(used),
  };
}

function inputsOf({ chart }: PlanOptions, { config }: Release): ReleasePlan['inputs'] {
  const hash = createHash('sha256');
  for (const each of chartFilesOf(chart)) hash.update(JSON.stringify([each.name, each.data.length])).update(each.data);
  hash.update(JSON.stringify(chart.metadata)).update(encodeGoJson(chart.values));
  const { name, version } = chart.metadata;
  const valuesDigest = createHash('sha256').update(encodeGoJson(config)).digest('hex');
  return {
    chart: `${name}-${version}`,
    chartDigest: `sha256:${hash.digest('hex')}`,
    valuesDigest: `sha256:${valuesDigest}`,
  };
}

type Files = readonly { readonly name: string; readonly data: Uint8Array }[];

function chartFilesOf({ templates, files, dependencies, metadata }: PlanOptions['chart']): Files {
  const below = dependencies.flatMap((each) => chartFilesOf(each));
  return [...templates, ...files, ...below].map(({ name, data }) => ({ name: `${metadata.name}/${name}`, data }));
}
