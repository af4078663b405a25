/**
 * What happens when a definition is deleted: its instances are deleted first, through the server's own front door, so that
 * their finalizers and admission count; then the definition's finalizer goes, and with it the definition.
 */
import { type Clock, formatTime } from '@kindred/machinery';
import { type CustomResourceDefinition, storageVersionOf } from '@kindred/schema';
import type { ApiStorage, ResourceStorage, ResourceWatch } from '../storage/resource-storage.ts';
import { markTerminating, setCondition } from './crd-conditions.ts';
import { cleanupFinalizer, crdGroup, crdOf, crdResource } from './crd-object.ts';

/** Sends a request into the server; resolves when its answer has been read. */
export interface CleanupTransport {
  delete(path: string): Promise<void>;
}

export interface CleanupParts {
  readonly storage: ApiStorage;
  readonly clock: Clock;
  readonly transport: CleanupTransport;
  reportFault(error: unknown): void;
}

export class CustomResourceCleanup {
  readonly #parts: CleanupParts;
  /** Uids of the definitions that are being cleaned up after, with what ends the waiting. */
  readonly #running = new Map<string, () => void>();
  #closed = false;

  constructor(parts: CleanupParts) {
    this.#parts = parts;
  }

  /** Begins to clean up after a definition in deletion, once. */
  start(crd: CustomResourceDefinition): void {
    const uid = crd.metadata.uid ?? '';
    const waitsForUs = crd.metadata.finalizers?.includes(cleanupFinalizer) ?? false;
    if (this.#closed || !waitsForUs || this.#running.has(uid)) return;
    this.#running.set(uid, () => undefined);
    void this.#cleanUp(crd, uid)
      .catch((error: unknown) => this.#parts.reportFault(error))
      .finally(() => this.#running.delete(uid));
  }

  close(): void {
    this.#closed = true;
    for (const stop of this.#running.values()) stop();
  }

  async #cleanUp(crd: CustomResourceDefinition, uid: string): Promise<void> {
    const { storage } = this.#parts;
    const definitions = await storage.open(crdGroup, crdResource);
    const name = crd.metadata.name ?? '';
    await this.#updateDefinition(definitions, name, (current, now) => markTerminating(current, now));
    const instances = await storage.open(crd.spec.group, crd.spec.names.plural);
    while (instances.size > 0 && !this.#closed) {
      const since = instances.revision;
      await this.#deleteInstances(crd, instances);
      await this.#emptiedOrRefilled(instances, uid, since);
    }
    if (this.#closed) return;
    await this.#updateDefinition(definitions, name, (current, now) => {
      const message = 'removed all instances';
      setCondition(
        current,
        { type: 'Terminating', status: 'False', reason: 'InstanceDeletionCompleted', message },
        now,
      );
      current.metadata.finalizers = (current.metadata.finalizers ?? []).filter((other) => other !== cleanupFinalizer);
    });
    const last = definitions.get('', name);
    if (last !== undefined && (last.object.metadata.finalizers ?? []).length === 0) await definitions.remove(last);
  }

  async #updateDefinition(
    definitions: ResourceStorage,
    name: string,
    change: (crd: CustomResourceDefinition, now: string) => void,
  ): Promise<void> {
    await definitions.guaranteedUpdate('', name, (stored) => {
      const object = stored.decode();
      change(crdOf(object), formatTime(this.#parts.clock.now()));
      return object;
    });
  }

  async #deleteInstances(crd: CustomResourceDefinition, instances: ResourceStorage): Promise<void> {
    const stored = storageVersionOf(crd);
    // The stored version needs no conversion, which might fail.
    const version = stored?.served === true ? stored : crd.spec.versions.find(({ served }) => served);
    if (version === undefined) return;
    const { group, names } = crd.spec;
    const base = `/apis/${group}/${version.name}`;
    const namespaces = new Set(instances.list({}).items.map(({ namespace }) => namespace));
    for (const namespace of namespaces) {
      const collection = namespace === '' ? names.plural : `namespaces/${namespace}/${names.plural}`;
      await this.#parts.transport.delete(`${base}/${collection}`);
    }
  }

  /**
   * Waits until the last instance is gone, or there is one whose deletion has not begun: its creation was under way when
   * that of the others began. Finalizers may hold instances for long, so a watch that ends early begins again.
   */
  async #emptiedOrRefilled(instances: ResourceStorage, uid: string, since: number): Promise<void> {
    for (let seen = since; instances.size > 0 && !this.#closed; ) {
      await this.#changeAfter(seen, instances, uid);
      seen = instances.revision;
      if (instances.list({}).items.some(({ object }) => object.metadata.deletionTimestamp === undefined)) return;
    }
  }

  #changeAfter(since: number, instances: ResourceStorage, uid: string): Promise<void> {
    if (since < instances.changedRevision) return Promise.resolve();
    return new Promise<void>((resolve) => {
      // Nothing is handed over before a later turn, so `watch` is there when it is closed.
      const watch: ResourceWatch = instances.watch({ since }, { onEvents: () => stop(), onEnd: () => resolve() });
      const stop = (): void => {
        watch.close();
        resolve();
      };
      this.#running.set(uid, stop);
    });
  }
}
