/**
 * Compares the objects of a release with the cluster when it is time to: something about them has changed, the interval is
 * over, or another revision is there. What has drifted is told, and put right where that is wanted.
 */
import { errorText } from '@kindred/machinery';
import { type ActionContext, clusterOf } from '../../actions/action-context.ts';
import { correctDrift, type Drift, driftText, findDrift } from '../drift/drift.ts';
import type { RecordedDetails } from './recorded.ts';
import type { ReleaseRun } from './release-kit.ts';

export interface DriftReport {
  /** What was found just now; nothing when it wasn't time to look. */
  readonly drifts: readonly Drift[];
  /** What differs as far as is known, in words. */
  readonly texts: readonly string[];
}

const MOST_TOLD = 10;

/** @throws ResourceError, StatusError when objects can't be compared */
export async function lookForDrift(
  run: ReleaseRun,
  actions: ActionContext,
  history: readonly RecordedDetails[],
  before: readonly string[],
): Promise<DriftReport> {
  const { kit, context, intent, requests } = run;
  const { mode, ignore } = intent.driftDetection;
  const [latest] = history;
  const hasChanged = kit.watcher.takeChange(context.key);
  if (mode === 'disabled' || latest === undefined) return { drifts: [], texts: [] };
  const now = kit.clock.now();
  // The rules and the mode are part of what was compared.
  const digest = `${latest.revision} ${latest.digest} ${mode} ${JSON.stringify(ignore)}`;
  const known = kit.drifts.get(context.key);
  const isDue = known?.digest !== digest || now - known.at >= intent.interval || requests.reconcile;
  if (!isDue && !hasChanged) return { drifts: [], texts: before };
  const { manifest } = await actions.storage.get(intent.releaseName, latest.revision);
  const cluster = clusterOf(actions);
  const owner = { name: intent.releaseName, namespace: intent.targetNamespace };
  const { drifts, kinds } = await findDrift(cluster, manifest, owner, ignore);
  // Another cluster is asked at each interval: watching it would take as many connections as there are kinds.
  if (intent.kubeConfig === undefined) kit.watcher.watch(kinds);
  kit.drifts.set(context.key, { digest, at: now });
  const texts = drifts.map(driftText);
  if (mode === 'warn' && drifts.length > 0 && texts.join() !== before.join()) {
    tell(run, 'Warning', 'DriftDetected', texts);
  }
  return { drifts, texts };
}

/** @throws ResourceError, StatusError when an object can't be corrected */
export async function correctFound(run: ReleaseRun, actions: ActionContext, report: DriftReport): Promise<void> {
  const { drifts, texts } = report;
  try {
    await correctDrift(clusterOf(actions), drifts);
  } catch (error) {
    // Not compared after all: the next look starts from nothing.
    run.kit.drifts.delete(run.context.key);
    tell(run, 'Warning', 'DriftCorrectionFailed', [...texts, errorText(error)]);
    throw error;
  }
  tell(run, 'Normal', 'DriftCorrected', texts);
}

function tell(
  { context, object }: ReleaseRun,
  type: 'Normal' | 'Warning',
  reason: string,
  texts: readonly string[],
): void {
  const more = texts.length > MOST_TOLD ? `; and ${texts.length - MOST_TOLD} more` : '';
  context.events.record(object, { type, reason, message: `${texts.slice(0, MOST_TOLD).join('; ')}${more}` });
}
