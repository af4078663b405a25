/**
 * Watches a set of objects until all of them are as wanted, or the time is over: one watch for each kind and namespace,
 * nothing is polled.
 */
import { InformerFactory } from '@kindred/client';
import { isStatusError, type KindRef, type KubeObject, type Observed, type Unstructured } from '@kindred/machinery';
import type { Cluster } from '../cluster.ts';
import { type Resource, resourceKey } from '../resource.ts';
import { wrapped } from '../resource-error.ts';
import type { ObjectStatus, StatusRule } from '../status/object-status.ts';

export interface Watched {
  readonly resource: Resource;
  readonly status: ObjectStatus;
}

export interface WatchOptions {
  readonly rule: StatusRule;
  /** What ends the wait for an object: its status is one of these. */
  readonly until: readonly ObjectStatus['status'][];
  readonly timeoutMilliseconds: number;
}

export interface WatchResult {
  readonly statuses: readonly Watched[];
  readonly timedOut: boolean;
}

const UNKNOWN: ObjectStatus = { status: 'Unknown', message: '' };
const NOT_FOUND: ObjectStatus = { status: 'NotFound', message: 'Resource not found' };

/**
 * @throws the cluster's signal's reason when that ends the wait; ResourceError when a kind can't be watched because that
 * isn't allowed
 */
export async function watchStatuses(
  cluster: Cluster,
  resources: readonly Resource[],
  options: WatchOptions,
): Promise<WatchResult> {
  const watch = new StatusWatch(cluster, resources, options);
  try {
    return await watch.run();
  } finally {
    await watch.close();
  }
}

class StatusWatch {
  readonly #cluster: Cluster;
  readonly #options: WatchOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #informers: InformerFactory;
  readonly #rechecks = new Map<string, () => void>();
  readonly #reported = new Map<string, string>();
  #settle: ((end: { readonly timedOut: boolean } | { readonly error: unknown }) => void) | undefined;

  constructor(cluster: Cluster, resources: readonly Resource[], options: WatchOptions) {
    this.#cluster = cluster;
    this.#options = options;
    for (const resource of resources) this.#watched.set(resourceKey(resource), { resource, status: UNKNOWN });
    const { client, clock } = cluster;
    this.#informers = new InformerFactory({ client, clock, onError: (error, kind) => this.#failed(error, kind) });
  }

  async run(): Promise<WatchResult> {
    const { clock, signal } = this.#cluster;
    signal?.throwIfAborted();
    const ended = new Promise<{ readonly timedOut: boolean }>((resolve, reject) => {
      this.#settle = (end) => ('error' in end ? reject(end.error) : resolve(end));
    });
    const cancelTimeout = clock.after(this.#options.timeoutMilliseconds, () => this.#settle?.({ timedOut: true }));
    const onAbort = (): void => this.#settle?.({ error: signal?.reason });
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      this.#finishWhenDone();
      this.#watchAll();
      const { timedOut } = await ended;
      return { statuses: [...this.#watched.values()], timedOut };
    } finally {
      cancelTimeout();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async close(): Promise<void> {
    for (const cancel of this.#rechecks.values()) cancel();
    await this.#informers.close();
  }

  #watchAll(): void {
    const groups = new Map<string, Resource[]>();
    for (const { resource } of this.#watched.values()) {
      const { kind, namespace } = resource;
      const key = `${kind.group}/${kind.version}/${kind.plural}/${namespace}`;
      groups.set(key, [...(groups.get(key) ?? []), resource]);
    }
    for (const group of groups.values()) this.#watchGroup(group);
  }

  #watchGroup(group: readonly Resource[]): void {
    const [first] = group;
    if (first === undefined) return;
    const { kind, namespace } = first;
    const scope = kind.scope === 'Namespaced' ? { namespace } : {};
    const fieldSelector = group.length === 1 ? { fieldSelector: `metadata.name=${first.name}` } : {};
    const informer = this.#informers.informer(kind, { ...scope, ...fieldSelector });
    const byName = new Map(group.map((resource) => [resource.name, resource]));
    const seen = (object: Observed<Unstructured>): void => {
      const resource = byName.get(object.metadata.name);
      if (resource !== undefined) this.#look(resource, object);
    };
    informer.addHandler({
      added: seen,
      updated: seen,
      deleted: ({ metadata }) => this.#look(byName.get(metadata.name), undefined),
    });
    informer.start();
    informer.waitForSync().then(
      () => {
        for (const resource of group) if (informer.lister.get(resource) === undefined) this.#look(resource, undefined);
      },
      () => undefined, // Closed before: nobody asks any more.
    );
  }

  #look(resource: Resource | undefined, object: Observed<Unstructured> | undefined): void {
    if (resource === undefined) return;
    const key = resourceKey(resource);
    this.#rechecks.get(key)?.();
    this.#rechecks.delete(key);
    const { clock } = this.#cluster;
    const now = clock.now();
    const status = object === undefined ? NOT_FOUND : this.#options.rule(object, now);
    if (status.recheckAt !== undefined) {
      const cancel = clock.after(status.recheckAt - now, () => this.#look(resource, object));
      this.#rechecks.set(key, cancel);
    }
    this.#watched.set(key, { resource, status });
    this.#report(key, { resource, status });
    this.#finishWhenDone();
  }

  #report(key: string, { resource, status }: Watched): void {
    const text = `${status.status} ${status.message}`;
    if (this.#reported.get(key) === text) return;
    this.#reported.set(key, text);
    const isDone = this.#options.until.includes(status.status);
    if (status.status === 'NotFound' && isDone) this.#cluster.report?.({ type: 'gone', resource });
    else if (status.status === 'Failed') this.#cluster.report?.({ type: 'failed', resource, reason: status.message });
    else if (isDone) this.#cluster.report?.({ type: 'ready', resource });
    else this.#cluster.report?.({ type: 'waiting', resource, status: status.status, reason: status.message });
  }

  #finishWhenDone(): void {
    const all = [...this.#watched.values()];
    if (all.every(({ status }) => this.#options.until.includes(status.status))) this.#settle?.({ timedOut: false });
  }

  /** Broken connections heal; a refusal doesn't. */
  #failed(error: unknown, kind: KindRef<KubeObject>): void {
    if (!isStatusError(error)) return;
    const { code } = error;
    if (code === 404) {
      // The kind itself is gone, and its objects with it.
      for (const { resource } of this.#watched.values()) if (resource.kind === kind) this.#look(resource, undefined);
    } else if (code === 401 || code === 403) {
      this.#settle?.({ error: wrapped('failed to watch', error) });
    }
  }
}
