export type { Clock } from './clock/clock.ts';
export { ManualClock } from './clock/manual-clock.ts';
export { systemClock } from './clock/system-clock.ts';
export type {
  GroupKind,
  GroupResource,
  GroupVersion,
  GroupVersionKind,
  GroupVersionResource,
  KindRef,
} from './object/group-version-kind.ts';
export {
  formatGroupKind,
  formatGroupResource,
  formatGroupVersion,
  parseGroupVersion,
} from './object/group-version-kind.ts';
export type { JsonObject, JsonValue } from './object/json.ts';
export { isJsonObject } from './object/json.ts';
export type {
  FieldsV1,
  KubeList,
  KubeObject,
  ListMeta,
  ManagedFieldsEntry,
  ObjectMeta,
  Observed,
  OwnerReference,
  Unstructured,
} from './object/meta.ts';
export type { DeducedSchema, ListSchema, MapSchema, MergeSchema, ScalarSchema } from './patch/merge-schema.ts';
export type { FieldError, FieldErrorType } from './status/field-error.ts';
export type { FieldInfo, TypeInfo, TypeTable } from './types/type-table.ts';
