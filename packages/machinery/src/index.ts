export type { Clock } from './clock/clock.ts';
export { ManualClock } from './clock/manual-clock.ts';
export { systemClock } from './clock/system-clock.ts';
export { DecodeError } from './codec/decode-error.ts';
export { goQuote } from './codec/go-quote.ts';
export { headersFromBytes, headersToBytes, rawHeadersAreAscii } from './codec/header-bytes.ts';
export type { Decoded, DecodeJsonOptions } from './codec/json.ts';
export { DEFAULT_MAX_DEPTH, decodeJson, decodeUtf8, encodeJson, encodeJsonText } from './codec/json.ts';
export { decodeProtobufMessage, decodeProtobufObject } from './codec/protobuf/decode.ts';
export { encodeProtobufMessage, encodeProtobufObject } from './codec/protobuf/encode.ts';
export type { DecodedYaml } from './codec/yaml.ts';
export { decodeYaml, decodeYamlDocuments, encodeYaml } from './codec/yaml.ts';
export type { JsonLoggerOptions, LogFields, Logger } from './log/logger.ts';
export { createJsonLogger, silentLogger } from './log/logger.ts';
export { deepCopy, deepEqual } from './object/copy.ts';
export { formatAge, formatDuration, parseDuration } from './object/duration.ts';
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
export type { IntOrString } from './object/int-or-string.ts';
export { parsePercentage, scaledIntOrPercent } from './object/int-or-string.ts';
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
export { getList, getNumber, getPath, getString, getStringMap } from './object/path.ts';
export { setMember } from './object/set-member.ts';
export { storedElsewhereAnnotation } from './object/stored-elsewhere.ts';
export { errorText, hasErrorCode, isSystemError } from './object/thrown.ts';
export { formatMicroTime, formatTime, parseTime } from './object/time.ts';
export { createJsonPatch, type JsonPatchOperation } from './patch/create-json-patch.ts';
export { createMergePatch } from './patch/create-merge-patch.ts';
export { createStrategicMergePatch } from './patch/create-strategic-merge-patch.ts';
export { createThreeWayMergePatch, type ThreeVersions } from './patch/create-three-way-patch.ts';
export { applyJsonPatch, type JsonPatchLimits, jsonPatchLimits } from './patch/json-patch.ts';
export { type ApplyOptions, type ApplyResult, applyObject } from './patch/managed-fields/apply-object.ts';
export {
  type ApplyConflict,
  applyConflictCauses,
  applyConflictMessage,
  formatConflictManager,
} from './patch/managed-fields/conflicts.ts';
export { exceptStatus, type FieldFilter, onlyStatus } from './patch/managed-fields/field-filter.ts';
export { decodeManagedFields, type FieldManager, type FieldManagers } from './patch/managed-fields/managers.ts';
export { sharedManagersText } from './patch/managed-fields/managers-of-new-object.ts';
export { type TrackUpdateOptions, trackUpdate } from './patch/managed-fields/track-update.ts';
export { validateApplied } from './patch/managed-fields/validate-applied.ts';
export type { ConvertVersion, VersionedObject } from './patch/managed-fields/version-views.ts';
export { applyMergePatch } from './patch/merge-patch.ts';
export type { DeducedSchema, ListSchema, MapSchema, MergeSchema, ScalarSchema } from './patch/merge-schema.ts';
export { mergeSchemaOfType, mergeSchemasOf } from './patch/merge-schema-of-type.ts';
export { PatchError, type PatchErrorKind } from './patch/patch-error.ts';
export { applyStrategicMergePatch } from './patch/strategic-merge-patch.ts';
export type { Quantity, QuantityFormat } from './quantity/quantity.ts';
export {
  addQuantities,
  compareQuantities,
  formatQuantity,
  isQuantity,
  milliQuantityOf,
  milliValue,
  parseQuantity,
  quantityOf,
  quantityValue,
  subtractQuantities,
} from './quantity/quantity.ts';
export type { FieldSelector, FieldTerm } from './selector/field-selector.ts';
export { fieldLabelNotSupported, parseFieldSelector } from './selector/field-selector.ts';
export type { LabelOperator, LabelRequirement, Labels } from './selector/label-requirement.ts';
export type { LabelSelector, LabelSelectorObject } from './selector/label-selector.ts';
export { labelSelectorFromLabels, labelSelectorFromObject, parseLabelSelector } from './selector/label-selector.ts';
export {
  alreadyExists,
  applyConflict,
  badRequest,
  conflict,
  expired,
  forbidden,
  generateNameConflict,
  gone,
  internalError,
  invalid,
  invalidOptions,
  methodNotAllowed,
  methodNotSupported,
  notAcceptable,
  notFound,
  OBJECT_MODIFIED,
  pathNotFound,
  requestEntityTooLarge,
  serviceUnavailable,
  timeout,
  tooLargeResourceVersion,
  tooManyRequests,
  unauthorized,
  unsupportedMediaType,
} from './status/errors.ts';
export type { FieldError, FieldErrorType } from './status/field-error.ts';
export {
  childPath,
  duplicate,
  fieldErrorBody,
  fieldErrorCause,
  forbiddenField,
  formatFieldError,
  indexPath,
  invalidValue,
  keyPath,
  notSupported,
  required,
  tooLong,
  tooMany,
  typeInvalid,
  valueNotFound,
} from './status/field-errors.ts';
export type { Status, StatusCause, StatusDetails } from './status/status.ts';
export { success } from './status/status.ts';
export { failure, isStatusError, StatusError } from './status/status-error.ts';
export { STATUS_CODES, type StatusReason } from './status/table.ts';
export type { FieldInfo, TypeInfo, TypeTable } from './types/type-table.ts';
export type { NameCheck } from './validation/names.ts';
export {
  checkConfigKey,
  checkDns1035Label,
  checkDnsLabel,
  checkDnsSubdomain,
  checkEnvironmentName,
  checkIpAddress,
  checkLabelValue,
  checkPathSegment,
  checkPortName,
  checkPortNumber,
  checkQualifiedName,
} from './validation/names.ts';
export type { ObjectMetaRules } from './validation/object-meta.ts';
export {
  MAX_ANNOTATION_BYTES,
  validateAnnotations,
  validateLabels,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from './validation/object-meta.ts';
export { type WebhookAddress, type WebhookService, webhookClientErrors } from './validation/webhook-client.ts';
