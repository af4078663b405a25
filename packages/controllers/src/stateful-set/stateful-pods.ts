/** The identity of a stateful set's pods: ordinal, name, host name, revision. Source: "StatefulSets", Kubernetes documentation. Pure. */
import type { StatefulSet } from '@kindred/apis/apps/v1';
import type { Pod, PodTemplateSpec } from '@kindred/apis/core/v1';
import type { Observed } from '@kindred/machinery';
import { revisionHashLabel } from '../controller-revision/controller-revision.ts';
import { podFromTemplate } from '../pod/pod-state.ts';

const podNameLabel = 'statefulset.kubernetes.io/pod-name';
const podIndexLabel = 'apps.kubernetes.io/pod-index';

/** The ordinals that the set wants, lowest first. */
export function ordinalsOf({ spec }: StatefulSet): number[] {
  const start = spec?.ordinals?.start ?? 0;
  return Array.from({ length: spec?.replicas ?? 1 }, (_, index) => start + index);
}

/** The ordinal in a pod's name; undefined when the name isn't one of the set's. */
export function ordinalOf(set: Observed<StatefulSet>, pod: Observed<Pod>): number | undefined {
  const prefix = `${set.metadata.name}-`;
  const text = pod.metadata.name.startsWith(prefix) ? pod.metadata.name.slice(prefix.length) : '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

export function revisionOf({ metadata }: Pod): string {
  return metadata.labels?.[revisionHashLabel] ?? '';
}

/** @param revision name of the ControllerRevision that the template is from */
export function statefulPod(
  set: Observed<StatefulSet>,
  { ordinal, template, revision }: { ordinal: number; template: PodTemplateSpec; revision: string },
): Pod {
  const { namespace = '', name: setName } = set.metadata;
  const name = `${setName}-${ordinal}`;
  const { generateName: _, ...metadata } = podFromTemplate(template, namespace, setName).metadata;
  const identity = { [podNameLabel]: name, [podIndexLabel]: String(ordinal), [revisionHashLabel]: revision };
  const { serviceName } = set.spec ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name, labels: { ...metadata.labels, ...identity } },
    spec: {
      ...template.spec,
      containers: template.spec?.containers ?? [],
      hostname: name,
      ...(serviceName === undefined ? {} : { subdomain: serviceName }),
    },
  };
}
