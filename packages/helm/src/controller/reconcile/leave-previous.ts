/**
 * A release that the object made under another name, in another namespace or in another cluster: it is uninstalled before that
 * of now is made, as Flux does it for names and namespaces. The status says which it was. One whose cluster can't be had any
 * more is left there, which is told.
 */
import { errorText } from '@kindred/machinery';
import { uninstall } from '../../actions/uninstall.ts';
import { clusterIdentity } from '../../resources/cluster-identity.ts';
import { KubeConfigError } from '../remote/kube-config-error.ts';
import type { RemoteCluster } from '../remote/remote-clusters.ts';
import { actionContextIn, remoteClusterOf } from './action-kit.ts';
import { progressOf } from './progress-of-status.ts';
import type { ReleaseRun } from './release-kit.ts';
import { type ClusterPlace, isSameCluster, kubeConfigOf, placeText } from './release-place.ts';

interface Place {
  readonly releaseName: string;
  readonly targetNamespace: string;
  readonly storageNamespace: string;
  readonly cluster: ClusterPlace;
}

export interface Leaving {
  /** There was a release elsewhere, and it isn't the object's any more. */
  readonly isNew: boolean;
  /** Why it is there still. */
  readonly leftBehind?: string;
}

/** A release that the object made, and doesn't mean any more. */
export interface Previous extends Place {
  /** Undefined when it can't be told. */
  readonly isSameCluster: boolean | undefined;
}

export async function findPrevious(run: ReleaseRun, cluster: ClusterPlace): Promise<Previous | undefined> {
  const { releaseName, targetNamespace, storageNamespace } = run.intent;
  const previous = placeBefore(run, cluster);
  if (previous === undefined) return undefined;
  const isSame = await isSameAs(run, previous.cluster, cluster);
  const isSameName =
    releaseName === previous.releaseName &&
    targetNamespace === previous.targetNamespace &&
    storageNamespace === previous.storageNamespace;
  return isSameName && isSame === true ? undefined : { ...previous, isSameCluster: isSame };
}

/** @throws ReleaseError, KubeConfigError when it can't be uninstalled now */
export async function leavePrevious(run: ReleaseRun, previous: Previous, cluster: ClusterPlace): Promise<Leaving> {
  const release = `release ${previous.targetNamespace}/${previous.releaseName}`;
  const leftBehind =
    previous.isSameCluster === undefined
      ? `whether that is ${placeText(cluster)} can't be told`
      : await takeAway(run, previous);
  run.kit.histories.delete(run.context.key);
  run.kit.drifts.delete(run.context.key);
  if (leftBehind !== undefined) {
    const message = `${release} was left in ${placeText(previous.cluster)}: ${leftBehind}`;
    run.writer.tell({ status: false, reason: 'ReleaseLeftBehind', message });
    return { isNew: previous.isSameCluster === false, leftBehind: message };
  }
  const message = `${release} was uninstalled: the object means another one now`;
  run.context.events.record(run.object, { type: 'Normal', reason: 'UninstallSucceeded', message });
  return { isNew: true };
}

/** Where the release was that the status speaks of; undefined when there is none. */
function placeBefore({ writer: { status }, intent }: ReleaseRun, here: ClusterPlace): Place | undefined {
  const [snapshot] = status.history ?? [];
  if (snapshot === undefined || progressOf(status).made === undefined) return undefined;
  const { name: releaseName, namespace: targetNamespace } = snapshot;
  const { storageNamespace = intent.storageNamespace, cluster = here } = status;
  return { releaseName, targetNamespace, storageNamespace, cluster };
}

async function isSameAs(
  { context }: ReleaseRun,
  before: ClusterPlace,
  now: ClusterPlace,
): Promise<boolean | undefined> {
  const { client, signal } = context;
  const isMixed = (before.kind === 'Local') !== (now.kind === 'Local');
  return isSameCluster(before, now, isMixed ? await clusterIdentity({ client, signal }) : '');
}

/** Why it can't be taken away; undefined when it is. */
async function takeAway(run: ReleaseRun, previous: Previous): Promise<string | undefined> {
  const { kit, context, intent } = run;
  if (previous.isSameCluster === true) {
    await uninstallIn(run, previous, await remoteClusterOf(kit, context, intent));
    return undefined;
  }
  // A connection of its own: that of the cluster of now stays open.
  const key = `${context.key} (before)`;
  try {
    const found = await findCluster(run, previous.cluster, key);
    if (typeof found === 'string') return found;
    await uninstallIn(run, previous, found.remote);
    return undefined;
  } finally {
    kit.remotes.forget(key);
  }
}

/** The cluster of before, or why it can't be had. */
async function findCluster(
  { kit, context, intent, object }: ReleaseRun,
  before: ClusterPlace,
  key: string,
): Promise<{ readonly remote: RemoteCluster | undefined } | string> {
  const kubeConfig = kubeConfigOf(before, object.metadata.namespace ?? '');
  if (kubeConfig === undefined) return { remote: undefined };
  let remote: RemoteCluster | undefined;
  try {
    remote = await remoteClusterOf(kit, context, { ...intent, kubeConfig }, key);
  } catch (error) {
    if (error instanceof KubeConfigError) return errorText(error);
    throw error;
  }
  if (remote === undefined) return { remote };
  const uid = await remote.uid(context.signal);
  const isThat = uid === '' || before.uid === undefined ? remote.server === before.server : uid === before.uid;
  return isThat ? { remote } : `${before.kind} ${before.name ?? ''} leads to another cluster now`;
}

async function uninstallIn({ kit, context, intent }: ReleaseRun, previous: Place, remote: RemoteCluster | undefined) {
  const { keepHistory, disableHooks, propagation, wait, timeout } = intent.uninstall;
  const { releaseName, targetNamespace, storageNamespace } = previous;
  const place = { ...intent, releaseName, targetNamespace, storageNamespace };
  await uninstall(actionContextIn(kit, context, place, remote), {
    name: releaseName,
    ignoreNotFound: true,
    keepHistory,
    noHooks: disableHooks,
    cascade: propagation,
    wait: wait ? 'watcher' : 'hookOnly',
    timeoutMilliseconds: timeout,
  });
}
