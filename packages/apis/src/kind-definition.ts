/**
 * What the API server needs to know to serve a kind: names, defaults, validation, columns. Built-in kinds are values of
 * this type; the API server makes one for each served version of a CustomResourceDefinition.
 *
 * All functions are pure: they read the object (and clock values passed in) and nothing else. `setDefaults` and
 * `prepareFor…` change the object they are given, which the caller has just parsed and owns; everything else only reads.
 *
 * Order on a write: decode (`decodeObject` checks JSON types and drops what the type lacks) → `setDefaults` → for a
 * version that is not stored `conversion.toStorage`, and from there on the storage version's definition →
 * `prepareFor…` → admission → `validate` or both validations → storage.
 */
import type { FieldError, MergeSchema, Unstructured } from '@kindred/machinery';

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

export interface TableColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  /** `name` for the first column. */
  readonly format: string;
  readonly description: string;
  /** 0 shows always, above only with `-o wide`. */
  readonly priority: number;
}

export interface SubresourceDefinition {
  readonly name: string;
  /** The kind it takes and returns when that is not the resource's own: Scale, Eviction, TokenRequest, Binding. */
  readonly kind?: { readonly group: string; readonly version: string; readonly kind: string };
  readonly verbs: readonly Verb[];
}

/** How a kind's replicas show as an `autoscaling/v1` Scale. */
export interface ScaleMapping {
  /** Member names from the object to the wanted number: `['spec', 'replicas']`. */
  readonly specReplicasPath: readonly string[];
  readonly statusReplicasPath: readonly string[];
  /** The selector of the counted pods in its text form, for `status.selector`. */
  labelSelector(object: Unstructured): string;
}

export interface KindDefinition {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  /** Plural, lower case: the path segment. */
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly subresources: readonly SubresourceDefinition[];
  /** Name in the type table; absent for custom resources. */
  readonly typeName?: string;
  /** Set on versions that are not the storage version: how to get there and back. The result may share structure. */
  readonly conversion?: {
    readonly storage: { readonly group: string; readonly version: string };
    toStorage(object: Unstructured): Unstructured;
    fromStorage(object: Unstructured): Unstructured;
  };
  /** Text of the `Warning` header on every use of this version. */
  readonly deprecation?: string;
  /** Schema of fields for apply and strategic merge. */
  readonly mergeSchema: MergeSchema;
  readonly allowCreateOnUpdate: boolean;
  readonly allowUnconditionalUpdate: boolean;
  /** True when a change outside metadata and status bumps metadata.generation. */
  readonly hasGeneration: boolean;
  /** Present on kinds with a `scale` subresource. */
  readonly scale?: ScaleMapping;
  setDefaults(object: Unstructured): void;
  /** Clears what a creator may not set (status), sets what the server sets. */
  prepareForCreate(object: Unstructured): void;
  /** Restores what this request may not change. `subresource` is '' for the object itself, else its name. */
  prepareForUpdate(object: Unstructured, old: Unstructured, subresource: string): void;
  /** Everything about the object, its metadata and name included. Runs on create, and on the new object of an update. */
  validate(object: Unstructured): FieldError[];
  /** What an update may not change. `subresource` as in `prepareForUpdate`. */
  validateUpdate(object: Unstructured, old: Unstructured, subresource: string): FieldError[];
  /** Texts for `Warning` headers on create and update. */
  warnings(object: Unstructured): string[];
  readonly columns: readonly TableColumn[];
  /** One cell for each column. `now` is in milliseconds, for ages. */
  cells(object: Unstructured, now: number): unknown[];
  /** Fields besides metadata.name and metadata.namespace that field selectors may name, with their values. */
  selectableFields(object: Unstructured): Record<string, string>;
  /** Seconds of grace for a DELETE that asks for `requested` (undefined: not given); 0 deletes at once. Pods only. */
  gracePeriodSeconds?(object: Unstructured, requested: number | undefined): number | undefined;
}
