/**
 * The APIServices that stand for what this server serves itself ("Kubernetes API Aggregation Layer"): made for built-in
 * groups when it starts (`onstart`: whoever deletes one afterwards gets it back with the next start), and kept in step with
 * CustomResourceDefinitions all the time (`true`). One that somebody made without the label is left alone.
 */
import type { APIService } from '@kindred/apis/apiregistration/v1';
import { type Clock, deepEqual, formatTime, type Unstructured } from '@kindred/machinery';
import { localPriorities } from '../discovery/priorities.ts';
import type { ResourceRegistry, ServedGroupVersion } from '../resources/registry.ts';
import type { ResourceStorage } from '../storage/resource-storage.ts';
import { settleAvailability } from './api-service-status.ts';
import { apiServiceGroup } from './remote-api.ts';

const managedLabel = 'kube-aggregator.kubernetes.io/automanaged';
type Managed = 'onstart' | 'true';

/** Milliseconds. */
const startDelay = 1000;

export interface LocalApiServicesParts {
  readonly storage: ResourceStorage;
  readonly registry: ResourceRegistry;
  readonly clock: Clock;
  readonly randomUuid: () => string;
  reportFault(error: unknown): void;
}

export class LocalApiServices {
  readonly #parts: LocalApiServicesParts;
  #running: Promise<void> | undefined;
  readonly #pending = new Set<Managed>();
  #cancel: () => void = () => undefined;
  #closed = false;

  constructor(parts: LocalApiServicesParts) {
    this.#parts = parts;
  }

  /**
   * Brings what is stored in line with what is served: at once where nothing is stored, else a little later, since it was
   * in line before and a start has more urgent things to do.
   */
  async start(): Promise<void> {
    const { registry, storage, clock } = this.#parts;
    registry.onChange(() => this.sync());
    if (storage.size === 0) {
      await Promise.all([this.#bringInLine('onstart'), this.#bringInLine('true')]);
      return;
    }
    this.#pending.add('true');
    this.#cancel = clock.after(startDelay, () => this.sync('onstart'));
  }

  /** Looks again soon: a definition or an APIService has changed. */
  sync(managed: Managed = 'true'): void {
    if (this.#closed) return;
    this.#pending.add(managed);
    if (this.#running !== undefined) return;
    this.#running = this.#syncUntilQuiet()
      .catch((error: unknown) => {
        if (!this.#closed) this.#parts.reportFault(error);
      })
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Resolves when nothing is being written any more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    this.#parts.registry.onChange(undefined);
    await this.#running;
  }

  async #syncUntilQuiet(): Promise<void> {
    while (this.#pending.size > 0 && !this.#closed) {
      const pending = [...this.#pending];
      this.#pending.clear();
      await Promise.all(pending.map((managed) => this.#bringInLine(managed)));
    }
  }

  async #bringInLine(managed: Managed): Promise<void> {
    const { storage, registry } = this.#parts;
    const wanted = new Map(
      registry
        .groupVersions()
        .filter((served) => served.group !== apiServiceGroup && managedBy(served) === managed)
        .map((served): [string, ServedGroupVersion] => [`${served.version}.${served.group}`, served]),
    );
    const stale = storage.list({ matchesLabels: (labels) => labels[managedLabel] === managed });
    await Promise.all([
      ...[...wanted].map(([name, served]) => this.#ensure(name, served, managed)),
      ...stale.items.filter(({ name }) => !wanted.has(name)).map((stored) => storage.remove(stored)),
    ]);
  }

  async #ensure(name: string, served: ServedGroupVersion, managed: Managed): Promise<void> {
    const { storage, clock, randomUuid } = this.#parts;
    const spec = specOf(served);
    const stored = storage.get('', name);
    if (stored === undefined) {
      const created: Unstructured & APIService = {
        kind: 'APIService',
        apiVersion: `${apiServiceGroup}/v1`,
        metadata: {
          name,
          uid: randomUuid(),
          creationTimestamp: formatTime(clock.now()),
          labels: { [managedLabel]: managed },
        },
        spec,
      };
      settleAvailability(created, formatTime(clock.now()));
      await storage.create('', name, created);
      return;
    }
    const isOurs = stored.object.metadata.labels?.[managedLabel] === managed;
    if (!isOurs || deepEqual(stored.object['spec'], spec)) return;
    // What is stored under this resource is an APIService.
    const restored = { ...stored.decode(), spec } as Unstructured & APIService;
    settleAvailability(restored, formatTime(clock.now()));
    // Whoever came between is looked at again, because of his own change.
    await storage.replace(stored, restored);
  }
}

function managedBy({ resources }: ServedGroupVersion): Managed {
  return resources.some(({ kind }) => kind.custom) ? 'true' : 'onstart';
}

function specOf({ group, version }: ServedGroupVersion): NonNullable<APIService['spec']> {
  const priorities = localPriorities(group, version);
  return {
    ...(group === '' ? {} : { group }),
    groupPriorityMinimum: priorities.group,
    version,
    versionPriority: priorities.version,
  };
}
