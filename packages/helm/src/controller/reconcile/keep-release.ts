/** The steps from what a release is to what it should be: one after the other as `decide` says, each told in the status. */
import type { ReconcileResult } from '@kindred/operator';
import type { ActionContext } from '../../actions/action-context.ts';
import { isInterrupted } from '../../actions/interrupted.ts';
import { advance, NO_PROGRESS } from '../decide/advance.ts';
import { type Decision, decide, sameInputs } from '../decide/decide.ts';
import type { Observation, Progress } from '../decide/observation.ts';
import { actionContextIn, remoteClusterOf } from './action-kit.ts';
import { afterAdoption, afterStep, atRest, leftBehind, notReady, stalled, withDrift, working } from './conditions.ts';
import { findPrevious, leavePrevious } from './leave-previous.ts';
import { correctFound, lookForDrift } from './look-for-drift.ts';
import { performStep, type Step } from './perform-step.ts';
import { APPROVAL, isUnapproved, planRelease } from './plan-release.ts';
import type { PreparedRelease } from './prepare-release.ts';
import { progressOf, statusOf } from './progress-of-status.ts';
import { readHistory } from './read-history.ts';
import type { RecordedDetails } from './recorded.ts';
import type { ReleaseRun } from './release-kit.ts';
import type { Plan, ReleaseStatus } from './release-object.ts';
import { placeOf } from './release-place.ts';
import type { Conditions } from './status-writer.ts';

/** More steps than any way to a state of rest has. */
const MOST_STEPS = 12;
const BUSY_PAUSE = 2000;

/** Where a run has got to. */
interface State {
  readonly progress: Progress;
  readonly history: readonly RecordedDetails[];
  readonly conditions: Conditions;
  readonly drifts: readonly string[];
  readonly plan?: Plan;
  readonly forced: boolean;
  /** What the status says of where the release is. */
  readonly place: Pick<ReleaseStatus, 'history' | 'storageNamespace' | 'cluster'>;
}

export async function keepRelease(run: ReleaseRun, prepared: PreparedRelease): Promise<ReconcileResult> {
  const { kit, context, intent, requests, writer } = run;
  const remote = await remoteClusterOf(kit, context, intent);
  const actions = actionContextIn(kit, context, intent, remote);
  const cluster = await placeOf(run, remote);
  const previous = await findPrevious(run, cluster);
  const stays = previous !== undefined && isUnapproved(run.object, intent, prepared.inputs);
  const left = previous === undefined || stays ? undefined : await leavePrevious(run, previous, cluster);
  const progress = left?.isNew === true ? NO_PROGRESS : progressOf(writer.status);
  let state: State = {
    progress: requests.reset ? { ...progress, failures: 0 } : progress,
    history: await readHistory(run, actions, { isFresh: false }),
    conditions: left === undefined ? writer.conditions : leftBehind(writer.conditions, left.leftBehind),
    drifts: writer.status.driftedObjects ?? [],
    forced: requests.force,
    place: stays ? placeBefore(writer.status) : { storageNamespace: intent.storageNamespace, cluster },
  };
  for (let count = 0; count < MOST_STEPS; count++) {
    const observation = await observe(run, prepared, actions, state);
    const decision = decide(observation);
    switch (decision.type) {
      case 'wait':
        return { requeueAfter: BUSY_PAUSE };
      case 'stalled':
        await save(run, { ...state, conditions: stalled(state.conditions, decision.reason, state.progress.failures) });
        return { requeueAfter: intent.interval };
      // Drift is looked for when nothing else is left to do.
      case 'correctDrift':
      case 'none': {
        const drifts = await keepObjects(run, actions, observation, state);
        state = { ...state, drifts, conditions: withDrift(state.conditions, drifts) };
        await save(run, { ...state, conditions: atRest(state.conditions, subjectOf(run, state.history)) });
        kit.backOff.forget(context.key);
        return { requeueAfter: Math.min(intent.interval, intent.sourceInterval ?? intent.interval) };
      }
      case 'plan': {
        const plan = await planRelease(run, prepared, actions, { ...decision, history: state.history });
        const message = `${plan.summary}; approve it with the annotation ${APPROVAL}: ${plan.digest}`;
        const conditions = notReady(state.conditions, 'ApprovalNeeded', message, false);
        await save(run, { ...state, conditions, plan });
        return { requeueAfter: intent.interval };
      }
      case 'adopt':
        state = await adopt(run, observation, state, decision.external);
        continue;
    }
    if (isRepeated(decision, observation)) {
      // Whatever has woken us: an attempt after a failure isn't made at once.
      if (count > 0) break;
      const pause = kit.backOff.remaining(context.key);
      if (pause > 0) return { requeueAfter: pause };
    }
    const next = await step(run, prepared, actions, { observation, decision, state });
    if (next === undefined) break;
    state = next;
  }
  const { attempted } = state.progress;
  const pause = attempted === undefined ? undefined : intent[attempted.action].remediation.retryInterval;
  return { requeueAfter: kit.backOff.next(context.key, pause) };
}

/** Compares the objects with the cluster, and corrects them where that is wanted. Gives what still differs, in words. */
async function keepObjects(
  run: ReleaseRun,
  actions: ActionContext,
  observation: Observation,
  { history, drifts: before }: State,
): Promise<readonly string[]> {
  const report = await lookForDrift(run, actions, history, before);
  const decision = decide({ ...observation, drifted: report.drifts.length > 0 });
  if (decision.type !== 'correctDrift') return report.texts;
  await correctFound(run, actions, report);
  return [];
}

/** An attempt with what has failed before. */
function isRepeated({ type }: Decision, { progress, inputs }: Observation): boolean {
  const { attempted, failures } = progress;
  const isAttempt = type === 'install' || type === 'upgrade';
  return isAttempt && failures > 0 && attempted !== undefined && sameInputs(attempted.inputs, inputs);
}

async function observe(
  { intent, object }: ReleaseRun,
  { inputs }: PreparedRelease,
  actions: ActionContext,
  { history, progress, forced }: State,
): Promise<Observation> {
  const isPending = history[0]?.status.startsWith('pending-') === true;
  const pendingIsAlive = isPending && !(await isInterrupted(actions, await actions.storage.last(intent.releaseName)));
  return {
    history,
    inputs,
    progress,
    drifted: false,
    pendingIsAlive,
    isUnapproved: isUnapproved(object, intent, inputs),
    forced,
    settings: intent,
  };
}

async function adopt(run: ReleaseRun, observation: Observation, state: State, isExternal: boolean): Promise<State> {
  const [latest] = state.history;
  const subject = subjectOf(run, state.history);
  const next = {
    ...state,
    progress: advance(observation, { type: 'adopt', external: isExternal }, { succeeded: true, latest }),
    conditions: afterAdoption(state.conditions, latest?.revision ?? 0, subject, isExternal),
  };
  await save(run, next);
  const external = next.conditions['ReleasedExternally'];
  if (external !== undefined) run.writer.tell(external);
  return next;
}

/** The state after one step; undefined when it left nothing behind, and is to be tried again. */
async function step(
  run: ReleaseRun,
  prepared: PreparedRelease,
  actions: ActionContext,
  at: { readonly observation: Observation; readonly decision: Step; readonly state: State },
): Promise<State | undefined> {
  const { observation, decision, state } = at;
  const because = 'because' in decision ? `: ${decision.because}` : '';
  const message = `${decision.type} of release ${run.intent.targetNamespace}/${run.intent.releaseName}${because}`;
  await save(run, { ...state, conditions: working(state.conditions, message) }, false);
  const { succeeded, error } = await performStep(run, prepared, actions, decision);
  const history = await readHistory(run, actions, { isFresh: true });
  const progress = advance(observation, decision, { succeeded, latest: history[0] });
  const subject = subjectOf(run, history.length > 0 ? history : state.history);
  const conditions = afterStep(state.conditions, { step: decision.type, succeeded, subject, error });
  const next = { ...state, progress, history, conditions, forced: false };
  await save(run, next);
  const hasTrace = succeeded || progress !== observation.progress;
  return hasTrace ? next : undefined;
}

/** `apps/web.v3 with chart web@1.2.0` */
function subjectOf({ intent }: ReleaseRun, [latest]: readonly RecordedDetails[]): string {
  const name = `${intent.targetNamespace}/${intent.releaseName}`;
  if (latest === undefined) return name;
  return `${name}.v${latest.revision} with chart ${latest.chartName}@${latest.chartVersion}`;
}

async function save(
  run: ReleaseRun,
  { progress, history, conditions, drifts, plan, place }: State,
  isObserved = true,
): Promise<void> {
  const { kit, intent, requests, writer, object } = run;
  const before = writer.status;
  const release = { name: intent.releaseName, namespace: intent.targetNamespace };
  const generation = isObserved ? object.metadata.generation : before.observedGeneration;
  await writer.write(
    {
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      ...(isObserved ? requests.handled : handledBefore(before)),
      ...statusOf(progress, history, before, release),
      ...place,
      ...(drifts.length === 0 ? {} : { driftedObjects: [...drifts] }),
      ...(plan === undefined ? {} : { plan }),
    },
    kit.releases.conditionsOf(conditions),
  );
}

function placeBefore({ history, storageNamespace, cluster }: ReleaseStatus): State['place'] {
  return {
    ...(history === undefined ? {} : { history }),
    ...(storageNamespace === undefined ? {} : { storageNamespace }),
    ...(cluster === undefined ? {} : { cluster }),
  };
}

function handledBefore({
  lastHandledReconcileAt,
  lastHandledForceAt,
  lastHandledResetAt,
}: ReleaseRun['writer']['status']) {
  return {
    ...(lastHandledReconcileAt === undefined ? {} : { lastHandledReconcileAt }),
    ...(lastHandledForceAt === undefined ? {} : { lastHandledForceAt }),
    ...(lastHandledResetAt === undefined ? {} : { lastHandledResetAt }),
  };
}
