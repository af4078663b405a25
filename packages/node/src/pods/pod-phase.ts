/** The phase of a pod (Kubernetes documentation, 'Pod Lifecycle'), from its containers. Pure. */
import type { PodSpec } from '@kindred/apis/core/v1';
import type { PodDecision, Records } from './pod-decision.ts';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

export function podPhase(spec: PodSpec, records: Records, decision: PodDecision): PodPhase {
  // A pod has ended when its last container has, sidecars included.
  const anyRuns = [...records.values()].some(({ phase }) => phase.kind === 'running');
  if (decision.finished && !anyRuns) return decision.finished;
  if (!decision.initialized) return 'Pending';
  const neverRan = spec.containers.some(({ name }) => {
    const record = records.get(name);
    return !record || (record.phase.kind === 'waiting' && record.last === undefined);
  });
  return neverRan ? 'Pending' : 'Running';
}
