/** Creating and deleting pods for an owner, with the events that `kubectl describe` shows of it. */
import { Pod } from '@kindred/apis/core/v1';
import { errorText, isStatusError, type KubeObject, type Observed } from '@kindred/machinery';
import type { ReconcileContext } from '@kindred/operator';
import { isNamespaceTerminating } from '../writes/settled.ts';
import { slowStart } from './slow-start.ts';

export interface Failure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

type Context = Pick<ReconcileContext<KubeObject>, 'client' | 'events'>;

/** Makes the pods, few at first; answers why that failed, if it did. The first failure stops it. */
export async function createPods(
  { client, events }: Context,
  owner: KubeObject,
  pods: readonly Pod[],
): Promise<Failure | undefined> {
  const left = [...pods];
  const error = await slowStart(pods.length, async () => {
    const pod = left.shift();
    if (pod === undefined) return;
    const created = await client.create(Pod, pod);
    const message = `Created pod: ${created.metadata.name}`;
    events.record(owner, { type: 'Normal', reason: 'SuccessfulCreate', message });
  });
  // A namespace that goes away takes the owner with it: nothing to report.
  if (error === undefined || isNamespaceTerminating(error)) return undefined;
  const message = `Error creating: ${error.message}`;
  events.record(owner, { type: 'Warning', reason: 'FailedCreate', message });
  return { reason: 'FailedCreate', message: error.message };
}

/** Deletes the pods; answers why that failed, if it did. */
export async function deletePods(
  { client, events }: Context,
  owner: KubeObject,
  pods: readonly Observed<Pod>[],
): Promise<Failure | undefined> {
  let failure: Failure | undefined;
  await Promise.all(
    pods.map(async (pod) => {
      try {
        await client.delete(Pod, pod.metadata, { preconditions: { uid: pod.metadata.uid } });
        const message = `Deleted pod: ${pod.metadata.name}`;
        events.record(owner, { type: 'Normal', reason: 'SuccessfulDelete', message });
      } catch (error) {
        if (isStatusError(error, 'NotFound')) return;
        const message = errorText(error);
        events.record(owner, { type: 'Warning', reason: 'FailedDelete', message: `Error deleting: ${message}` });
        failure = { reason: 'FailedDelete', message };
      }
    }),
  );
  return failure;
}
