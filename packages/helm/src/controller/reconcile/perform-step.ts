/** Does what was decided, with helm's own actions. What fails is an outcome, not an exception: the record tells the rest. */
import { errorText } from '@kindred/machinery';
import type { ActionContext } from '../../actions/action-context.ts';
import { type InstallOptions, install } from '../../actions/install.ts';
import { test } from '../../actions/release-testing.ts';
import { rollback } from '../../actions/rollback.ts';
import { uninstall } from '../../actions/uninstall.ts';
import { type UpgradeOptions, upgrade } from '../../actions/upgrade.ts';
import { type Chart, ChartError } from '../../chart/chart.ts';
import type { GoMap } from '../../go/value.ts';
import { unknownKeys, unknownKeyText } from '../../inference/unknown-keys.ts';
import type { PlanOptions } from '../../plans/make-plan.ts';
import { isReleaseError } from '../../release/release-error.ts';
import type { Decision } from '../decide/decide.ts';
import { OWN_WORD } from '../drift/drift.ts';
import type { ApplyMethod, ChangeSettings, ReleaseIntent } from '../intent/release-intent.ts';
import { postRender } from '../post-render/post-render.ts';
import type { PreparedRelease } from './prepare-release.ts';
import type { ReleaseRun } from './release-kit.ts';

/** Decisions that change something by an action. */
export type Step = Extract<
  Decision,
  { readonly type: 'install' | 'upgrade' | 'recover' | 'rollback' | 'uninstall' | 'test' }
>;

export interface StepOutcome {
  readonly succeeded: boolean;
  /** Why it failed. */
  readonly error: string;
}

/** Objects are replaced as a whole, which server-side apply can't do. */
const REPLACE = { forceReplace: true, onConflict: undefined, serverSide: 'false' } as const;

function serverSideOption(applyMethod: ApplyMethod | undefined): { serverSide?: ApplyMethod } {
  return applyMethod === undefined ? {} : { serverSide: applyMethod };
}

/** Whoever asks for server-side apply has no use for it. */
function replaceOption(settings: { readonly force: boolean; readonly applyMethod?: ApplyMethod | undefined }) {
  return settings.force && settings.applyMethod !== 'true' ? REPLACE : {};
}

const CRDS = { Skip: 'skip', Create: 'create', CreateReplace: 'update' } as const;

/** @throws ReleaseError InProgress when somebody else is at work; the signal's reason when the controller stops */
export async function performStep(
  run: ReleaseRun,
  prepared: PreparedRelease,
  actions: ActionContext,
  step: Step,
): Promise<StepOutcome> {
  try {
    await perform(run, prepared, actions, step);
    return { succeeded: true, error: '' };
  } catch (error) {
    run.context.signal.throwIfAborted();
    if (isReleaseError(error, 'InProgress')) throw error;
    return { succeeded: false, error: errorText(error) };
  }
}

async function perform(
  { intent }: ReleaseRun,
  prepared: PreparedRelease,
  actions: ActionContext,
  step: Step,
): Promise<unknown> {
  const { releaseName: name, maxHistory: historyMax } = intent;
  switch (step.type) {
    case 'install':
      return install(actions, await installOptions(intent, prepared));
    case 'upgrade':
      return upgrade(actions, await upgradeOptions(intent, prepared));
    case 'recover':
      return step.isInstall
        ? install(actions, await installOptions(intent, prepared))
        : upgrade(actions, await upgradeOptions(intent, prepared));
    case 'rollback': {
      const { disableHooks: noHooks, cleanupOnFail, force, ...settings } = intent.rollback;
      const more = { name, revision: step.to, historyMax, noHooks, cleanupOnFail };
      const how = {
        onConflict: OWN_WORD,
        ...serverSideOption(settings.applyMethod),
        ...replaceOption({ force, ...settings }),
      };
      return rollback(actions, { ...more, ...waitOptions(settings), ...how });
    }
    case 'uninstall': {
      const { keepHistory, propagation: cascade, disableHooks: noHooks, wait, timeout } = intent.uninstall;
      const more = { name, keepHistory, cascade, noHooks, ignoreNotFound: true };
      return uninstall(actions, { ...more, wait: wait ? 'watcher' : 'hookOnly', timeoutMilliseconds: timeout });
    }
    default:
      return testRelease(intent, actions);
  }
}

/** What an install or upgrade is asked for, to plan it. */
export async function planOptions(
  { intent }: ReleaseRun,
  prepared: PreparedRelease,
  isInstall: boolean,
): Promise<PlanOptions> {
  if (!isInstall) return upgradeOptions(intent, prepared);
  const { serverSide, replace: _, dryRun: __, ...options } = await installOptions(intent, prepared);
  return { ...options, ...(serverSide === false ? { serverSide: 'false' } : {}) };
}

async function installOptions(intent: ReleaseIntent, prepared: PreparedRelease): Promise<InstallOptions> {
  const { createNamespace, takeOwnership, applyMethod } = intent.install;
  return {
    name: intent.releaseName,
    chart: await knownChart(intent, prepared),
    values: prepared.values,
    createNamespace,
    takeOwnership,
    replace: true,
    ...(applyMethod === undefined ? {} : { serverSide: applyMethod !== 'false' }),
    ...changeOptions(intent, intent.install),
  };
}

async function upgradeOptions(
  intent: ReleaseIntent,
  prepared: PreparedRelease,
): Promise<Omit<UpgradeOptions, 'dryRun'>> {
  const { cleanupOnFail, force, preserveValues, takeOwnership, applyMethod } = intent.upgrade;
  return {
    name: intent.releaseName,
    chart: await knownChart(intent, prepared),
    values: prepared.values,
    historyMax: intent.maxHistory,
    cleanupOnFail,
    ...(preserveValues ? { reuseValues: true } : { resetValues: true }),
    takeOwnership,
    ...changeOptions(intent, intent.upgrade),
    ...serverSideOption(applyMethod),
    ...replaceOption({ force, applyMethod }),
  };
}

async function knownChart(intent: ReleaseIntent, prepared: PreparedRelease): Promise<Chart> {
  const { chart } = await prepared.chart();
  if (intent.strictValues) demandKnownKeys(chart, prepared.values);
  return chart;
}

/** Admission has looked already, if it had the chart; the chart may have changed since. */
function demandKnownKeys(chart: Chart, values: GoMap): void {
  const wrong = unknownKeys(chart, [{ kind: 'given', name: 'spec', values }]).filter(({ isCertain }) => isCertain);
  if (wrong.length === 0) return;
  const keys = wrong.map((each) => unknownKeyText({ ...each, origin: undefined }));
  throw new ChartError(`values that the chart ${chart.metadata.name} doesn't have: ${keys.join(', ')}`);
}

async function testRelease(
  { releaseName: name, test: settings }: ReleaseIntent,
  actions: ActionContext,
): Promise<void> {
  const { filters, timeout: timeoutMilliseconds } = settings;
  const include = filters.filter(({ exclude }) => !exclude).map((filter) => filter.name);
  const exclude = filters.filter((filter) => filter.exclude).map((filter) => filter.name);
  await test(actions, { name, timeoutMilliseconds, include, exclude });
}

/** What install and upgrade have in common. The object is the authority on what it describes, so conflicts are won. */
function changeOptions(intent: ReleaseIntent, settings: ChangeSettings) {
  const { postRenderers } = intent;
  return {
    // Whoever may read the object's status may not read its Secrets.
    excerpts: false,
    ...waitOptions(settings),
    noHooks: settings.disableHooks,
    crds: CRDS[settings.crds],
    skipSchemaValidation: !settings.validateSchema,
    disableOpenApiValidation: !settings.validateObjects,
    stableGenerators: intent.stableGenerators,
    onConflict: OWN_WORD,
    onInterrupted: 'resume' as const,
    ...(postRenderers.length === 0
      ? {}
      : {
          postRender: async (manifests: string) =>
            postRender(manifests, postRenderers, { hooks: intent.postRenderHooks ?? true }),
        }),
  };
}

function waitOptions({
  wait,
  waitForJobs,
  waitAsBefore = false,
  timeout,
}: Pick<ChangeSettings, 'wait' | 'waitForJobs' | 'waitAsBefore' | 'timeout'>) {
  const ready = waitAsBefore ? ('legacy' as const) : ('watcher' as const);
  return {
    wait: wait ? ready : ('hookOnly' as const),
    waitForJobs: wait && waitForJobs,
    timeoutMilliseconds: timeout,
  };
}
