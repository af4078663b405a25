/**
 * Removes pods that no node will ever end: those whose node is gone, and those that were deleted before they had one.
 * Source: "Pod Lifecycle" (garbage collection of Pods), Kubernetes documentation.
 */
import { Node, Pod } from '@kindred/apis/core/v1';
import type { Client } from '@kindred/client';
import { keyOf } from '@kindred/client';
import { formatTime, type Observed } from '@kindred/machinery';
import { imperative, type ReconcileContext, type Runnable, watch } from '@kindred/operator';
import { isFinished } from '../pod/pod-state.ts';
import { unlessGone } from '../writes/settled.ts';

export interface PodGarbageCollectorOptions {
  /** Milliseconds for which a node must be gone, since it may come back under its name; 40 s when not given. */
  readonly quarantine?: number;
}

/** @example manager.add(podGarbageCollector()); */
export function podGarbageCollector({ quarantine = 40_000 }: PodGarbageCollectorOptions = {}): Runnable {
  /** Node → when it was first missed. */
  const missed = new Map<string, number>();
  return imperative(Pod, {
    name: 'pod-garbage-collector',
    predicate: (pod, old) =>
      old === undefined ||
      pod.spec?.nodeName !== old.spec?.nodeName ||
      pod.metadata.deletionTimestamp !== old.metadata.deletionTimestamp,
    watches: [
      watch(Node, {
        predicate: (_, old) => old === undefined,
        to: (node, { primary }) =>
          primary.lister
            .list()
            .filter((pod) => (pod as Observed<Pod>).spec?.nodeName === node.metadata.name)
            .map(keyOf),
      }),
    ],
    rules: [{ apiGroups: [''], resources: ['pods', 'pods/status'], verbs: ['delete', 'patch'] }],
    async reconcile(context) {
      const { object: pod, client, lister, now } = context;
      if (pod === undefined) return undefined;
      const nodeName = pod.spec?.nodeName;
      if (!nodeName) {
        if (pod.metadata.deletionTimestamp !== undefined) await remove(client, pod);
        return undefined;
      }
      if (lister(Node).get({ name: nodeName }) !== undefined) {
        missed.delete(nodeName);
        return undefined;
      }
      const since = missed.get(nodeName) ?? now();
      missed.set(nodeName, since);
      const left = since + quarantine - now();
      if (left > 0) return { requeueAfter: left };
      await fail(context, pod);
      await remove(client, pod);
      return undefined;
    },
  });
}

/** Those who count finished pods must see that this one did not succeed. */
async function fail({ client, now }: ReconcileContext<Pod>, pod: Observed<Pod>): Promise<void> {
  if (isFinished(pod)) return;
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByPodGC',
    message: 'PodGC: node no longer exists',
    lastTransitionTime: formatTime(now()),
  };
  const status = { phase: 'Failed', conditions: [condition] };
  await unlessGone(client.strategicPatch(Pod, pod.metadata, { status }, { subresource: 'status' }));
}

async function remove(client: Client, pod: Observed<Pod>): Promise<void> {
  const { uid } = pod.metadata;
  await unlessGone(client.delete(Pod, pod.metadata, { gracePeriodSeconds: 0, preconditions: { uid } }));
}
