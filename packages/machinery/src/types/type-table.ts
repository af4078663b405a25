/**
 * The shape of the tables that describe built-in types: field names, protobuf numbers, list and patch semantics.
 *
 * `@kindred/apis` generates one table for all built-in kinds; the protobuf codec, strategic merge patch, apply,
 * OpenAPI and strict decoding read it. Facts come from the public Kubernetes API definitions.
 */
export interface FieldInfo {
  /** A type name of the table (`io.k8s.api.core.v1.PodSpec`) or a JSON scalar: string, integer, number, boolean, object. */
  readonly type: string;
  /** Scalar format: int32, int64, double, byte (base64 in JSON, bytes in protobuf). Strings in Go's string type have none. */
  readonly format?: string;
  readonly array?: boolean;
  /** A map from string to `type`. */
  readonly map?: boolean;
  /** A map from string to arrays of `type`. Protobuf wraps each value in a message `{ repeated items = 1 }`. */
  readonly mapOfArrays?: boolean;
  /**
   * Protobuf field number. Absent for fields that protobuf does not carry (apiVersion, kind, all of version.Info) and
   * for those that it carries in a nested message: see `TypeInfo.inlined`.
   */
  readonly n?: number;
  readonly required?: boolean;
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  readonly mapType?: 'atomic' | 'granular';
  /** Strategic merge: `merge`, `replace`, `retainKeys`, or two of them joined by a comma. */
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
}

export interface TypeInfo {
  /** Absent for scalar types (Quantity, IntOrString, Time). */
  readonly fields?: Readonly<Record<string, FieldInfo>>;
  readonly gvk?: readonly { readonly group: string; readonly version: string; readonly kind: string }[];
  readonly mapType?: 'atomic' | 'granular';
  /** JSON type of a scalar type: string, object, or `any` (JSON, JSONSchemaPropsOrBool, …). */
  readonly type?: string;
  /** date-time (Time, MicroTime) or int-or-string. */
  readonly format?: string;
  /** How a scalar type is carried in protobuf: member name → field number. */
  readonly proto?: Readonly<Record<string, number>>;
  /**
   * Nested protobuf messages whose fields JSON writes into this type's own object. `type` is in the table; its fields are
   * listed here too, without `n`. A decoder reads the message at `n` into the same object; an encoder writes the fields
   * of `type` that the object has as a nested message at `n` (Volume, Probe, EphemeralContainer, IngressRule, …).
   */
  readonly inlined?: readonly { readonly n: number; readonly type: string }[];
}

/** Looks a type up by its full name; undefined when the table has no such type. */
export interface TypeTable {
  get(typeName: string): TypeInfo | undefined;
  /** The type that is served under this group, version and kind. */
  typeNameOf(gvk: { group: string; version: string; kind: string }): string | undefined;
}
