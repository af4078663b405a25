export { builtinKinds } from './builtin-kinds.ts';
export type { DecodeResult } from './decode/decode-object.ts';
export { decodeErrors, decodeObject, unknownFields } from './decode/decode-object.ts';
export type { KindDefinition, ScaleMapping, SubresourceDefinition, TableColumn, Verb } from './kind-definition.ts';
export { mergeSchemaOf } from './merge-schema.ts';
export type { NameRule } from './meta/names.ts';
export {
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  isLabelValue,
  isQualifiedName,
  pathSegmentName,
} from './meta/names.ts';
export {
  validateAnnotations,
  validateLabels,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from './meta/object-meta-validation.ts';
export { ageOf, humanDuration } from './printing/human-duration.ts';
export { typeTable } from './type-table.ts';
