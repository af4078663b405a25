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

interface Monitor {
  readonly informer: Informer<KubeObject>;
  /** Resolves with the first failure. */
  readonly failure: Promise<void>;
}

export class ResourceMonitors {
  readonly #options: ResourceMonitorsOptions;
  readonly #monitors = new Map<string, Monitor>();
  #resources: readonly DiscoveredResource[] = [];
  #refreshing: Promise<void> | undefined;
  #closed = false;

  constructor(options: ResourceMonitorsOptions) {
    this.#options = options;
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

  /**
   * Resolves when every resource has its first list in, or has failed to give one: a server of others that is broken must
   * not keep everything from being collected. What it would have listed is looked at live when it matters.
   */
  async waitForSync(signal?: AbortSignal): Promise<void> {
    // One after the other: all must be in anyway, and the signal gets one listener instead of one for each.
    const started = [...this.#monitors.values()];
    for (const { informer, failure } of started) await Promise.race([informer.waitForSync(signal), failure]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#refreshing?.catch(() => undefined);
    await Promise.all([...this.#monitors.values()].map(({ informer }) => informer.close()));
    this.#monitors.clear();
  }

  async #refresh(signal: AbortSignal | undefined): Promise<void> {
    this.#resources = await discoverResources(this.#options.client, signal);
    if (this.#closed) return;
    const wanted = new Map(this.#resources.filter(isCollectable).map(({ kind }) => [keyOfKind(kind), kind]));
    for (const [key, kind] of wanted) if (!this.#monitors.has(key)) this.#monitors.set(key, this.#monitor(kind));
    for (const [key, { informer }] of this.#monitors) {
      if (wanted.has(key)) continue;
      this.#monitors.delete(key);
      await informer.close();
      for (const object of informer.lister.list()) this.#options.handler.gone(informer.kind, object);
    }
  }

  #monitor(kind: KindRef): Monitor {
    const { client, clock, random, handler } = this.#options;
    let failed: () => void = () => undefined;
    const failure = new Promise<void>((resolve) => {
      failed = resolve;
    });
    const informer = new Informer<KubeObject>({
      client,
      kind,
      scope: { projection: 'metadata', transform: identityAndOwners },
      clock,
      random,
      onError(error) {
        handler.failed(error, kind);
        failed();
      },
      freeze: false,
      inactivityMilliseconds,
    });
    informer.addHandler({
      added: (object) => handler.seen(kind, object),
      updated: (object) => handler.seen(kind, object),
      deleted: (object) => handler.gone(kind, object),
    });
    informer.start();
    return { informer, failure };
  }
}

/** Keeps of an object what the graph is made of: there may be very many. */
function identityAndOwners(object: Observed<KubeObject>): Observed<KubeObject> {
  const { name, namespace, uid, resourceVersion, creationTimestamp, ownerReferences, finalizers, deletionTimestamp } =
    object.metadata;
  // Field by field: every write of the cluster comes here, and spreading what is optional costs several times as much.
  const metadata: Observed<KubeObject>['metadata'] = { name, uid, resourceVersion, creationTimestamp };
  if (namespace !== undefined) metadata.namespace = namespace;
  if (ownerReferences !== undefined) metadata.ownerReferences = ownerReferences;
  if (finalizers !== undefined) metadata.finalizers = finalizers;
  if (deletionTimestamp !== undefined) metadata.deletionTimestamp = deletionTimestamp;
  return { apiVersion: object.apiVersion, kind: object.kind, metadata };
}

function isCollectable({ kind, verbs }: DiscoveredResource): boolean {
  return (
    ['list', 'watch', 'delete'].every((verb) => verbs.includes(verb)) && !ignored.has(`${kind.group}/${kind.plural}`)
  );
}

function keyOfKind({ group, version, plural }: KindRef): string {
  return `${group}/${version}/${plural}`;
}
