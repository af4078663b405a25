/** Rules for the end of a pod: when it is over, its deadline, and its phase once it is being deleted. Pure. */
import type { Pod } from '@kindred/apis/core/v1';
import type { PodDecision, Records } from './pod-decision.ts';

/** The status says that it ended for good. */
export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** When activeDeadlineSeconds are over, in milliseconds since the epoch. */
export function deadlineOf(pod: Pod, startTime: number): number | undefined {
  const seconds = pod.spec?.activeDeadlineSeconds;
  return seconds === undefined ? undefined : startTime + seconds * 1000;
}

/** A pod that is being deleted restarts nothing: once all its containers have ended it has Succeeded or Failed. */
export function endingStatus(pod: Pod, records: Records, decision: PodDecision): PodDecision {
  const phases = (pod.spec?.containers ?? []).map(({ name }) => records.get(name)?.phase);
  if (phases.some((phase) => phase?.kind !== 'terminated')) return decision;
  const failed = phases.some((phase) => phase?.kind === 'terminated' && phase.exitCode !== 0);
  return { ...decision, finished: failed ? 'Failed' : 'Succeeded' };
}
