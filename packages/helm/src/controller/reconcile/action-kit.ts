/** The context in which helm's actions work for a release: as whom, in which namespace, with which records. */
import type { Client } from '@kindred/client';
import type { ReconcileContext } from '@kindred/operator';
import { type ActionContext, createActionContext } from '../../actions/action-context.ts';
import type { ActionEvent } from '../../actions/action-event.ts';
import { secretDriver } from '../../release/object-driver.ts';
import { FIELD_MANAGER } from '../../resources/cluster.ts';
import type { ReleaseIdentity } from '../release-kind.ts';
import type { ReleaseKit } from './release-kit.ts';
import type { ReleaseObject } from './release-object.ts';

/** Acts as the service account that the object names, or as the controller itself. */
export function clientFor(
  { client, object }: ReconcileContext<ReleaseObject>,
  { serviceAccountName }: Pick<ReleaseIdentity, 'serviceAccountName'>,
): Client {
  if (serviceAccountName === undefined) return client;
  return client.impersonating(`system:serviceaccount:${object?.metadata.namespace ?? ''}:${serviceAccountName}`);
}

export function actionContextOf(
  kit: ReleaseKit,
  context: ReconcileContext<ReleaseObject>,
  identity: ReleaseIdentity,
): ActionContext {
  const { releaseName, targetNamespace, storageNamespace } = identity;
  const { signal, logger } = context;
  // Helm's own name, so that either program can go on where the other stopped.
  const client = clientFor(context, identity).as(FIELD_MANAGER);
  const { clock, functions, mapper, identity: process } = kit;
  return createActionContext({
    client,
    // Records are written to the end, even when the controller stops.
    driver: secretDriver({ client, namespace: storageNamespace, clock }),
    namespace: targetNamespace,
    functions,
    identity: process,
    clock,
    mapper,
    signal,
    report: (event) => {
      const text = wordsOf(event);
      if (text !== undefined) logger.debug(text, { release: `${targetNamespace}/${releaseName}` });
    },
  });
}

function wordsOf(event: ActionEvent): string | undefined {
  if (event.type === 'phase') return `${event.phase} ${event.detail}`;
  return event.type === 'warning' || event.type === 'debug' ? event.message : undefined;
}
