/**
 * The one word that sums a pod up for people: phase, or the reason of whichever container keeps it from running
 * (`Init:0/1`, `CrashLoopBackOff`, `Completed`, `Terminating`), with the counts that stand beside it.
 */
import type { ContainerStateTerminated, ContainerStatus, Pod, PodStatus } from '../../gen/types/core/v1.ts';

export interface PodSummary {
  readonly reason: string;
  readonly readyContainers: number;
  readonly totalContainers: number;
  readonly restarts: number;
  /** When a container ended last; undefined if none has. */
  readonly lastRestart: string | undefined;
}

export function summarizePod(pod: Pod): PodSummary {
  const { spec, status = {}, metadata } = pod;
  const sidecars = sidecarNames(pod);
  const init = summarizeInitContainers(pod, sidecars);
  const summary =
    init.reason === undefined || hasCondition(status, 'Initialized')
      ? summarizeContainers(status, init)
      : { reason: init.reason, ready: init.ready, restarts: init.restarts, lastRestart: init.lastRestart };
  const reason = metadata.deletionTimestamp === undefined ? summary.reason : deletedReason(status, summary.reason);
  return {
    reason,
    readyContainers: summary.ready,
    totalContainers: (spec?.containers ?? []).length + sidecars.size,
    restarts: summary.restarts,
    lastRestart: summary.lastRestart,
  };
}

interface InitSummary {
  /** Set while initialization goes on. */
  readonly reason: string | undefined;
  readonly ready: number;
  readonly restarts: number;
  readonly lastRestart: string | undefined;
  readonly sidecarRestarts: number;
  readonly lastSidecarRestart: string | undefined;
}

/** Init containers with restart policy Always run as long as the pod does. */
function sidecarNames({ spec }: Pod): Set<string> {
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return new Set(sidecars.map(({ name }) => name));
}

function summarizeInitContainers({ spec, status }: Pod, sidecars: ReadonlySet<string>): InitSummary {
  let [ready, restarts, sidecarRestarts] = [0, 0, 0];
  let lastRestart: string | undefined;
  let lastSidecarRestart: string | undefined;
  const total = (spec?.initContainers ?? []).length;
  for (const [index, container] of (status?.initContainerStatuses ?? []).entries()) {
    const isSidecar = sidecars.has(container.name);
    restarts += container.restartCount ?? 0;
    lastRestart = later(lastRestart, container);
    if (isSidecar) {
      sidecarRestarts += container.restartCount ?? 0;
      lastSidecarRestart = later(lastSidecarRestart, container);
    }
    if (container.state?.terminated?.exitCode === 0) continue;
    if (isSidecar && container.started === true) {
      if (container.ready) ready++;
      continue;
    }
    const reason = initReason(container, index, total);
    return { reason, ready, restarts, lastRestart, sidecarRestarts, lastSidecarRestart };
  }
  return { reason: undefined, ready, restarts, lastRestart, sidecarRestarts, lastSidecarRestart };
}

function initReason({ state }: ContainerStatus, index: number, total: number): string {
  if (state?.terminated !== undefined) return `Init:${terminatedReason(state.terminated)}`;
  const waiting = state?.waiting?.reason ?? '';
  return waiting !== '' && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${index}/${total}`;
}

function summarizeContainers(status: PodStatus, init: InitSummary) {
  let { ready, sidecarRestarts: restarts, lastSidecarRestart: lastRestart } = init;
  let reason = phaseReason(status);
  let hasRunning = false;
  // From the last to the first: the first container's reason is the one that shows.
  for (const container of (status.containerStatuses ?? []).toReversed()) {
    restarts += container.restartCount ?? 0;
    lastRestart = later(lastRestart, container);
    const { waiting, terminated, running } = container.state ?? {};
    if (waiting?.reason) reason = waiting.reason;
    else if (terminated !== undefined) reason = terminatedReason(terminated);
    else if (container.ready && running !== undefined) {
      hasRunning = true;
      ready++;
    }
  }
  if (reason === 'Completed' && hasRunning) reason = hasCondition(status, 'Ready') ? 'Running' : 'NotReady';
  return { reason, ready, restarts, lastRestart };
}

function phaseReason({ phase = '', reason = '', conditions = [] }: PodStatus): string {
  const gated = conditions.some(
    (condition) => condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated',
  );
  if (gated) return 'SchedulingGated';
  return reason === '' ? phase : reason;
}

function terminatedReason({ reason, signal, exitCode }: ContainerStateTerminated): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function deletedReason({ phase, reason }: PodStatus, shown: string): string {
  if (reason === 'NodeLost') return 'Unknown';
  return phase === 'Failed' || phase === 'Succeeded' ? shown : 'Terminating';
}

function hasCondition({ conditions = [] }: PodStatus, type: string): boolean {
  return conditions.some((condition) => condition.type === type && condition.status === 'True');
}

function later(date: string | undefined, { lastState }: ContainerStatus): string | undefined {
  const finished = lastState?.terminated?.finishedAt;
  if (finished === undefined) return date;
  return date === undefined || date < finished ? finished : date;
}
