/**
 * A resource that the API server stores: a kind with a strategy, which says what no schema can. Everything else (names,
 * versions, server-side apply, watches, pages) is what the API server does for every object.
 */
import type { FieldError, KubeObject } from '@kindred/machinery';
import type { CustomKind } from '@kindred/schema';
import type { CallBase } from './call.ts';
import type { Subresource, TableOptions } from './virtual-resource.ts';

/** A write on its way into the store. */
export interface AdmitCall<T> extends CallBase {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  /** The object as it is to be, which the function may change; for DELETE, the one that goes. */
  readonly object: T;
  /** The stored object; undefined for CREATE. */
  readonly old: T | undefined;
  /** Empty while the server hasn't generated it. */
  readonly name: string;
  /** Empty for the object itself; `status`, `scale`. */
  readonly subresource: string;
  /** The write will not be stored; the function must have no side effects anyway. */
  readonly dryRun: boolean;
}

/** The fields of an object beside its names and metadata, which a conversion leaves as they are. */
type Content<T extends KubeObject> = Omit<T, 'apiVersion' | 'kind' | 'metadata'>;

/** How the objects of a version are stored as those of another one, of whatever kinds. */
export interface StorageVersion {
  /** The version that is stored. */
  readonly kind: CustomKind<KubeObject, unknown>;
  toStorage(object: KubeObject): Content<KubeObject>;
  fromStorage(object: KubeObject): Content<KubeObject>;
}

/** There and back. Both lose nothing: what one version can't say goes into an annotation. */
export interface Conversion<T extends KubeObject, S extends KubeObject> {
  toStorage(object: T): Content<S>;
  fromStorage(object: S): Content<T>;
}

/**
 * How a version is stored as another one.
 *
 * @example
 * stored(BoxV1beta1, {
 *   storedAs: storageVersion(BoxV1beta1, BoxV1, {
 *     toStorage: ({ spec }) => ({ spec: { size: spec.width * spec.height } }),
 *     fromStorage: ({ spec }) => ({ spec: { width: spec.size, height: 1 } }),
 *   }),
 * })
 */
export function storageVersion<T extends KubeObject, S extends KubeObject, I, J>(
  _served: CustomKind<T, I>,
  kind: CustomKind<S, J>,
  conversion: Conversion<NoInfer<T>, NoInfer<S>>,
): StorageVersion {
  // The server hands to each function objects of its own kind only.
  const { toStorage, fromStorage } = conversion as Conversion<KubeObject, KubeObject>;
  return { kind: kind as CustomKind<KubeObject, unknown>, toStorage, fromStorage };
}

/** All of these but `admit` are functions of their arguments alone, and may be called more than once for a write. */
export interface StoredOptions<T extends KubeObject> {
  /** Sets what a creator may not: in place. A status is cleared already. */
  prepareForCreate?(object: T): void;
  /** Restores what an update may not change, in place. The status is kept already. */
  prepareForUpdate?(object: T, old: T): void;
  /** Changes the object in place, or refuses by throwing a StatusError; it knows the user, and may ask the cluster. */
  admit?(call: AdmitCall<T>): void | Promise<void>;
  /** What is wrong with an object beyond its schema and its rules. */
  validate?(object: T): readonly FieldError[];
  /** What is wrong with a change. */
  validateUpdate?(object: T, old: T): readonly FieldError[];
  /** Shown to whoever writes the object. */
  warnings?(object: T): readonly string[];
  readonly table?: TableOptions<T>;
  /** By field name: what field selectors may name beside metadata.name and metadata.namespace. */
  readonly selectableFields?: Readonly<Record<string, (object: T) => string>>;
  /** For a version that is served beside the stored one, by the same API server. */
  readonly storedAs?: StorageVersion;
  /** PUT to a name that doesn't exist makes the object; false when not given. */
  readonly allowCreateOnUpdate?: boolean;
  /** PUT without a resourceVersion replaces whatever is there; false when not given. */
  readonly allowUnconditionalUpdate?: boolean;
  /** Beside `status` and `scale`, which the kind's own definition brings. */
  readonly subresources?: Readonly<Record<string, Subresource>>;
}

/** A stored resource, of any kind. */
export interface StoredResource extends StoredOptions<KubeObject> {
  readonly type: 'stored';
  readonly kind: CustomKind<KubeObject, unknown>;
}

/**
 * @example
 * stored(Review, {
 *   validateUpdate: (review, old) => (review.spec.image === old.spec.image ? [] : [forbiddenField('spec.image', 'is fixed')]),
 * })
 */
export function stored<T extends KubeObject, I>(
  kind: CustomKind<T, I>,
  options: StoredOptions<NoInfer<T>> = {},
): StoredResource {
  // The server hands to each resource objects of its own kind only.
  return { ...(options as StoredOptions<KubeObject>), type: 'stored', kind: kind as CustomKind<KubeObject, unknown> };
}
