/**
 * Plays the controllers and nodes for jobs and pods of hooks: those whose name has "bad" in it fail, all others succeed, as
 * soon as they are created.
 */
import type { TestContext } from 'node:test';
import { Job } from '@kindred/apis/batch/v1';
import { Pod } from '@kindred/apis/core/v1';
import { type Client, type Informer, InformerFactory } from '@kindred/client';
import { isStatusError, type KindRef, type KubeObject, type Observed } from '@kindred/machinery';

export async function runJobs(t: Pick<TestContext, 'after'>, client: Client): Promise<void> {
  const informers = new InformerFactory({ client, onError: () => undefined });
  t.after(() => informers.close());
  const play = <T extends KubeObject>(kind: KindRef<T>, statusOf: (failed: boolean) => object): Informer<T> => {
    const informer = informers.informer(kind);
    informer.addHandler({
      added(object: Observed<T>) {
        const status = statusOf(object.metadata.name?.includes('bad') ?? false);
        client.mergePatch(kind, address(object), { status }, { subresource: 'status' }).catch((error: unknown) => {
          if (!isStatusError(error, 'NotFound')) process.emitWarning(String(error));
        });
      },
    });
    return informer;
  };
  const now = new Date().toISOString().replace(/\.\d+/, '');
  play(Job, (failed) => {
    const conditions = [
      {
        type: failed ? 'Failed' : 'Complete',
        status: 'True',
        reason: failed ? 'BackoffLimitExceeded' : '',
        message: failed ? 'Job has reached the specified backoff limit' : '',
        lastTransitionTime: now,
      },
    ];
    return failed ? { conditions, failed: 1 } : { conditions, succeeded: 1, startTime: now, completionTime: now };
  });
  play(Pod, (failed) => ({ phase: failed ? 'Failed' : 'Succeeded' }));
  informers.start();
  await informers.waitForSync();
}

function address(object: KubeObject): { readonly name: string; readonly namespace: string } {
  return { name: object.metadata.name ?? '', namespace: object.metadata.namespace ?? '' };
}
