/**
 * Which nodes a daemon set's pods belong on, and what its pods look like. Pure.
 * Source: "DaemonSet" (how Daemon Pods are scheduled), Kubernetes documentation.
 */
import type { DaemonSet } from '@kindred/apis/apps/v1';
import type { Affinity, Node, Pod, PodTemplateSpec, Toleration } from '@kindred/apis/core/v1';
import type { Observed } from '@kindred/machinery';
import { revisionHashLabel } from '../controller-revision/controller-revision.ts';
import { podFromTemplate } from '../pod/pod-state.ts';
import { matchesNodeSelector } from '../scheduler/node-affinity.ts';
import { isTolerated } from '../scheduler/taints.ts';

/** Daemons run on nodes that are ill: they may be what makes them well. */
const daemonTolerations: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];
const hostNetworkToleration: Toleration = {
  key: 'node.kubernetes.io/network-unavailable',
  operator: 'Exists',
  effect: 'NoSchedule',
};

export interface NodeVerdict {
  readonly shouldRun: boolean;
  /** A pod that is there already may stay. */
  readonly mayStay: boolean;
}

export function verdictOn(set: DaemonSet, node: Node): NodeVerdict {
  const template = set.spec?.template ?? {};
  const pod = podFromTemplate(template, '', '');
  const { nodeName } = template.spec ?? {};
  if ((nodeName && nodeName !== node.metadata.name) || !matchesNodeSelector(pod, node)) {
    return { shouldRun: false, mayStay: false };
  }
  const tolerations = tolerationsOf(template);
  const bad = (node.spec?.taints ?? []).filter(
    (taint) => taint.effect !== 'PreferNoSchedule' && !isTolerated(taint, tolerations),
  );
  if (bad.length === 0) return { shouldRun: true, mayStay: true };
  return { shouldRun: false, mayStay: bad.every(({ effect }) => effect !== 'NoExecute') };
}

function tolerationsOf({ spec }: PodTemplateSpec): Toleration[] {
  const added = spec?.hostNetwork === true ? [...daemonTolerations, hostNetworkToleration] : daemonTolerations;
  const own = spec?.tolerations ?? [];
  return [...own, ...added.filter(({ key, effect }) => !own.some((has) => has.key === key && has.effect === effect))];
}

/** The pod for one node: the scheduler binds it, so that the node's room is counted. */
export function daemonPod(set: Observed<DaemonSet>, node: string, hash: string): Pod {
  const { namespace = '', name } = set.metadata;
  const template = set.spec?.template ?? {};
  const draft = podFromTemplate(template, namespace, name);
  return {
    ...draft,
    metadata: { ...draft.metadata, labels: { ...draft.metadata.labels, [revisionHashLabel]: hash } },
    spec: {
      ...template.spec,
      containers: template.spec?.containers ?? [],
      affinity: affinityTo(node, template.spec?.affinity),
      tolerations: tolerationsOf(template),
    },
  };
}

function affinityTo(node: string, affinity: Affinity = {}): Affinity {
  const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }];
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  return { ...affinity, nodeAffinity: { ...affinity.nodeAffinity, ...required } };
}

/** The node that a daemon pod is on, or is meant for. */
export function nodeOf({ spec }: Pod): string {
  if (spec?.nodeName) return spec.nodeName;
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const field = required?.nodeSelectorTerms[0]?.matchFields?.find(({ key }) => key === 'metadata.name');
  return field?.values?.[0] ?? '';
}
