/** The conditions that the node sets on a pod, with the reasons and messages that kubectl users know. Pure. */
import type { Pod, PodCondition } from '@kindred/apis/core/v1';
import { timestamp } from './container-status.ts';
import type { PodDecision, Records } from './pod-decision.ts';
import type { PodPhase } from './pod-phase.ts';

export interface ConditionView {
  readonly pod: Pod;
  readonly records: Records;
  readonly decision: PodDecision;
  readonly phase: PodPhase;
  readonly hasSandbox: boolean;
  /** What the node wrote last. The pod as watched may be older: judged by that one, two writes could chase each other for ever. */
  readonly written?: readonly PodCondition[];
  readonly now: number;
}

interface Judgement {
  readonly status: boolean;
  readonly reason?: string;
  readonly message?: string;
}

/** The node's own conditions; a transition time changes with the status only. Those of others are not among them. */
export function podConditions(view: ConditionView): PodCondition[] {
  const containersReady = judgeReady(view);
  const judged = new Map<string, Judgement>([
    ['PodReadyToStartContainers', { status: view.hasSandbox }],
    ['Initialized', judgeInitialized(view)],
    ['Ready', containersReady.status ? judgeGates(view.pod) : containersReady],
    ['ContainersReady', containersReady],
  ]);
  const inObject = view.pod.status?.conditions ?? [];
  const before = view.written ?? inObject;
  // The scheduler's condition, which a pod that names its node never got.
  const unscheduled = !inObject.some(({ type }) => type === 'PodScheduled');
  if (unscheduled || view.written?.some(({ type }) => type === 'PodScheduled')) {
    judged.set('PodScheduled', { status: true });
  }
  const generation = view.pod.metadata.generation;
  return [...judged].map(([type, { status, reason, message }]) => {
    const old = before.find((condition) => condition.type === type);
    const text = status ? 'True' : 'False';
    const lastTransitionTime = (old?.status === text ? old.lastTransitionTime : undefined) ?? timestamp(view.now);
    return {
      type,
      status: text,
      lastTransitionTime,
      ...(generation !== undefined && { observedGeneration: generation }),
      ...(reason && { reason }),
      ...(message && { message }),
    };
  });
}

function judgeInitialized({ pod, records, decision, phase }: ConditionView): Judgement {
  if (phase === 'Succeeded') return { status: true, reason: 'PodCompleted' };
  if (decision.initialized) return { status: true };
  const incomplete = (pod.spec?.initContainers ?? []).filter(({ name, restartPolicy }) => {
    const state = records.get(name)?.phase;
    if (restartPolicy === 'Always') return state?.kind !== 'running' || !state.started;
    return state?.kind !== 'terminated' || state.exitCode !== 0;
  });
  const names = incomplete.map(({ name }) => name).join(' ');
  return {
    status: false,
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${names}]`,
  };
}

function judgeReady({ pod, records, phase }: ConditionView): Judgement {
  if (phase === 'Succeeded') return { status: false, reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: false, reason: 'PodFailed' };
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const unready = [...sidecars, ...(pod.spec?.containers ?? [])].filter(({ name }) => {
    const state = records.get(name)?.phase;
    return state?.kind !== 'running' || !state.ready;
  });
  if (unready.length === 0) return { status: true };
  const names = unready.map(({ name }) => name).join(' ');
  return { status: false, reason: 'ContainersNotReady', message: `containers with unready status: [${names}]` };
}

function judgeGates(pod: Pod): Judgement {
  for (const { conditionType } of pod.spec?.readinessGates ?? []) {
    const condition = pod.status?.conditions?.find(({ type }) => type === conditionType);
    if (condition?.status === 'True') continue;
    const found = condition
      ? `the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`
      : `corresponding condition of pod readiness gate "${conditionType}" does not exist.`;
    return { status: false, reason: 'ReadinessGatesNotReady', message: found };
  }
  return { status: true };
}
