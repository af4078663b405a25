/**
 * What to do next for a pod, decided from its spec, what is known of its containers, and the time. Pure: the worker
 * carries it out and asks again after every change.
 */
import type { Container, PodSpec } from '@kindred/apis/core/v1';
import type { ContainerRecord } from './container-record.ts';

export interface PodDecision {
  /** Containers to start now, in order. */
  readonly start: readonly string[];
  /** Running containers to stop because nothing is left for them to do. */
  readonly stop: readonly string[];
  /** When to ask again though nothing happened, in milliseconds since the epoch. */
  readonly wakeAt?: number;
  /** Every init container that must end has ended, and sidecars have started. */
  readonly initialized: boolean;
  /** Set when no container will run again. */
  readonly finished?: 'Succeeded' | 'Failed';
}

type Next = 'running' | 'start' | 'wait' | 'done' | 'failed';

export type Records = ReadonlyMap<string, ContainerRecord>;

export function decidePod(spec: PodSpec, records: Records, now: number): PodDecision {
  const start: string[] = [];
  const waits: number[] = [];
  const policy = spec.restartPolicy ?? 'Always';
  const plan = (container: Container): Next => {
    const record = records.get(container.name);
    const next = nextStep(record, container.restartPolicy ?? policy, now);
    if (next === 'start') start.push(container.name);
    if (next === 'wait' && record) waits.push(record.retryAt);
    return next;
  };
  const result = (
    initialized: boolean,
    stop: readonly string[] = [],
    finished?: 'Succeeded' | 'Failed',
  ): PodDecision => ({
    start: finished ? [] : start,
    stop,
    initialized,
    ...(waits.length > 0 && !finished && { wakeAt: Math.min(...waits) }),
    ...(finished && { finished }),
  });

  const sidecars: string[] = [];
  for (const container of spec.initContainers ?? []) {
    const sidecar = container.restartPolicy === 'Always';
    // An init container that failed is started again unless the pod says Never; one that ended well stays ended.
    const next = sidecar
      ? plan(container)
      : plan({ ...container, restartPolicy: policy === 'Never' ? 'Never' : 'OnFailure' });
    if (sidecar) {
      sidecars.push(container.name);
      if (!hasStarted(records.get(container.name))) return result(false);
    } else if (next === 'failed') {
      return result(false, runningOf(sidecars, records), 'Failed');
    } else if (next !== 'done') return result(false);
  }
  const steps = spec.containers.map(plan);
  if (steps.every((step) => step === 'done' || step === 'failed')) {
    return result(true, runningOf(sidecars, records), steps.includes('failed') ? 'Failed' : 'Succeeded');
  }
  return result(true);
}

function nextStep(record: ContainerRecord | undefined, policy: string, now: number): Next {
  if (!record) return 'start';
  const { phase } = record;
  if (phase.kind === 'running') return 'running';
  if (phase.kind === 'terminated' && !restarts(policy, phase.exitCode)) return phase.exitCode === 0 ? 'done' : 'failed';
  return now >= record.retryAt ? 'start' : 'wait';
}

/** Whether a container that ended with this code runs again. */
export function restarts(policy: string, exitCode: number): boolean {
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

/** A sidecar lets the next container start once it has started; later restarts of it hold nobody up. */
function hasStarted(record: ContainerRecord | undefined): boolean {
  if (!record?.everStarted) return false;
  return record.phase.kind !== 'running' || record.phase.started;
}

function runningOf(names: readonly string[], records: Records): string[] {
  return names.filter((name) => records.get(name)?.phase.kind === 'running');
}
