/**
 * What admission webhooks are configured by, and how they are reached, as the cluster has it: kept in memory beside a custom
 * API server, so that policies of the cluster hold for what is stored here too.
 */

import { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '@kindred/apis/admissionregistration/v1';
import { Endpoints, Namespace, Service } from '@kindred/apis/core/v1';
import { EndpointSlice } from '@kindred/apis/discovery/v1';
import { type ApiStorage, openApiStorage } from '@kindred/apiserver';
import { type InformerFactory, keyOf } from '@kindred/client';
import { type Clock, deepCopy, type KindRef, type KubeObject, type Logger } from '@kindred/machinery';
import { openMemoryStore, type Store } from '@kindred/store';

/** The kinds that are mirrored. */
export const mirroredKinds: readonly KindRef<KubeObject>[] = [
  MutatingWebhookConfiguration,
  ValidatingWebhookConfiguration,
  Namespace,
  Service,
  Endpoints,
  EndpointSlice,
];

/** The newest state of an object; undefined when it is gone. */
interface Change {
  readonly kind: KindRef<KubeObject>;
  readonly namespace: string;
  readonly name: string;
  readonly object: KubeObject | undefined;
}

export class ClusterMirror {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #changes = new Map<string, Change>();
  #storage: ApiStorage | undefined;
  #writing: Promise<void> | undefined;

  constructor(informers: InformerFactory, { clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#store = openMemoryStore({ clock });
    this.#clock = clock;
    this.#logger = logger;
    for (const kind of mirroredKinds) {
      informers.informer(kind).addHandler({
        added: (object) => this.#changed(kind, object, object),
        updated: (object) => this.#changed(kind, object, object),
        deleted: (object) => this.#changed(kind, object, undefined),
      });
    }
  }

  /** Resolves to the storage when it has everything that the informers have heard of. */
  async open(): Promise<ApiStorage> {
    const storage = await openApiStorage({ store: this.#store, clock: this.#clock });
    this.#storage = storage;
    this.#write();
    await this.#writing;
    return storage;
  }

  async close(): Promise<void> {
    const storage = this.#storage;
    this.#storage = undefined;
    await this.#writing;
    await storage?.close();
    await this.#store.close();
  }

  #changed(kind: KindRef<KubeObject>, { metadata }: KubeObject, object: KubeObject | undefined): void {
    const { namespace = '', name = '' } = metadata;
    const change = { kind, namespace, name, object };
    this.#changes.set(`${kind.group}/${kind.plural}/${keyOf({ metadata })}`, change);
    this.#write();
  }

  #write(): void {
    if (this.#storage === undefined || this.#writing !== undefined) return;
    this.#writing = this.#writeAll(this.#storage)
      .catch((error: unknown) => this.#logger.error('The mirror of webhook configurations could not be written', error))
      .finally(() => {
        this.#writing = undefined;
      });
  }

  /** Changes that come meanwhile are taken along. */
  async #writeAll(storage: ApiStorage): Promise<void> {
    for (const [key, change] of this.#changes) {
      this.#changes.delete(key);
      await writeChange(storage, change);
    }
  }
}

async function writeChange(storage: ApiStorage, { kind, namespace, name, object }: Change): Promise<void> {
  const resource = await storage.open(kind.group, kind.plural);
  const current = resource.get(namespace, name);
  if (object === undefined) {
    if (current !== undefined) await resource.remove(current);
    return;
  }
  // The informer's object is everybody's; the storage takes its own over.
  const own = deepCopy({ ...object });
  if (current === undefined) await resource.create(namespace, name, own);
  else await resource.replace(current, own);
}
