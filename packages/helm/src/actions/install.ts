/** `helm install`. */
import { errorText } from '@kindred/machinery';
import { type Chart, ChartError, isLibrary } from '../chart/chart.ts';
import type { GoMap } from '../go/value.ts';
import { type Release, withInfo } from '../release/release.ts';
import { ReleaseError } from '../release/release-error.ts';
import { checkUserLabels } from '../release/release-labels.ts';
import { checkReleaseName } from '../release/release-name.ts';
import { DEFAULT_CAPABILITIES } from '../render/capabilities.ts';
import { crdManifests, enabledChart } from '../render/render-chart.ts';
import { type ActionContext, timestamp } from './action-context.ts';
import {
  type CrdsPolicy,
  type DryRun,
  isDryRun,
  type OperationOptions,
  type RenderOptions,
  type WriteSettings,
} from './action-options.ts';
import { serverVersion } from './capabilities.ts';
import { sendCrds } from './crds.ts';
import { withDeadline } from './deadline.ts';
import { prepareChange } from './deploy.ts';
import { isInterrupted, settleInterrupted } from './interrupted.ts';
import { newestRelease } from './newest-release.ts';
import { type Operation, performOperation } from './operation.ts';
import { settingsOf } from './operation-settings.ts';
import { recordedChart } from './recorded-chart.ts';
import { type RenderedRelease, renderRelease } from './render-release.ts';
import { isSameRequest } from './same-request.ts';

export interface InstallOptions extends OperationOptions, RenderOptions, WriteSettings {
  /** From `installName` when the user gives none. */
  readonly name: string;
  readonly chart: Chart;
  /** The user's values. */
  readonly values: GoMap;
  readonly dryRun?: DryRun | undefined;
  /** True when not given. */
  readonly serverSide?: boolean | undefined;
  readonly createNamespace?: boolean | undefined;
  /** The name of a release that failed or was uninstalled may be taken. */
  readonly replace?: boolean | undefined;
  readonly takeOwnership?: boolean | undefined;
  readonly rollbackOnFailure?: boolean | undefined;
  /** Without one they are all sent, as helm 4 does on install. */
  readonly crds?: CrdsPolicy | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Templates see an upgrade; only in a dry run. */
  readonly isUpgrade?: boolean | undefined;
}

/**
 * Installs a chart as a new release.
 *
 * @throws ChartError, RenderError before anything is changed; OperationError with the release that failed; ReleaseError
 */
export function install(context: ActionContext, options: InstallOptions): Promise<Release> {
  return withDeadline(context, options.deadlineMilliseconds, (limited) => installWithin(limited, options));
}

async function installWithin(context: ActionContext, options: InstallOptions): Promise<Release> {
  const prepared = await prepareInstall(context, options);
  if ('release' in prepared) return prepared.release;
  const { operation } = prepared;
  return isDryRun(options.dryRun) ? dryRunOf(operation.release) : performOperation(context, operation);
}

/**
 * Everything up to the first write but that of definitions. A release at once: one that was interrupted and is finished
 * now, or that of a dry run without the cluster.
 *
 * @throws ChartError, RenderError, ReleaseError
 */
export async function prepareInstall(
  context: ActionContext,
  options: InstallOptions,
): Promise<{ readonly release: Release } | { readonly operation: Operation }> {
  const { dryRun, chart, values } = options;
  const isClientOnly = dryRun === 'client';
  if (!isClientOnly) await serverVersion(context.client, context.signal);
  checkOptions(options);
  const last = isDryRun(dryRun) ? undefined : await settleLast(context, options);
  if (last?.resumed === true) return { release: last.release };
  if (last !== undefined) checkReplaceable(options, last.release);
  if (isLibrary(chart)) throw new ChartError('library charts are not installable');
  await handleCrds(context, options);
  const rendered = await renderInstall(context, options, 1);
  const release = withInfo(newRelease(context, options, rendered), {
    status: 'pending-install',
    description: 'Initial install underway',
  });
  if (isClientOnly) return { release: dryRunOf(release) };
  const strict = options.disableOpenApiValidation !== true;
  const serverSide = options.serverSide ?? true;
  const onConflict = serverSide ? options.onConflict : undefined;
  const takeOwnership = options.takeOwnership ?? false;
  const change = await prepareChange(context, 'install', release, { bases: [], takeOwnership, strict, onConflict });
  const operation: Operation = {
    kind: 'install',
    release,
    recordedChart: () => recordedChart(context, rendered),
    crds: () => crdManifests(enabledChart(chart, values)),
    settings: settingsOf(options, { serverSide, upgradeFieldManager: false }),
    bases: [],
    replaced: last?.release,
    change,
    historyMax: 0,
    createNamespace: options.createNamespace === true,
    generators: rendered.generators,
  };
  return { operation };
}

function dryRunOf(release: Release): Release {
  return withInfo(release, { description: 'Dry run complete' });
}

function checkOptions({ dryRun, hideSecret, name, labels }: InstallOptions): void {
  if (hideSecret === true && !isDryRun(dryRun)) {
    throw new ReleaseError('Invalid', 'hiding Kubernetes secrets requires a dry-run mode');
  }
  try {
    checkReleaseName(name);
  } catch (error) {
    throw new ReleaseError('Invalid', `release name check failed: ${errorText(error)}`, { cause: error });
  }
  checkUserLabels(labels ?? {});
}

/** The newest revision of that name, if there is one; an interrupted install of the same content is completed. */
async function settleLast(
  context: ActionContext,
  options: InstallOptions,
): Promise<{ readonly release: Release; readonly resumed: boolean } | undefined> {
  const release = await newestRelease(context, options.name);
  if (release === undefined) return undefined;
  if (!(await isInterrupted(context, release))) return { release, resumed: false };
  const isWanted = async (): Promise<boolean> =>
    release.info.status === 'pending-install' &&
    isSameRequest(release, options.values, () => renderInstall(context, options, release.revision));
  const settled = await settleInterrupted(context, release, {
    policy: options.onInterrupted ?? 'resume',
    isWanted,
    waits: options,
  });
  return { release: settled, resumed: settled.info.status === 'deployed' };
}

/** Only a release that failed or was uninstalled is replaced, and only when that is asked for. */
function checkReplaceable({ replace }: InstallOptions, { info: { status } }: Release): void {
  if (replace === true && (status === 'uninstalled' || status === 'failed')) return;
  const text = 'release name check failed: cannot reuse a name that is still in use';
  throw new ReleaseError('AlreadyExists', text);
}

async function handleCrds(context: ActionContext, options: InstallOptions): Promise<void> {
  const { chart, values, crds, dryRun } = options;
  if (crds === 'skip' || dryRun === 'client') return;
  const enabled = enabledChart(chart, values);
  if (!isDryRun(dryRun)) {
    const serverSide = options.serverSide ?? true;
    return sendCrds(context, crdManifests(enabled), { policy: crds, isInstall: true, serverSide });
  }
  const message = 'This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.';
  if (enabled.files.some((file) => file.name.startsWith('crds/'))) context.report({ type: 'warning', message });
}

async function renderInstall(
  context: ActionContext,
  options: InstallOptions,
  revision: number,
): Promise<RenderedRelease> {
  const { dryRun, chart, values, name } = options;
  const isUpgrade = options.isUpgrade === true && isDryRun(dryRun);
  const release = { name, namespace: context.namespace, revision, isUpgrade };
  const capabilities = dryRun === 'client' ? DEFAULT_CAPABILITIES : await context.capabilities();
  return renderRelease(context, { chart, values, release, capabilities, lookups: dryRun !== 'client' }, options);
}

function newRelease(context: ActionContext, options: InstallOptions, rendered: RenderedRelease): Release {
  const now = timestamp(context);
  return {
    name: options.name,
    namespace: context.namespace,
    revision: 1,
    info: {
      firstDeployed: now,
      lastDeployed: now,
      deleted: '',
      description: '',
      status: 'unknown',
      notes: rendered.notes,
    },
    chart: rendered.chart,
    config: options.values,
    manifest: rendered.manifest,
    hooks: rendered.hooks,
    applyMethod: (options.serverSide ?? true) ? 'ssa' : 'csa',
    labels: options.labels ?? {},
  };
}
