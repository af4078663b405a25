/** Quality of service class of a pod (Kubernetes documentation, 'Pod Quality of Service Classes'). Pure. */
import type { PodSpec } from '@kindred/apis/core/v1';

export function qosClass(spec: PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const all = [...(spec.initContainers ?? []), ...spec.containers];
  const stated = all.flatMap(({ resources }) => [resources?.limits, resources?.requests]);
  const some = stated.some((list) => list?.['cpu'] !== undefined || list?.['memory'] !== undefined);
  if (!some) return 'BestEffort';
  const guaranteed = all.every(({ resources }) =>
    ['cpu', 'memory'].every((name) => {
      const limit = resources?.limits?.[name];
      return limit !== undefined && (resources?.requests?.[name] ?? limit) === limit;
    }),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
