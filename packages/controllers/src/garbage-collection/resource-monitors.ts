/**
 * Watches the metadata of every resource that can be listed, watched and deleted, and keeps up with kinds that come and go.
 */
import type { DiscoveredResource } from '@kindred/client';
import { discoverResources, unlessAborted } from '@kindred/client';
import type { KindRef } from '@kindred/machinery';
import { formatGroupVersion } from '@kindred/machinery';
import { KindMonitor, type KindMonitorOptions } from './kind-monitor.ts';

/** Written all the time and never owners or dependents that matter: not watched, as upstream. */
const ignored = new Set(['/events', 'events.k8s.io/events', 'coordination.k8s.io/leases']);

export class ResourceMonitors {
  readonly #options: KindMonitorOptions;
  readonly #monitors = new Map<string, KindMonitor>();
  #resources: readonly DiscoveredResource[] = [];
  #refreshing: Promise<void> | undefined;
  #closed = false;

  constructor(options: KindMonitorOptions) {
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
    const settled = Promise.all([...this.#monitors.values()].map((monitor) => monitor.settled));
    await unlessAborted(settled, signal);
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
    for (const [key, kind] of wanted) {
      if (!this.#monitors.has(key)) this.#monitors.set(key, new KindMonitor(kind, this.#options));
    }
    const { handler } = this.#options;
    for (const [key, monitor] of this.#monitors) {
      if (wanted.has(key)) continue;
      this.#monitors.delete(key);
      await monitor.close();
      for (const uid of handler.known(monitor.kind)) handler.gone(monitor.kind, uid);
    }
  }
}

function isCollectable({ kind, verbs }: DiscoveredResource): boolean {
  return (
    ['list', 'watch', 'delete'].every((verb) => verbs.includes(verb)) && !ignored.has(`${kind.group}/${kind.plural}`)
  );
}

function keyOfKind({ group, version, plural }: KindRef): string {
  return `${group}/${version}/${plural}`;
}
