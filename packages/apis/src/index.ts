export { mergeSchemaOf } from './builtin-kind.ts';
export { builtinKinds } from './builtin-kinds.ts';
export { type QualityOfService, qualityOfService } from './core/pod/quality-of-service.ts';
export type { DecodeResult } from './decode/decode-object.ts';
export { decodeErrors, decodeObject, unknownFields } from './decode/decode-object.ts';
export type { KindDefinition, ScaleMapping, SubresourceDefinition, TableColumn, Verb } from './kind-definition.ts';
export { formatLabelMap, formatLabelSelector } from './meta/label-selector.ts';
export { ageOf } from './printing/age.ts';
export { typeTable } from './type-table.ts';
