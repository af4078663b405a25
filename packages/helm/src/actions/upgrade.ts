/** `helm upgrade`, of a release that there is. */
import type { Chart } from '../chart/chart.ts';
import { missingVersionHints } from '../diagnosis/missing-version.ts';
import type { GoMap } from '../go/value.ts';
import { isPending, type Release, withInfo } from '../release/release.ts';
import { isReleaseError, ReleaseError } from '../release/release-error.ts';
import { checkUserLabels } from '../release/release-labels.ts';
import { releaseNameProblem } from '../release/release-name.ts';
import { noDeployedReleases } from '../release/release-storage.ts';
import { crdManifests, enabledChart } from '../render/render-chart.ts';
import { RenderError, withMissingHints } from '../render/render-error.ts';
import type { CrdFile } from '../resources/crds/apply-crds.ts';
import { introductionOf, type VersionValues } from '../values/chart-versions.ts';
import { hiddenDefaults, hiddenDefaultText } from '../values/hidden-defaults.ts';
import { type ActionContext, timestamp } from './action-context.ts';
import {
  type CrdsPolicy,
  DEFAULT_HISTORY_MAX,
  type DryRun,
  isDryRun,
  type OperationOptions,
  type RenderOptions,
  type ServerSide,
  type WriteSettings,
} from './action-options.ts';
import { serverVersion } from './capabilities.ts';
import { sendCrds } from './crds.ts';
import { withDeadline } from './deadline.ts';
import { prepareChange } from './deploy.ts';
import { isInterrupted, settleInterrupted } from './interrupted.ts';
import { knownVersions } from './known-versions.ts';
import { type Operation, performOperation } from './operation.ts';
import { IN_PROGRESS } from './operation-lock.ts';
import { settingsOf } from './operation-settings.ts';
import { recordedChart } from './recorded-chart.ts';
import { type RenderedRelease, renderRelease } from './render-release.ts';
import { reuseValues, type ValuesPolicy } from './reuse-values.ts';
import { isSameRequest } from './same-request.ts';
import { isServerSide } from './server-side.ts';

export interface UpgradeOptions extends OperationOptions, RenderOptions, WriteSettings, ValuesPolicy {
  readonly name: string;
  readonly chart: Chart;
  /** The values that the user gives now. */
  readonly values: GoMap;
  readonly dryRun?: DryRun | undefined;
  /** `auto` when not given. */
  readonly serverSide?: ServerSide | undefined;
  readonly takeOwnership?: boolean | undefined;
  readonly rollbackOnFailure?: boolean | undefined;
  readonly cleanupOnFail?: boolean | undefined;
  /** `skip` when not given, as helm does. */
  readonly crds?: CrdsPolicy | undefined;
  /** Added to those of the last revision; the value `null` removes one. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** What is known of other versions of the chart; asked for only when it helps to explain a failure or a warning. */
  readonly otherVersions?: (() => Promise<readonly VersionValues[]>) | undefined;
  /** Revisions that are kept; 10 when not given, 0 keeps all. */
  readonly historyMax?: number | undefined;
}

/**
 * Makes a new revision of a release.
 *
 * @throws ChartError, RenderError before anything is changed; OperationError with the revision that failed; ReleaseError
 */
export function upgrade(context: ActionContext, options: UpgradeOptions): Promise<Release> {
  return withDeadline(context, options.deadlineMilliseconds, (limited) => upgradeWithin(limited, options));
}

async function upgradeWithin(context: ActionContext, options: UpgradeOptions): Promise<Release> {
  const prepared = await prepareUpgrade(context, options);
  if ('release' in prepared) return prepared.release;
  const { operation } = prepared;
  if (!isDryRun(options.dryRun)) return performOperation(context, operation);
  const description =
    options.description === undefined || options.description === '' ? 'Dry run complete' : options.description;
  return withInfo(operation.release, { description });
}

/**
 * Everything up to the first write but that of definitions. A release at once: one that was interrupted and is finished now.
 *
 * @throws ChartError, RenderError, ReleaseError
 */
export async function prepareUpgrade(
  context: ActionContext,
  options: UpgradeOptions,
): Promise<{ readonly release: Release } | { readonly operation: Operation }> {
  await serverVersion(context.client, context.signal);
  const { name, dryRun } = options;
  if (releaseNameProblem(name) !== undefined) {
    throw new ReleaseError('Invalid', `release name is invalid: ${name}`);
  }
  if (options.hideSecret === true && !isDryRun(dryRun)) {
    throw new ReleaseError('Invalid', 'hiding Kubernetes secrets requires a dry-run mode');
  }
  const { last, interrupted } = await settleLast(context, options);
  if (interrupted !== undefined && last.info.status === 'deployed') return { release: last };
  const base = await baseOf(context, last);
  const rendered = await renderUpgrade(context, options, { base, revision: last.revision + 1 });
  checkUserLabels(options.labels ?? {});
  const serverSide = isServerSide(options.serverSide, last);
  const release = newRevision(context, options, { last, base, rendered, serverSide });
  // What an interrupted revision created is removed with the rest that isn't wanted any more.
  const bases = interrupted === undefined || interrupted.revision === base.revision ? [base] : [base, interrupted];
  const takeOwnership = options.takeOwnership ?? false;
  const strict = options.disableOpenApiValidation !== true;
  const crds = (): readonly CrdFile[] => crdManifests(enabledChart(options.chart, rendered.values));
  if (!isDryRun(dryRun)) await sendCrds(context, crds(), { policy: options.crds, isInstall: false, serverSide });
  const onConflict = serverSide ? options.onConflict : undefined;
  const change = await prepareChange(context, 'upgrade', release, { bases, takeOwnership, strict, onConflict });
  const operation: Operation = {
    kind: 'upgrade',
    release,
    recordedChart: () => recordedChart(context, rendered),
    crds,
    settings: settingsOf(options, { serverSide, upgradeFieldManager: serverSide && base.applyMethod !== 'ssa' }),
    bases,
    replaced: undefined,
    change,
    historyMax: options.historyMax ?? DEFAULT_HISTORY_MAX,
    createNamespace: false,
    generators: rendered.generators,
  };
  return { operation };
}

interface Last {
  readonly last: Release;
  /** The revision that was found pending, if there was one. */
  readonly interrupted?: Release;
}

async function settleLast(context: ActionContext, options: UpgradeOptions): Promise<Last> {
  const { name } = options;
  const last = await context.storage.last(name).catch((error: unknown) => {
    throw isReleaseError(error, 'NotFound') ? noDeployedReleases(name) : error;
  });
  if (!isPending(last)) return { last };
  if (isDryRun(options.dryRun)) {
    if (!(await isInterrupted(context, last))) throw new ReleaseError('InProgress', IN_PROGRESS);
    return { last: withInfo(last, { status: 'failed' }), interrupted: last };
  }
  const settled = await settleInterrupted(context, last, {
    policy: options.onInterrupted ?? 'resume',
    isWanted: () => isWanted(context, options, last),
    waits: options,
  });
  return { last: settled, interrupted: settled };
}

/** An upgrade may also be what completes an install: `upgrade --install` is, when it is given again. */
async function isWanted(context: ActionContext, options: UpgradeOptions, last: Release): Promise<boolean> {
  const isUpgrade = last.info.status === 'pending-upgrade';
  if (!isUpgrade && last.info.status !== 'pending-install') return false;
  const base = isUpgrade ? await baseOf(context, last) : last;
  const { values } = reuseValues(options.chart, base, options.values, options);
  const { revision } = last;
  return isSameRequest(last, values, () => renderUpgrade(context, options, { base, revision, isUpgrade }));
}

/** The revision whose objects are in the cluster: the deployed one, or the last when none is. */
async function baseOf({ storage }: ActionContext, last: Release): Promise<Release> {
  if (last.info.status === 'deployed') return last;
  const [deployed] = await storage.inStatus(last.name, 'deployed');
  if (deployed !== undefined) return deployed;
  if (last.info.status === 'failed' || last.info.status === 'superseded' || isPending(last)) return last;
  throw noDeployedReleases(last.name);
}

interface RenderedUpgrade extends RenderedRelease {
  readonly values: GoMap;
}

async function renderUpgrade(
  context: ActionContext,
  options: UpgradeOptions,
  {
    base,
    revision,
    isUpgrade = true,
  }: { readonly base: Release; readonly revision: number; readonly isUpgrade?: boolean },
): Promise<RenderedUpgrade> {
  const { chart, values } = reuseValues(options.chart, base, options.values, options);
  if (options.reuseValues === true) await warnOfHidden(context, options, { reused: chart.values, values });
  const release = { name: options.name, namespace: base.namespace, revision, isUpgrade };
  const capabilities = await context.capabilities();
  const lookups = options.dryRun !== 'client';
  try {
    const rendered = await renderRelease(context, { chart, values, release, capabilities, lookups }, options);
    return { ...rendered, values };
  } catch (error) {
    throw error instanceof RenderError ? await explainMissing(context, options, { error, base, values }) : error;
  }
}

async function warnOfHidden(
  context: ActionContext,
  options: UpgradeOptions,
  { reused, values }: { readonly reused: GoMap; readonly values: GoMap },
): Promise<void> {
  const hidden = hiddenDefaults(options.chart, reused, values);
  if (hidden.length === 0) return;
  const versions = await versionsOf(context, options, values);
  for (const each of hidden) {
    context.report({ type: 'warning', message: hiddenDefaultText(each, introductionOf(each.path, versions)) });
  }
}

async function versionsOf(
  { storage }: ActionContext,
  { name, chart, otherVersions }: UpgradeOptions,
  values: GoMap,
): Promise<VersionValues[]> {
  const others = (await otherVersions?.()) ?? [];
  return knownVersions(await storage.history(name), chart, values, others);
}

/** The error with what the history knows of the values that templates missed. */
async function explainMissing(
  context: ActionContext,
  options: UpgradeOptions,
  { error, base, values }: { readonly error: RenderError; readonly base: Release; readonly values: GoMap },
): Promise<RenderError> {
  if (error.missing === undefined && error.others.every(({ missing }) => missing === undefined)) return error;
  const { chart, reuseValues: isReused } = options;
  const versions = await versionsOf(context, options, values);
  const { name: chartName = '', version = '' } = base.chart?.metadata ?? {};
  const reused = isReused === true ? `revision ${base.revision} (${chartName} ${version})` : undefined;
  return withMissingHints(error, (missing) => missingVersionHints(missing, { chart, versions, reused }));
}

interface NewRevision extends Last {
  readonly base: Release;
  readonly rendered: RenderedUpgrade;
  readonly serverSide: boolean;
}

function newRevision(context: ActionContext, options: UpgradeOptions, parts: NewRevision): Release {
  const { last, base, rendered, serverSide } = parts;
  const labels = Object.entries({ ...last.labels, ...options.labels }).filter(([, value]) => value !== 'null');
  return {
    name: options.name,
    namespace: base.namespace,
    revision: last.revision + 1,
    info: {
      firstDeployed: base.info.firstDeployed,
      lastDeployed: timestamp(context),
      deleted: '',
      description: 'Preparing upgrade',
      status: 'pending-upgrade',
      notes: rendered.notes,
    },
    chart: rendered.chart,
    config: rendered.values,
    manifest: rendered.manifest,
    hooks: rendered.hooks,
    applyMethod: serverSide ? 'ssa' : 'csa',
    labels: Object.fromEntries(labels),
  };
}
