export {
  crdSchema,
  crdSchemaV1beta1,
  type Decoded,
  decodeCustomResourceDefinition,
  decodeCustomResourceDefinitionV1beta1,
} from './crd/crd-schema.ts';
export type { CustomResourceDefinitionV1beta1 } from './crd/crd-v1beta1.ts';
export { crdFromV1beta1, crdToV1beta1 } from './crd/crd-v1beta1.ts';
export type {
  AdditionalPrinterColumn,
  CustomResourceConversion,
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionStatus,
  CustomResourceDefinitionVersion,
  CustomResourceSubresources,
  ScaleSubresource,
  SelectableField,
  WebhookClientConfig,
} from './crd/custom-resource-definition.ts';
export {
  CustomResourceDefinitionV1,
  isConditionTrue,
  preservesUnknownFields,
  storageVersionOf,
} from './crd/custom-resource-definition.ts';
export { initialStoredVersions, setCustomResourceDefinitionDefaults } from './crd/defaults.ts';
export { humanDuration } from './crd/human-duration.ts';
export { evaluateJsonPath, type JsonPath, parseJsonPath } from './crd/json-path.ts';
export { type ColumnPrinter, createColumnPrinter, type PrinterColumn } from './crd/printer-columns.ts';
export { readScale, type ScaleValues, writeScaleReplicas } from './crd/scale.ts';
export { createSelectableFieldsReader, type SelectableFieldsReader } from './crd/selectable-fields.ts';
export { isValidCaBundle } from './crd/validate-conversion.ts';
export {
  type CrdValidationOptions,
  nonStructuralErrors,
  v1beta1ExclusivenessErrors,
  validateCustomResourceDefinition,
  validateCustomResourceDefinitionUpdate,
} from './crd/validate-crd.ts';
export { type ApprovalState, apiApprovalState } from './crd/validate-names.ts';
export { defineFlatKind, type FlatInput, type FlatKindOptions } from './dsl/define-flat-kind.ts';
export {
  type CustomKind,
  type CustomObject,
  type CustomObjectInput,
  defineKind,
  type Input,
  type KindColumn,
  KindDefinitionError,
  type KindOptions,
  type ObservedOf,
} from './dsl/define-kind.ts';
export type {
  ArrayField,
  Condition,
  Field,
  Fields,
  InputField,
  MapField,
  NumberField,
  ObjectField,
  ObservedField,
  Presence,
  SimpleField,
  StringField,
} from './dsl/field.ts';
export { s } from './dsl/schema-builder.ts';
export {
  createOpenApiV3,
  createOpenApiV3Index,
  type OpenApiInput,
  openApiHash,
  openApiV3Key,
} from './openapi/document.ts';
export { encodeOpenApiV2, openApiV2AcceptType, openApiV2ContentType } from './openapi/gnostic.ts';
export { createOpenApiV2 } from './openapi/openapi-v2.ts';
export {
  customResourceName,
  type OpenApiObject,
  type OpenApiValue,
  type ServedKind,
  type ServedSubresource,
} from './openapi/served-kind.ts';
export { applyDefaults } from './structural/defaults.ts';
export { isDns1035Label, isDns1123Subdomain } from './structural/dns-names.ts';
export { isRecognisedFormat } from './structural/formats.ts';
export { isInOrder } from './structural/in-order.ts';
export type { JSONSchemaProps, ListType, SchemaType, ValidationRule } from './structural/json-schema-props.ts';
export { mergeSchemaOfStructural, objectMetaMergeSchema } from './structural/merge-schema.ts';
export { prune } from './structural/prune.ts';
export { structuralErrors } from './structural/structural-rules.ts';
export { compileStructuralSchema, type StructuralSchema } from './structural/structural-schema.ts';
export { validateValue, validateValueUpdate } from './structural/validate-value.ts';
export { hasValidationRules } from './structural/validation-rules.ts';
export { type RuleFindings, type RuleValidator, ruleValidator } from './validation-rules/validate-rules.ts';
