/**
 * Plays the node's part: pods that are bound come up at once, pods that are deleted end at once, unless a test says else.
 */
import { Pod, type PodStatus } from '@kindred/apis/core/v1';
import { isStatusError, type Observed } from '@kindred/machinery';
import { imperative, type Runnable } from '@kindred/operator';

/** What becomes of a pod: it runs and is ready, runs and isn't, stays as it is, or is over. */
export type Fate = 'ready' | 'unready' | 'waits' | 'succeeds' | 'fails';

export interface KubeletOptions {
  /** `ready` when not given; asked again whenever the pod changes. */
  readonly fate?: (pod: Observed<Pod>) => Fate;
  /** False keeps pods that are deleted around, as a process that ends slowly does. */
  readonly ends?: (pod: Observed<Pod>) => boolean;
}

export function kubelet({ fate = () => 'ready', ends = () => true }: KubeletOptions = {}): Runnable {
  let addresses = 1;
  return imperative(Pod, {
    name: 'kubelet',
    async reconcile({ object: pod, client }) {
      if (pod?.spec?.nodeName === undefined) return;
      try {
        if (pod.metadata.deletionTimestamp !== undefined) {
          if (ends(pod)) await client.delete(Pod, pod.metadata, { gracePeriodSeconds: 0 });
          return;
        }
        const status = statusFor(fate(pod), () => `127.0.${addresses >> 8}.${addresses++ & 255}`, pod);
        if (status === undefined || settledAs(pod, status)) return;
        await client.strategicPatch(Pod, pod.metadata, { status }, { subresource: 'status' });
      } catch (error) {
        if (!isStatusError(error, 'NotFound')) throw error;
      }
    },
  });
}

function statusFor(fate: Fate, address: () => string, pod: Observed<Pod>): PodStatus | undefined {
  if (fate === 'waits') return undefined;
  const podIP = pod.status?.podIP ?? address();
  const over = { succeeds: 'Succeeded', fails: 'Failed' } as const;
  const phase = fate === 'succeeds' || fate === 'fails' ? over[fate] : 'Running';
  const lastTransitionTime = new Date().toISOString().replace(/\.\d+/, '');
  const status = fate === 'ready' ? 'True' : 'False';
  return { phase, podIP, podIPs: [{ ip: podIP }], conditions: [{ type: 'Ready', status, lastTransitionTime }] };
}

function settledAs({ status }: Observed<Pod>, wanted: PodStatus): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  return status?.phase === wanted.phase && ready === wanted.conditions?.[0]?.status;
}
