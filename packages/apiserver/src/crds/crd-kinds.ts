/**
 * The kind CustomResourceDefinition itself, in v1, which is stored, and v1beta1, which older documents use.
 */
import type { KindDefinition } from '@kindred/apis';
import {
  type FieldError,
  formatTime,
  invalid,
  type JsonObject,
  type Unstructured,
  validateObjectMeta,
} from '@kindred/machinery';
import {
  type CustomResourceDefinition,
  crdFromV1beta1,
  crdSchema,
  crdSchemaV1beta1,
  crdToV1beta1,
  decodeCustomResourceDefinition,
  decodeCustomResourceDefinitionV1beta1,
  prune,
  setCustomResourceDefinitionDefaults,
  v1beta1ExclusivenessErrors,
  validateCustomResourceDefinition,
  validateCustomResourceDefinitionUpdate,
} from '@kindred/schema';
import type { ServedKind } from '../resources/served-kind.ts';
import { settleStatus, type TakenNames } from './crd-conditions.ts';
import { cleanupFinalizer, crdGroup, crdKind, crdOf } from './crd-object.ts';
import { crdWarnings } from './crd-warnings.ts';
import { fitMetadata } from './custom-metadata.ts';

export interface CrdKindParts {
  /** The built-in definition that names, columns and verbs come from. */
  readonly base: KindDefinition;
  /** Names that others than this definition have in its group. */
  takenNames(crd: CustomResourceDefinition): TakenNames;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Told of a definition's new state before its writer gets an answer. */
  changed(object: Unstructured): void;
}

/** v1 and v1beta1, in this order. */
export function crdKinds(parts: CrdKindParts): readonly ServedKind[] {
  const fromV1beta1 = new WeakSet<object>();
  return [crdKindV1(parts, fromV1beta1), crdKindV1beta1(parts, fromV1beta1)];
}

/** `fromV1beta1` holds objects that came in through v1beta1, whose looser rules they may keep. */
function crdKindV1(parts: CrdKindParts, fromV1beta1: WeakSet<object>): ServedKind {
  const settle = (object: Unstructured): void => {
    const crd = crdOf(object);
    settleStatus(crd, parts.takenNames(crd), formatTime(parts.now()));
  };
  const definition: KindDefinition = {
    ...parts.base,
    categories: ['api-extensions'],
    allowCreateOnUpdate: false,
    allowUnconditionalUpdate: false,
    hasGeneration: true,
    setDefaults: (object) => setCustomResourceDefinitionDefaults(crdOf(object)),
    prepareForCreate(object) {
      delete object['status'];
    },
    prepareForUpdate(object, old, subresource) {
      parts.base.prepareForUpdate(object, old, subresource);
    },
    validate(object) {
      const requestVersion = fromV1beta1.has(object) ? 'v1beta1' : 'v1';
      return [...metadataErrors(object), ...validateCustomResourceDefinition(crdOf(object), { requestVersion })];
    },
    validateUpdate: (object, old) => validateCustomResourceDefinitionUpdate(crdOf(object), crdOf(old)),
    warnings: (object) => crdWarnings(crdOf(object)),
  };
  return {
    definition,
    custom: false,
    fitFields(object) {
      const { errors, unknownFields } = fitMetadata(object);
      const shape = decodeCustomResourceDefinition(object);
      if ('errors' in shape)
        throw invalid({ group: crdGroup, kind: crdKind }, object.metadata.name ?? '', shape.errors);
      return { errors, unknownFields: [...unknownFields, ...prune(crdSchema, jsonOf(object))] };
    },
    validateChange: (object, old) => [
      ...metadataErrors(object),
      ...validateCustomResourceDefinitionUpdate(crdOf(object), crdOf(old)),
    ],
    settleStatus: settle,
    deletionFinalizers: [cleanupFinalizer],
    stored: (object) => parts.changed(object),
  };
}

function crdKindV1beta1(parts: CrdKindParts, fromV1beta1: WeakSet<object>): ServedKind {
  const { base } = parts;
  return {
    definition: {
      ...base,
      version: 'v1beta1',
      deprecation:
        'apiextensions.k8s.io/v1beta1 CustomResourceDefinition is deprecated in v1.16+, unavailable in v1.22+; ' +
        'use apiextensions.k8s.io/v1 CustomResourceDefinition',
      conversion: {
        storage: { group: crdGroup, version: 'v1' },
        toStorage(object) {
          const decoded = decodeCustomResourceDefinitionV1beta1(object);
          if ('errors' in decoded) {
            throw invalid({ group: crdGroup, kind: crdKind }, object.metadata.name ?? '', decoded.errors);
          }
          const crd = crdFromV1beta1(decoded.crd);
          setCustomResourceDefinitionDefaults(crd);
          const converted: Unstructured = { ...crd };
          fromV1beta1.add(converted);
          return converted;
        },
        fromStorage: (object) => ({ ...crdToV1beta1(crdOf(object)) }),
      },
      setDefaults: () => undefined,
    },
    custom: false,
    fitFields(object) {
      const { errors, unknownFields } = fitMetadata(object);
      const shape = decodeCustomResourceDefinitionV1beta1(object);
      const wrong = 'errors' in shape ? shape.errors : v1beta1ExclusivenessErrors(shape.crd);
      if (wrong.length > 0) throw invalid({ group: crdGroup, kind: crdKind }, object.metadata.name ?? '', wrong);
      return { errors, unknownFields: [...unknownFields, ...prune(crdSchemaV1beta1, jsonOf(object))] };
    },
  };
}

function metadataErrors(object: Unstructured): FieldError[] {
  return validateObjectMeta(object.metadata, { namespaced: false });
}

function jsonOf(object: Unstructured): JsonObject {
  // A decoded body holds nothing but JSON values.
  return object as Record<string, unknown> as JsonObject;
}
