/**
 * The garbage collector: deletes objects whose owners are gone, carries out foreground and orphaning deletions.
 * Source: "Garbage Collection", Kubernetes documentation. Runs over any kind that the server serves.
 */
import { setMaxListeners } from 'node:events';
import { CustomResourceDefinition } from '@kindred/apis/apiextensions/v1';
import type { Client, EventRecorder } from '@kindred/client';
import type { KindRef, KubeObject, Observed, OwnerReference } from '@kindred/machinery';
import { deepEqual, formatGroupVersion, isStatusError } from '@kindred/machinery';
import type { Logger, ManagerContext, Runnable, RunningPart } from '@kindred/operator';
import { WorkQueue } from '@kindred/operator';
import { unlessGone } from '../writes/settled.ts';
import type { OwnerState } from './decide.ts';
import {
  blockingDependents,
  decide,
  foregroundFinalizer,
  isDeletingDependents,
  orphanFinalizer,
  unblockedOwners,
} from './decide.ts';
import type { GraphNode } from './object-graph.ts';
import { ObjectGraph } from './object-graph.ts';
import { ResourceMonitors } from './resource-monitors.ts';

const workers = 8;
/** Discovery is read again this often (ms), for kinds of aggregated servers, which announce themselves by nothing else. */
const refreshInterval = 30_000;

/** @example manager.add(garbageCollector); */
export const garbageCollector: Runnable = {
  name: 'garbage-collector',
  rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['delete', 'get', 'list', 'patch', 'update', 'watch'] }],
  prepare: (context) => new GarbageCollector(context),
};

class GarbageCollector implements RunningPart {
  readonly #client: Client;
  readonly #context: ManagerContext;
  readonly #logger: Logger;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #graph = new ObjectGraph();
  readonly #monitors: ResourceMonitors;
  /** Owners that a live look did not find, by `uid`: gone for good, since uids are never used again. */
  readonly #absent = new Set<string>();
  readonly #stopping = new AbortController();
  #cancelRefresh: () => void = () => undefined;
  #running: Promise<void>[] = [];

  constructor(context: ManagerContext) {
    this.#context = context;
    // Every request of every worker listens to it.
    setMaxListeners(0, this.#stopping.signal);
    this.#client = context.client.as('garbage-collector');
    this.#logger = context.logger.with({ controller: 'garbage-collector' });
    this.#events = context.events.for('garbage-collector-controller');
    this.#queue = new WorkQueue({ clock: context.clock });
    const { clock, random } = context;
    this.#monitors = new ResourceMonitors({ client: this.#client, clock, random, handler: this.#monitorHandler() });
    context.informers.informer(CustomResourceDefinition).addHandler({
      added: (_, { initial }) => void (initial || this.#refreshSoon(0)),
      updated: () => this.#refreshSoon(0),
      deleted: () => this.#refreshSoon(0),
    });
  }

  start(): void {
    this.#running = [this.#run()];
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The garbage collector stops'));
    this.#cancelRefresh();
    await this.#queue.shutDown();
    await Promise.all(this.#running);
    await this.#monitors.close();
  }

  isIdle(): boolean {
    return this.#queue.length === 0 && this.#queue.processingLength === 0;
  }

  #monitorHandler() {
    return {
      seen: (
        kind: KindRef<KubeObject>,
        object: Observed<KubeObject>,
        { isListed }: { readonly isListed: boolean },
      ): void => {
        const { before, now } = this.#graph.put(kind, object.metadata);
        if (isListed && before !== undefined && deepEqual(before, now)) return;
        if (before !== undefined) for (const uid of unblockedOwners(before, now)) this.#queue.add(uid);
        const { uid, ownerReferences, deletionTimestamp } = object.metadata;
        if (ownerReferences !== undefined || deletionTimestamp !== undefined) this.#queue.add(uid);
      },
      gone: (_: KindRef<KubeObject>, uid: string): void => {
        const owners = this.#graph.get(uid)?.owners ?? [];
        this.#graph.remove(uid);
        for (const dependent of this.#graph.dependentsOf(uid)) this.#queue.add(dependent.uid);
        // An owner in foreground deletion may have waited for this one.
        for (const owner of owners) this.#queue.add(owner.uid);
      },
      known: (kind: KindRef<KubeObject>) => this.#graph.uidsOf(kind),
      failed: (error: unknown, kind: KindRef<KubeObject>) =>
        this.#logger.error('Monitor had a failure', error, { kind: kind.kind }),
    };
  }

  /** Nothing is collected before everything was seen: an owner that was not listed yet must not look absent. */
  async #run(): Promise<void> {
    await this.#refresh();
    const work = async (): Promise<void> => {
      for (let item = await this.#queue.take(); item !== undefined; item = await this.#queue.take()) {
        await this.#process(item.key);
        this.#queue.done(item.key);
      }
    };
    await Promise.all(Array.from({ length: workers }, work));
  }

  #refreshSoon(milliseconds: number): void {
    this.#cancelRefresh();
    if (this.#stopping.signal.aborted) return;
    this.#cancelRefresh = this.#context.clock.after(milliseconds, () => void this.#refresh());
  }

  async #refresh(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await this.#monitors.refresh(signal);
      await this.#monitors.waitForSync(signal);
    } catch (error) {
      if (!signal.aborted) this.#logger.error('Resources could not be discovered', error);
    }
    this.#refreshSoon(refreshInterval);
  }

  async #process(uid: string): Promise<void> {
    const node = this.#graph.get(uid);
    if (node === undefined) return;
    try {
      if (isDeletingDependents(node)) await this.#deleteForeground(node);
      else if (node.isBeingDeleted && node.finalizers.includes(orphanFinalizer)) await this.#orphanDependents(node);
      else await this.#collect(node);
      this.#queue.forget(uid);
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      // The informer brings the newer state, or the deletion; trying again is right in both cases.
      if (!isStatusError(error, 'Conflict')) this.#logger.error('Object could not be collected', error, describe(node));
      this.#queue.addRateLimited(uid);
    }
  }

  async #collect(node: GraphNode): Promise<void> {
    if (node.owners.length === 0) return;
    const states = await Promise.all(node.owners.map((owner) => this.#stateOf(owner, node)));
    if (!states.some((state) => state !== 'present')) return;
    const decision = decide(node, states, this.#graph.dependentsOf(node.uid));
    if (decision.action === 'keep') return;
    if (decision.action === 'dropOwners') return this.#dropOwners(node, decision.uids);
    if (decision.unblock === true) await this.#unblockOwners(node);
    await this.#delete(node, decision.propagation);
  }

  /**
   * Deletes the object as it is now. The graph may be behind: an object that was orphaned, or has found another owner,
   * since its last event must stay.
   */
  async #delete(node: GraphNode, propagationPolicy: 'Background' | 'Foreground' | 'Orphan'): Promise<void> {
    const { signal } = this.#stopping;
    const live = await unlessGone(this.#client.get(node.kind, address(node), { signal }));
    if (live === undefined || live.metadata.uid !== node.uid) return;
    if (!hasOwners(live.metadata.ownerReferences ?? [], node.owners)) {
      // Its event is on the way; should it already have passed, this look is the last there is.
      this.#queue.addRateLimited(node.uid);
      return;
    }
    const preconditions = { uid: node.uid, resourceVersion: live.metadata.resourceVersion };
    await unlessGone(this.#client.delete(node.kind, address(node), { propagationPolicy, preconditions, signal }));
    this.#logger.info('Deleted object whose owners are gone', describe(node));
  }

  /** Looks in the graph first; an owner that is not there is asked for, since its kind may not be watched yet. */
  async #stateOf(reference: OwnerReference, dependent: GraphNode): Promise<OwnerState> {
    const owner = this.#graph.get(reference.uid);
    if (owner !== undefined) {
      if (owner.namespace !== '' && owner.namespace !== dependent.namespace)
        return this.#warnNamespace(reference, dependent);
      return isDeletingDependents(owner) && reference.blockOwnerDeletion === true ? 'waiting' : 'present';
    }
    if (this.#absent.has(reference.uid)) return 'absent';
    const kind = this.#monitors.kindOf(reference);
    if (kind === undefined)
      throw new Error(`No resource is served for the owner ${reference.apiVersion} ${reference.kind}`);
    if (kind.scope === 'Namespaced' && dependent.namespace === '') return this.#warnNamespace(reference, dependent);
    const namespace = kind.scope === 'Namespaced' ? dependent.namespace : undefined;
    const live = await unlessGone(
      this.#client.get(kind, { name: reference.name, namespace }, { signal: this.#stopping.signal }),
    );
    if (live?.metadata.uid === reference.uid) return 'present';
    this.#absent.add(reference.uid);
    return 'absent';
  }

  /** An owner in another namespace can never be: the reference is treated as one to nothing, and said so. */
  #warnNamespace(reference: OwnerReference, dependent: GraphNode): OwnerState {
    const { kind, name, uid, namespace } = dependent;
    this.#events.record(
      { apiVersion: formatGroupVersion(kind), kind: kind.kind, metadata: { name, namespace, uid } },
      {
        type: 'Warning',
        reason: 'OwnerRefInvalidNamespace',
        message: `ownerRef [${reference.apiVersion}/${reference.kind}, namespace: ${namespace}, name: ${reference.name}, uid: ${reference.uid}] does not exist in namespace "${namespace}"`,
      },
    );
    return 'absent';
  }

  async #deleteForeground(node: GraphNode): Promise<void> {
    const blocking = blockingDependents(node, this.#graph.dependentsOf(node.uid));
    if (blocking.length === 0) return this.#removeFinalizer(node, foregroundFinalizer);
    for (const dependent of blocking) if (!isDeletingDependents(dependent)) this.#queue.add(dependent.uid);
  }

  async #orphanDependents(node: GraphNode): Promise<void> {
    const dependents = this.#graph.dependentsOf(node.uid);
    await Promise.all(dependents.map((dependent) => this.#dropOwners(dependent, [node.uid])));
    await this.#removeFinalizer(node, orphanFinalizer);
  }

  /** Writes against the version it read, so that a reference somebody adds meanwhile is not lost. */
  async #dropOwners(node: GraphNode, uids: readonly string[]): Promise<void> {
    await this.#patchMetadata(node, ({ ownerReferences = [] }) => ({
      ownerReferences: orAbsent(ownerReferences.filter(({ uid }) => !uids.includes(uid))),
    }));
  }

  async #unblockOwners(node: GraphNode): Promise<void> {
    await this.#patchMetadata(node, ({ ownerReferences = [] }) => ({
      ownerReferences: ownerReferences.map((reference) => ({ ...reference, blockOwnerDeletion: false })),
    }));
  }

  async #removeFinalizer(node: GraphNode, finalizer: string): Promise<void> {
    await this.#patchMetadata(node, ({ finalizers = [] }) => ({
      finalizers: orAbsent(finalizers.filter((name) => name !== finalizer)),
    }));
  }

  async #patchMetadata(node: GraphNode, change: (metadata: Observed<KubeObject>['metadata']) => object): Promise<void> {
    const { signal } = this.#stopping;
    const live = await unlessGone(this.#client.get(node.kind, address(node), { signal }));
    if (live === undefined || live.metadata.uid !== node.uid) return;
    const { resourceVersion, uid } = live.metadata;
    const patch = { metadata: { uid, resourceVersion, ...change(live.metadata) } };
    await unlessGone(this.#client.mergePatch(node.kind, address(node), patch, { signal }));
  }
}

/** In a merge patch, null takes the member out: nobody wants to see an empty list. */
function orAbsent<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}

function hasOwners(found: readonly OwnerReference[], expected: readonly OwnerReference[]): boolean {
  return found.length === expected.length && found.every(({ uid }) => expected.some((owner) => owner.uid === uid));
}

function address({ name, namespace }: GraphNode): { name: string; namespace?: string } {
  return namespace === '' ? { name } : { name, namespace };
}

function describe({ kind, name, namespace }: GraphNode): { kind: string; name: string; namespace: string } {
  return { kind: kind.kind, name, namespace };
}
