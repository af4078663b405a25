/** Lets pods go whose job is gone: nobody is left to count them. */
import { Job } from '@kindred/apis/batch/v1';
import { Pod } from '@kindred/apis/core/v1';
import { type Client, keyOf } from '@kindred/client';
import type { Observed, OwnerReference } from '@kindred/machinery';
import { controllerOf, imperative, type Runnable, refersToKind, watch } from '@kindred/operator';
import { unlessGone } from '../writes/settled.ts';
import { releasePod } from './job-controller.ts';
import { isTracked } from './job-pods.ts';

/** @example manager.add(orphanedJobPods); */
export const orphanedJobPods: Runnable = imperative(Pod, {
  name: 'job-orphaned-pods-controller',
  predicate: isTracked,
  watches: [
    watch(Job, {
      predicate: (_, old) => old === undefined,
      to: (job, { primary }) =>
        primary.lister
          .list({ namespace: job.metadata.namespace })
          .filter((pod) => controllerOf(pod)?.uid === job.metadata.uid)
          .map(keyOf),
    }),
  ],
  rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['patch'] }],
  async reconcile({ object: pod, client, lister }) {
    if (pod === undefined || !isTracked(pod)) return;
    const owner = controllerOf(pod);
    const isJobs = owner !== undefined && refersToKind(owner, Job);
    const job = isJobs ? lister(Job).get({ namespace: pod.metadata.namespace, name: owner.name }) : undefined;
    if (job?.metadata.uid === owner?.uid && job !== undefined) return;
    // The informer of jobs may be behind that of pods: a live look decides.
    if (isJobs && (await livesOn(client, pod, owner))) return;
    await releasePod(client, pod);
  },
});

async function livesOn(client: Client, { metadata }: Observed<Pod>, { name, uid }: OwnerReference): Promise<boolean> {
  const live = await unlessGone(client.get(Job, { namespace: metadata.namespace, name }));
  return live?.metadata.uid === uid;
}
