/** The context in which helm's actions work for a release: as whom, in which namespace, with which records. */
import type { Client } from '@kindred/client';
import type { KubeObject } from '@kindred/machinery';
import type { ReconcileContext } from '@kindred/operator';
import { type ActionContext, createActionContext } from '../../actions/action-context.ts';
import type { ActionEvent } from '../../actions/action-event.ts';
import { secretDriver } from '../../release/object-driver.ts';
import { FIELD_MANAGER } from '../../resources/cluster.ts';
import { createKindMapper } from '../../resources/kind-mapper.ts';
import { healthRule } from '../health/health-expressions.ts';
import type { ReleaseIdentity } from '../release-kind.ts';
import { readKubeConfig } from '../remote/read-kube-config.ts';
import type { OpenCluster, RemoteCluster } from '../remote/remote-clusters.ts';
import type { ReleaseKit } from './release-kit.ts';
import type { ReleaseObject } from './release-object.ts';

/** Whose object is looked at, and with what rights. */
type Reading = Pick<ReconcileContext<KubeObject>, 'client' | 'object'>;

type Actor = Pick<ReleaseIdentity, 'serviceAccountName' | 'kubeConfig'>;

/**
 * Reads what the object names in this cluster: as the service account, so that nobody gets at a Secret through the
 * controller. With a kubeconfig the account is the other cluster's, and needn't be there in this one.
 */
export function readerFor(kit: Pick<ReleaseKit, 'actsAsAccountsOnly'>, context: Reading, actor: Actor): Client {
  const isElsewhere = actor.kubeConfig !== undefined && !kit.actsAsAccountsOnly;
  return isElsewhere ? context.client : actingAs(context.client, context, actor);
}

/** Acts as the service account that the object names, or as the one whom the client speaks for. */
function actingAs(client: Client, { object }: Reading, { serviceAccountName }: Actor): Client {
  if (serviceAccountName === undefined) return client;
  return client.impersonating(`system:serviceaccount:${object?.metadata.namespace ?? ''}:${serviceAccountName}`);
}

/**
 * Another cluster that a release goes to; undefined for this one. The connection is kept for `key` until it asks for another.
 *
 * @throws KubeConfigError for a kubeconfig that can't be had, or be used; nothing is sent there yet
 */
export async function remoteClusterOf(
  kit: ReleaseKit,
  context: ReconcileContext<ReleaseObject>,
  actor: Actor,
  key: string = context.key,
): Promise<RemoteCluster | undefined> {
  if (actor.kubeConfig === undefined) {
    kit.remotes.forget(key);
    return undefined;
  }
  const found = await readKubeConfig(actor.kubeConfig, {
    client: readerFor(kit, context, actor),
    clock: kit.clock,
    allowInsecure: kit.allowInsecureKubeConfig,
    signal: context.signal,
  });
  return kit.remotes.open(key, found);
}

/** The context in which a release is made, in this cluster or another. @throws KubeConfigError */
export async function actionContextOf(
  kit: ReleaseKit,
  context: ReconcileContext<ReleaseObject>,
  identity: ReleaseIdentity,
): Promise<ActionContext> {
  return actionContextIn(kit, context, identity, await remoteClusterOf(kit, context, identity));
}

/** The same in a cluster that is open already; undefined is this one. */
export function actionContextIn(
  kit: ReleaseKit,
  context: ReconcileContext<ReleaseObject>,
  identity: ReleaseIdentity,
  remote: OpenCluster | undefined,
): ActionContext {
  const { releaseName, targetNamespace, storageNamespace } = identity;
  const { signal, logger } = context;
  const cluster = remote ?? { client: context.client, mapper: kit.mapper };
  // Helm's own name, so that either program can go on where the other stopped.
  const client = actingAs(cluster.client, context, identity).as(FIELD_MANAGER);
  const { clock, functions, templates, identity: process } = kit;
  const mapper = identity.freshDiscovery === true ? createKindMapper(cluster.client) : cluster.mapper;
  return createActionContext({
    client,
    // Records are written to the end, even when the controller stops.
    driver: secretDriver({ client, namespace: storageNamespace, clock }),
    namespace: targetNamespace,
    storageNamespace,
    functions,
    templates,
    identity: process,
    clock,
    mapper,
    signal,
    ...(identity.healthChecks === undefined ? {} : { healthRule: healthRule(identity.healthChecks) }),
    report: (event) => {
      const text = wordsOf(event);
      if (text !== undefined) logger.debug(text, { release: `${targetNamespace}/${releaseName}` });
    },
  });
}

function wordsOf(event: ActionEvent): string | undefined {
  if (event.type === 'phase') return `${event.phase} ${event.detail}`;
  if (event.type === 'warning') return [event.message, ...Object.values(event.fields ?? {})].join(': ');
  return event.type === 'debug' ? event.message : undefined;
}
