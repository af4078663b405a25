/** Questions about a pod's state that several controllers ask, answered as upstream's `podutil` does. */
import type { Pod, PodTemplateSpec } from '@kindred/apis/core/v1';
import type { Observed } from '@kindred/machinery';

/** Neither finished nor being deleted: it counts towards what its controller wants. */
export function isActive(pod: Observed<Pod>): boolean {
  return !isFinished(pod) && pod.metadata.deletionTimestamp === undefined;
}

export function isFinished(pod: Observed<Pod>): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

export function isReady(pod: Observed<Pod>): boolean {
  return readyCondition(pod)?.status === 'True';
}

/** Ready for at least `minReadySeconds`. */
export function isAvailable(pod: Observed<Pod>, minReadySeconds: number, now: number): boolean {
  if (!isReady(pod)) return false;
  return minReadySeconds === 0 || readySince(pod) + minReadySeconds * 1000 <= now;
}

/** Milliseconds until a ready pod that is not available yet will be; undefined for all others. */
export function availableIn(pod: Observed<Pod>, minReadySeconds: number, now: number): number | undefined {
  if (!isReady(pod) || isAvailable(pod, minReadySeconds, now)) return undefined;
  return readySince(pod) + minReadySeconds * 1000 - now;
}

/** When the pod became ready, in milliseconds since the epoch; the present when that is not recorded. */
export function readySince(pod: Observed<Pod>): number {
  const time = readyCondition(pod)?.lastTransitionTime;
  return time === undefined ? Number.POSITIVE_INFINITY : Date.parse(time);
}

/** The pod that a controller makes from its template; its name is generated below the owner's. */
export function podFromTemplate(template: PodTemplateSpec, namespace: string, ownerName: string): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace,
      generateName: `${ownerName}-`,
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      ...(finalizers === undefined ? {} : { finalizers: [...finalizers] }),
    },
    ...(template.spec === undefined ? {} : { spec: template.spec }),
  };
}

function readyCondition(pod: Observed<Pod>) {
  return pod.status?.conditions?.find(({ type }) => type === 'Ready');
}
