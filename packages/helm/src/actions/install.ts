/** `helm install`. */
import { Namespace } from '@kindred/apis/core/v1';
import { errorText } from '@kindred/machinery';
import { type Chart, ChartError, isLibrary } from '../chart/chart.ts';
import type { GoMap } from '../go/value.ts';
import { OperationRecord } from '../release/operation-record.ts';
import { type Release, withInfo } from '../release/release.ts';
import { isReleaseError, ReleaseError } from '../release/release-error.ts';
import { checkUserLabels } from '../release/release-labels.ts';
import { checkReleaseName } from '../release/release-name.ts';
import { DEFAULT_CAPABILITIES } from '../render/capabilities.ts';
import { enabledChart } from '../render/render-chart.ts';
import { FIELD_MANAGER } from '../resources/cluster.ts';
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
import { withLock } from './operation-lock.ts';
import { settingsOf } from './operation-settings.ts';
import { recordedChart } from './recorded-chart.ts';
import { type RenderedRelease, renderRelease } from './render-release.ts';
import { reportSize } from './report-size.ts';
import { runInstall } from './run-install.ts';
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
  const { dryRun, chart, name } = options;
  const isClientOnly = dryRun === 'client';
  if (!isClientOnly) await serverVersion(context.client, context.signal);
  checkOptions(options);
  const last = isDryRun(dryRun) ? undefined : await settleLast(context, options);
  if (last?.resumed === true) return last.release;
  if (last !== undefined) checkReplaceable(options, last.release);
  if (isLibrary(chart)) throw new ChartError('library charts are not installable');
  await handleCrds(context, options);
  const rendered = await renderInstall(context, options, 1);
  const pending = withInfo(newRelease(context, options, rendered), {
    status: 'pending-install',
    description: 'Initial install underway',
  });
  const dry = withInfo(pending, { description: 'Dry run complete' });
  if (isClientOnly) return dry;
  const strict = options.disableOpenApiValidation !== true;
  const serverSide = options.serverSide ?? true;
  const onConflict = serverSide ? options.onConflict : undefined;
  const bases = { bases: [], takeOwnership: options.takeOwnership ?? false, strict, onConflict };
  const change = await prepareChange(context, 'install', pending, bases);
  if (isDryRun(dryRun)) return dry;
  if (options.createNamespace === true) await createNamespace(context);
  const settings = settingsOf(options, { serverSide, upgradeFieldManager: false });
  return withLock(context, name, async (locked) => {
    const revision = await supersedeReplaced(locked, last?.release);
    const journal = { kind: 'install', bases: [], settings, done: [] } as const;
    const record = new OperationRecord(
      locked.storage,
      { ...pending, revision, chart: recordedChart(locked, rendered) },
      journal,
    );
    reportSize(locked, record.release);
    await rendered.generators?.save();
    await record.create(0);
    const installed = await runInstall(locked, { record, settings, change });
    await rendered.generators?.settle();
    return installed;
  });
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
  const release = await context.storage.last(options.name).catch((error: unknown) => {
    if (isReleaseError(error, 'NotFound')) return undefined;
    throw error;
  });
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
    return sendCrds(context, enabled, { policy: crds, isInstall: true, serverSide });
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

/** The revision of the new release. */
async function supersedeReplaced({ storage }: ActionContext, previous: Release | undefined): Promise<number> {
  if (previous === undefined) return 1;
  if (previous.info.status !== 'failed') {
    await storage.update(withInfo(previous, { status: 'superseded', description: 'superseded by new release' }));
  }
  return previous.revision + 1;
}

async function createNamespace({ client, namespace, signal }: ActionContext): Promise<void> {
  const object = { metadata: { name: namespace, labels: { name: namespace } } };
  await client.apply(Namespace, object, { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', signal });
}
