/** How the controllers of Endpoints and EndpointSlices hear of Pods: through the Services that select them. */
import type { Service } from '@kindred/apis/core/v1';
import { Pod } from '@kindred/apis/core/v1';
import { keyOf, type Lister } from '@kindred/client';
import type { Observed } from '@kindred/machinery';
import { type WatchDeclaration, watch } from '@kindred/operator';
import { endpointChanged, hasSelector, selects } from './pod-endpoint.ts';

/** For controllers of Services: a Pod's change concerns the Services that select it. */
export function watchSelectedPods(): WatchDeclaration {
  return watch(Pod, {
    predicate: endpointChanged,
    to: (pod, { primary }) =>
      primary.lister
        .list({ namespace: pod.metadata.namespace })
        .filter((service) => hasSelector(service) && selects(service, pod))
        .map(keyOf),
  });
}

export function selectedPods(service: Observed<Service>, pods: Lister<Pod>): Observed<Pod>[] {
  return pods.list({ namespace: service.metadata.namespace }).filter((pod) => selects(service, pod));
}
