/**
 * Serves what CustomResourceDefinitions define: each established definition's versions are in the registry, and out of it
 * when the definition goes. Follows the stored definitions, whoever wrote them; a definition written through this server
 * is served before its writer gets an answer.
 */
import { type Clock, formatTime, type Unstructured } from '@kindred/machinery';
import { type CustomResourceDefinition, isConditionTrue, storageVersionOf } from '@kindred/schema';
import type { ResourceRegistry } from '../resources/registry.ts';
import { ServedResource } from '../resources/served-resource.ts';
import type { ApiStorage, ResourceStorage, ResourceWatch } from '../storage/resource-storage.ts';
import { settleStatus, type TakenNames } from './crd-conditions.ts';
import { crdGroup, crdOf, crdResource } from './crd-object.ts';
import { customKind, schemaRevisionOf } from './custom-kind.ts';
import { type CleanupTransport, CustomResourceCleanup } from './custom-resource-cleanup.ts';

export interface CustomResourceServingParts {
  readonly storage: ApiStorage;
  readonly registry: ResourceRegistry;
  readonly clock: Clock;
  /** Deletes instances through the server's own front door. */
  readonly transport: CleanupTransport;
  reportFault(error: unknown): void;
}

/** What is served of one definition. */
interface Served {
  readonly uid: string;
  readonly schemaRevision: string;
  readonly resources: readonly ServedResource[];
  terminating: boolean;
}

export class CustomResourceServing {
  readonly #parts: CustomResourceServingParts;
  readonly #cleanup: CustomResourceCleanup;
  /** By the definition's name. */
  readonly #served = new Map<string, Served>();
  #definitions: ResourceStorage | undefined;
  #watch: ResourceWatch | undefined;

  constructor(parts: CustomResourceServingParts) {
    this.#parts = parts;
    this.#cleanup = new CustomResourceCleanup(parts);
  }

  /** Serves what is stored and follows it from there. */
  async start(): Promise<void> {
    const definitions = await this.#parts.storage.open(crdGroup, crdResource);
    this.#definitions = definitions;
    const { items, revision } = definitions.list({});
    for (const stored of items) this.sync(stored.object);
    this.#watch = definitions.watch(
      { since: revision },
      {
        onEvents: (events) => {
          for (const event of events) {
            if (event.type === 'DELETED') this.#forget(event.stored.name, event.stored.object.metadata.uid ?? '');
            else if (event.type !== 'BOOKMARK') this.#follow(event.stored.object);
          }
        },
        onEnd: () => undefined,
      },
    );
  }

  close(): void {
    this.#watch?.close();
    this.#cleanup.close();
  }

  /** Serves the definition as it is now: adds, replaces or removes its versions. */
  sync(object: Unstructured): void {
    const crd = crdOf(object);
    const name = crd.metadata.name ?? '';
    const known = this.#served.get(name);
    if (!isConditionTrue(crd, 'Established')) return;
    const terminating = crd.metadata.deletionTimestamp !== undefined;
    if (terminating) this.#cleanup.start(crd);
    const revision = schemaRevisionOf(crd);
    if (known?.schemaRevision === revision) {
      if (known.terminating !== terminating) this.#parts.registry.touch();
      known.terminating = terminating;
      return;
    }
    const resources = this.#makeResources(crd);
    for (const resource of resources) this.#parts.registry.add(resource);
    for (const old of known?.resources ?? []) {
      const replaced = resources.some(({ apiVersion, groupResource }) => {
        return apiVersion === old.apiVersion && groupResource.resource === old.groupResource.resource;
      });
      if (!replaced) this.#parts.registry.remove(old);
    }
    this.#served.set(name, { uid: crd.metadata.uid ?? '', schemaRevision: revision, resources, terminating });
  }

  /** Names in the definition's group that others have: built-in kinds, and definitions accepted before. */
  takenNames(crd: CustomResourceDefinition): TakenNames {
    const resources = new Set<string>();
    const kinds = new Set<string>();
    const own = new Set(this.#served.get(crd.metadata.name ?? '')?.resources ?? []);
    for (const served of this.#parts.registry.all()) {
      const { definition } = served;
      if (definition.group !== crd.spec.group || own.has(served)) continue;
      for (const name of [definition.resource, definition.singular, ...definition.shortNames]) resources.add(name);
      kinds.add(definition.kind).add(definition.listKind);
    }
    return { resources, kinds };
  }

  #makeResources(crd: CustomResourceDefinition): ServedResource[] {
    const storage = storageVersionOf(crd);
    if (storage === undefined) return [];
    const name = crd.metadata.name ?? '';
    const context = {
      storageVersion: storage.name,
      isTerminating: () => this.#served.get(name)?.terminating ?? false,
    };
    return crd.spec.versions
      .filter(({ served }) => served)
      .map((version) => new ServedResource(customKind(crd, version, context), this.#parts.storage));
  }

  /** A change that may have come from elsewhere: one that nobody has settled yet is settled here. */
  #follow(object: Unstructured): void {
    this.sync(object);
    const crd = crdOf(object);
    if (isConditionTrue(crd, 'NamesAccepted') && isConditionTrue(crd, 'Established')) return;
    void this.#settle(object.metadata.name ?? '').catch((error: unknown) => this.#parts.reportFault(error));
  }

  async #settle(name: string): Promise<void> {
    await this.#definitions?.guaranteedUpdate('', name, (stored) => {
      const object = stored.decode();
      const crd = crdOf(object);
      settleStatus(crd, this.takenNames(crd), formatTime(this.#parts.clock.now()));
      return object;
    });
  }

  /** The definition is gone; names that it held may now be free for others. */
  #forget(name: string, uid: string): void {
    const known = this.#served.get(name);
    if (known === undefined || known.uid !== uid) return;
    this.#served.delete(name);
    const [first] = known.resources;
    if (first === undefined) return;
    // Watches are ended by the storage, which hands over the last deletions before; the registry would cut them off.
    this.#parts.storage.release(first.definition.group, first.definition.resource);
    for (const resource of known.resources) this.#parts.registry.remove(resource);
    for (const stored of this.#definitions?.list({}).items ?? []) this.#follow(stored.object);
  }
}
