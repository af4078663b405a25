/**
 * One resource in one version, as the server serves it: its kind, its storage, and what its stored objects look like in
 * this version. Several versions of a resource share one storage.
 */
import { setMaxListeners } from 'node:events';
import type { KindDefinition } from '@kindred/apis';
import {
  encodeJson,
  formatGroupVersion,
  type GroupResource,
  type ObjectMeta,
  type Unstructured,
} from '@kindred/machinery';
import { metadataBytes } from '../storage/object-bytes.ts';
import type { ApiStorage, ResourceStorage } from '../storage/resource-storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import type { ObjectEvent } from '../storage/watch-event.ts';
import type { ServedKind } from './served-kind.ts';

/** A stored object as this version shows it. */
interface View {
  readonly object: Unstructured;
  readonly bytes: Uint8Array;
}

export class ServedResource {
  readonly kind: ServedKind;
  readonly definition: KindDefinition;
  readonly apiVersion: string;
  readonly groupResource: GroupResource;
  /** True when the stored bytes are this version's bytes. */
  readonly #asStored: boolean;
  readonly #apiStorage: ApiStorage;
  readonly #withdrawn = new AbortController();
  readonly #views = new WeakMap<StoredObject, View>();
  #storage: ResourceStorage | undefined;
  #opening: Promise<ResourceStorage> | undefined;

  constructor(kind: ServedKind, apiStorage: ApiStorage) {
    this.kind = kind;
    this.definition = kind.definition;
    this.apiVersion = formatGroupVersion(kind.definition);
    this.groupResource = { group: kind.definition.group, resource: kind.definition.resource };
    this.#asStored = kind.definition.conversion === undefined && kind.refresh === undefined;
    this.#apiStorage = apiStorage;
    // Every open watch listens to it.
    setMaxListeners(0, this.#withdrawn.signal);
  }

  /** Group under whose name the objects are stored. */
  get storageGroup(): string {
    return this.definition.conversion?.storage.group ?? this.definition.group;
  }

  /** apiVersion of the stored objects. */
  get storageApiVersion(): string {
    return formatGroupVersion(this.definition.conversion?.storage ?? this.definition);
  }

  /** The storage, opened on first use; afterwards without a promise. */
  storage(): ResourceStorage | Promise<ResourceStorage> {
    if (this.#storage !== undefined) return this.#storage;
    this.#opening ??= this.#apiStorage.open(this.storageGroup, this.definition.resource).then((storage) => {
      this.#storage = storage;
      return storage;
    });
    return this.#opening;
  }

  /** Aborts when the resource is no longer served: watches end then. */
  get withdrawn(): AbortSignal {
    return this.#withdrawn.signal;
  }

  withdraw(): void {
    this.#withdrawn.abort();
  }

  /** The object in this version. Shared: never to be changed. */
  read(stored: StoredObject): Unstructured {
    return this.#asStored ? stored.object : this.#view(stored).object;
  }

  /** The object's JSON in this version. */
  bytes(stored: StoredObject): Uint8Array {
    return this.#asStored ? stored.bytes : this.#view(stored).bytes;
  }

  /** The JSON of the object's metadata in this version. */
  metadata(stored: StoredObject): Uint8Array {
    return this.#asStored ? metadataBytes(stored.bytes) : encodeJson(this.#view(stored).object.metadata);
  }

  /** The object's metadata in this version. Shared: never to be changed. */
  readMetadata(stored: StoredObject): ObjectMeta {
    return this.#asStored ? stored.metadata : this.#view(stored).object.metadata;
  }

  /** The object as it goes into the store. Takes the object over. */
  toStorage(object: Unstructured): Unstructured {
    const { conversion } = this.definition;
    return conversion === undefined ? object : conversion.toStorage(object);
  }

  /** The object of the storage version, brought into this one. Takes the object over. */
  fromStorage(object: Unstructured): Unstructured {
    return this.definition.conversion?.fromStorage(object) ?? object;
  }

  /** The watch line of the event in this version, shared by all watchers of it. */
  line(event: ObjectEvent): Uint8Array {
    if (this.#asStored) return event.line;
    return event.lineAs(this.apiVersion, (stored) => this.bytes(stored));
  }

  #view(stored: StoredObject): View {
    let view = this.#views.get(stored);
    if (view === undefined) {
      const object = this.fromStorage(stored.decode());
      this.kind.refresh?.(object);
      view = { object, bytes: encodeJson(object) };
      this.#views.set(stored, view);
    }
    return view;
  }
}
