/** The whole status that the node writes for a pod. Pure. */
import type { Pod, PodSpec, PodStatus } from '@kindred/apis/core/v1';
import { newRecord } from './container-record.ts';
import { containerStatus, timestamp } from './container-status.ts';
import { podConditions } from './pod-conditions.ts';
import { type PodDecision, type Records, restarts } from './pod-decision.ts';
import { podPhase } from './pod-phase.ts';
import { qosClass } from './qos-class.ts';

export interface PodView {
  readonly pod: Pod;
  readonly records: Records;
  readonly decision: PodDecision;
  readonly hasSandbox: boolean;
  readonly podIP: string;
  readonly hostIP: string;
  readonly startTime: number;
  /** The status that the node wrote last. */
  readonly written?: PodStatus;
  readonly now: number;
  /** Set when the pod was ended by the node itself: `DeadlineExceeded`. */
  readonly failure?: { readonly reason: string; readonly message: string };
  /** It is being ended: nothing restarts any more. */
  readonly ending: boolean;
}

export function podStatus(view: PodView): PodStatus {
  const { pod, records, decision, podIP, hostIP, failure, written, ...rest } = view;
  const spec = pod.spec ?? { containers: [] };
  const phase = failure ? 'Failed' : podPhase(spec, records, decision);
  const inits = initStatuses(spec, view);
  return {
    ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
    phase,
    conditions: podConditions({
      ...rest,
      pod,
      records,
      decision,
      phase,
      ...(written?.conditions && { written: written.conditions }),
    }),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(podIP !== '' && { podIP, podIPs: [{ ip: podIP }] }),
    startTime: pod.status?.startTime ?? timestamp(view.startTime),
    qosClass: pod.status?.qosClass ?? qosClass(spec),
    ...(inits.length > 0 && { initContainerStatuses: inits }),
    containerStatuses: mainStatuses(spec, view),
    ...(failure && { reason: failure.reason, message: failure.message }),
  };
}

function initStatuses(spec: PodSpec, { records, decision, now, ending }: PodView) {
  return (spec.initContainers ?? []).map((container) => {
    const sidecar = container.restartPolicy === 'Always';
    const record = records.get(container.name) ?? newRecord(container.name, container.image ?? '', 'PodInitializing');
    const policy = sidecar ? 'Always' : spec.restartPolicy === 'Never' ? 'Never' : 'OnFailure';
    const over = ending || decision.finished !== undefined;
    const again = !over && record.phase.kind === 'terminated' && restarts(policy, record.phase.exitCode);
    const status = containerStatus(container, record, { restarts: again, now });
    const done = record.phase.kind === 'terminated' && record.phase.exitCode === 0;
    return sidecar ? status : { ...status, ready: done };
  });
}

function mainStatuses(spec: PodSpec, { records, decision, now, ending }: PodView) {
  const policy = spec.restartPolicy ?? 'Always';
  const waitingFor = decision.initialized ? 'ContainerCreating' : 'PodInitializing';
  return spec.containers.map((container) => {
    const record = records.get(container.name) ?? newRecord(container.name, container.image ?? '', waitingFor);
    const again = !ending && record.phase.kind === 'terminated' && restarts(policy, record.phase.exitCode);
    return containerStatus(container, record, { restarts: again, now });
  });
}
