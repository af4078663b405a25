/**
 * Watches the metadata of every resource that can be listed, watched and deleted, and keeps up with kinds that come and go.
 */
import type { Client, DiscoveredResource, Random } from '@kindred/client';
import { discoverResources, Informer } from '@kindred/client';
import type { Clock, KindRef, KubeObject, Observed } from '@kindred/machinery';
import { formatGroupVersion } from '@kindred/machinery';

export interface MonitorHandler {
  seen(kind: KindRef<KubeObject>, object: Observed<KubeObject>): void;
  gone(kind: KindRef<KubeObject>, object: Observed<KubeObject>): void;
  failed(error: unknown, kind: KindRef<KubeObject>): void;
}

export interface ResourceMonitorsOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly handler: MonitorHandler;
}

/** Written all the time and never owners or dependents that matter: not watched, as upstream. */
const ignored = new Set(['/events', 'events.k8s.io/events', 'coordination.k8s.io/leases']);
const inactivityMilliseconds = 150_000;

export class ResourceMonitors {
  readonly #options: ResourceMonitorsOptions;
  readonly #monitors = new Map<string, Informer<KubeObject>>();
  #resources: readonly DiscoveredResource[] = [];
  #refreshing: Promise<void> | undefined;
  #closed = false;

  constructor(options: ResourceMonitorsOptions) {
    this.#options = options;
  }

  /** True when every resource that was discovered has its first list in. */
  get hasSynced(): boolean {
    return [...this.#monitors.values()].every((monitor) => monitor.hasSynced);
  }

  /** The kind that an owner reference names, if the server serves it. */
  kindOf(reference: { readonly apiVersion: string; readonly kind: string }): KindRef | undefined {
    const exact = this.#resources.find(
      ({ kind }) => kind.kind === reference.kind && formatGroupVersion(kind) === reference.apiVersion,
    );
    if (exact !== undefined) return exact.kind;
    const group = reference.apiVersion.includes('/')
      ? reference.apiVersion.slice(0, reference.apiVersion.indexOf('/'))
      : '';
    return this.#resources.find(({ kind }) => kind.kind === reference.kind && kind.group === group)?.kind;
  }

  /** Discovers again and starts and stops monitors accordingly; calls at the same time share one run. */
  refresh(signal?: AbortSignal): Promise<void> {
    this.#refreshing ??= this.#refresh(signal).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async waitForSync(signal?: AbortSignal): Promise<void> {
    // One after the other: all must be in anyway, and the signal gets one listener instead of one for each.
    const started = [...this.#monitors.values()];
    for (const monitor of started) await monitor.waitForSync(signal);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#refreshing?.catch(() => undefined);
    await Promise.all([...this.#monitors.values()].map((monitor) => monitor.close()));
    this.#monitors.clear();
  }

  async #refresh(signal: AbortSignal | undefined): Promise<void> {
    this.#resources = await discoverResources(this.#options.client, signal);
    if (this.#closed) return;
    const wanted = new Map(this.#resources.filter(isCollectable).map(({ kind }) => [keyOfKind(kind), kind]));
    for (const [key, kind] of wanted) if (!this.#monitors.has(key)) this.#monitors.set(key, this.#monitor(kind));
    for (const [key, monitor] of this.#monitors) {
      if (wanted.has(key)) continue;
      this.#monitors.delete(key);
      await monitor.close();
      for (const object of monitor.lister.list()) this.#options.handler.gone(monitor.kind, object);
    }
  }

  #monitor(kind: KindRef): Informer<KubeObject> {
    const { client, clock, random, handler } = this.#options;
    const monitor = new Informer<KubeObject>({
      client,
      kind,
      scope: { projection: 'metadata', transform: identityAndOwners },
      clock,
      random,
      onError: (error) => handler.failed(error, kind),
      freeze: false,
      inactivityMilliseconds,
    });
    monitor.addHandler({
      added: (object) => handler.seen(kind, object),
      updated: (object) => handler.seen(kind, object),
      deleted: (object) => handler.gone(kind, object),
    });
    monitor.start();
    return monitor;
  }
}

/** Keeps of an object what the graph is made of: there may be very many. */
function identityAndOwners(object: Observed<KubeObject>): Observed<KubeObject> {
  const { name, namespace, uid, resourceVersion, creationTimestamp, ownerReferences, finalizers, deletionTimestamp } =
    object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    metadata: {
      name,
      uid,
      resourceVersion,
      creationTimestamp,
      ...(namespace === undefined ? {} : { namespace }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    },
  };
}

function isCollectable({ kind, verbs }: DiscoveredResource): boolean {
  return (
    ['list', 'watch', 'delete'].every((verb) => verbs.includes(verb)) && !ignored.has(`${kind.group}/${kind.plural}`)
  );
}

function keyOfKind({ group, version, plural }: KindRef): string {
  return `${group}/${version}/${plural}`;
}
