/**
 * What apply and strategic merge patch must know of a field: is it a scalar, a map, a list, and how do two of them merge.
 *
 * One shape for built-in types (made from the type table) and custom resources (made from structural schemas), in the
 * terms of structured-merge-diff. Schemas are resolved lazily, since types may refer to themselves.
 */
export type MergeSchema = ScalarSchema | MapSchema | ListSchema | DeducedSchema;

export interface ScalarSchema {
  readonly kind: 'scalar';
  /** What the value must be; absent: any scalar, or what only the kind's own rules can tell. */
  readonly type?: ScalarType;
}

export type ScalarType = 'numeric' | 'string' | 'boolean';

/** No schema known: maps merge field by field, lists and scalars are atomic. */
export interface DeducedSchema {
  readonly kind: 'deduced';
}

export interface MapSchema {
  readonly kind: 'map';
  /** Atomic: the whole value is owned and replaced as one. */
  readonly atomic: boolean;
  /** The schema of one member; undefined when the schema does not know that field. */
  field(name: string): MergeSchema | undefined;
  /** True for a field that the schema names (`spec`), false for a key of a map of values (one label). */
  declares(name: string): boolean;
  /**
   * True for fields of built-in types that exist in every object, even an empty one (`spec`, `template.metadata`).
   * Nobody owns such a field by itself, only what is inside. Absent: no field does.
   */
  alwaysPresent?(name: string): boolean;
  /** Strategic merge: `retainKeys` and `replace` of this map. */
  readonly patchStrategy?: string;
}

export interface ListSchema {
  readonly kind: 'list';
  readonly listType: 'atomic' | 'set' | 'map';
  /** For `map`: the fields that tell elements apart. */
  readonly keys: readonly string[];
  /** Defaults of key fields that may be left out (`protocol: TCP`). */
  readonly keyDefaults: Readonly<Record<string, unknown>>;
  readonly element: () => MergeSchema;
  /** Strategic merge: `merge` or absent (replace), and the merge key of object elements. */
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
}
