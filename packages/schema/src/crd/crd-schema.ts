/**
 * The schema of CustomResourceDefinitions themselves, so that a definition from a client is checked by the same code as
 * the objects it defines. JSONSchemaProps refers to itself: compiling is lazy, so that is fine.
 */
import type { FieldError } from '@kindred/machinery';
import type { JSONSchemaProps } from '../structural/json-schema-props.ts';
import { compileStructuralSchema, type StructuralSchema } from '../structural/structural-schema.ts';
import { validateValue } from '../structural/validate-value.ts';
import type { CustomResourceDefinitionV1beta1 } from './crd-v1beta1.ts';
import type { CustomResourceDefinition } from './custom-resource-definition.ts';

const string: JSONSchemaProps = { type: 'string' };
const boolean: JSONSchemaProps = { type: 'boolean' };
const integer: JSONSchemaProps = { type: 'integer' };
const number: JSONSchemaProps = { type: 'number' };
const strings: JSONSchemaProps = { type: 'array', items: string };
const anything: JSONSchemaProps = { 'x-kubernetes-preserve-unknown-fields': true, nullable: true };

function object(properties: Record<string, JSONSchemaProps>, required: readonly string[] = []): JSONSchemaProps {
  return required.length === 0 ? { type: 'object', properties } : { type: 'object', properties, required };
}

/** Filled below: its members refer to it. */
const schemaProperties: Record<string, JSONSchemaProps> = {};
const schemaProps: JSONSchemaProps = { type: 'object', properties: schemaProperties };
const schemaMap: JSONSchemaProps = { type: 'object', additionalProperties: schemaProps };
const schemaList: JSONSchemaProps = { type: 'array', items: schemaProps };

/** A schema, or something else that the API allows in its place. */
function schemaOr(type: 'array' | 'boolean'): JSONSchemaProps {
  return { properties: schemaProperties, items: schemaProps, anyOf: [{ type: 'object' }, { type }] };
}

Object.assign(schemaProperties, {
  ...Object.fromEntries(
    ['type', 'format', 'title', 'description', 'pattern', 'id', '$schema', '$ref'].map((k) => [k, string]),
  ),
  ...Object.fromEntries(['default', 'example', 'additionalItems', 'dependencies'].map((k) => [k, anything])),
  ...Object.fromEntries(['nullable', 'exclusiveMaximum', 'exclusiveMinimum', 'uniqueItems'].map((k) => [k, boolean])),
  ...Object.fromEntries(['maximum', 'minimum', 'multipleOf'].map((k) => [k, number])),
  ...Object.fromEntries(
    ['maxLength', 'minLength', 'maxItems', 'minItems', 'maxProperties', 'minProperties'].map((k) => [k, integer]),
  ),
  items: schemaOr('array'),
  additionalProperties: schemaOr('boolean'),
  enum: { type: 'array', items: anything },
  externalDocs: object({ description: string, url: string }),
  required: strings,
  properties: schemaMap,
  patternProperties: schemaMap,
  definitions: schemaMap,
  allOf: schemaList,
  anyOf: schemaList,
  oneOf: schemaList,
  not: schemaProps,
  'x-kubernetes-preserve-unknown-fields': boolean,
  'x-kubernetes-embedded-resource': boolean,
  'x-kubernetes-int-or-string': boolean,
  'x-kubernetes-list-type': string,
  'x-kubernetes-list-map-keys': strings,
  'x-kubernetes-map-type': string,
  'x-kubernetes-validations': {
    type: 'array',
    items: object(
      {
        rule: string,
        message: string,
        messageExpression: string,
        reason: string,
        fieldPath: string,
        optionalOldSelf: boolean,
      },
      ['rule'],
    ),
  },
});

const names = object({
  plural: string,
  singular: string,
  shortNames: strings,
  kind: string,
  listKind: string,
  categories: strings,
});

const validation = object({ openAPIV3Schema: schemaProps });

const subresources = object({
  status: { type: 'object' },
  scale: object({ specReplicasPath: string, statusReplicasPath: string, labelSelectorPath: string }),
});

const selectableFields: JSONSchemaProps = { type: 'array', items: object({ jsonPath: string }) };

const clientConfig = object({
  url: string,
  caBundle: string,
  service: object({ namespace: string, name: string, path: string, port: integer }),
});

function columns(pathField: 'jsonPath' | 'JSONPath'): JSONSchemaProps {
  const fields = { name: string, type: string, format: string, description: string, priority: integer };
  return { type: 'array', items: object({ ...fields, [pathField]: string }) };
}

function versions(pathField: 'jsonPath' | 'JSONPath'): JSONSchemaProps {
  const fields = { name: string, served: boolean, storage: boolean, deprecated: boolean, deprecationWarning: string };
  return {
    type: 'array',
    items: object({
      ...fields,
      schema: validation,
      subresources,
      additionalPrinterColumns: columns(pathField),
      selectableFields,
    }),
  };
}

const status = object({
  conditions: {
    type: 'array',
    items: object({
      type: string,
      status: string,
      lastTransitionTime: { type: 'string', nullable: true },
      reason: string,
      message: string,
      observedGeneration: integer,
    }),
  },
  acceptedNames: names,
  storedVersions: { ...strings, nullable: true },
  observedGeneration: integer,
});

const v1Spec = object(
  {
    group: string,
    names,
    scope: string,
    versions: versions('jsonPath'),
    conversion: object({
      strategy: string,
      webhook: object({ clientConfig, conversionReviewVersions: strings }),
    }),
    preserveUnknownFields: boolean,
  },
  ['names', 'versions'],
);

const v1beta1Spec = object(
  {
    group: string,
    version: string,
    names,
    scope: string,
    validation,
    subresources,
    versions: versions('JSONPath'),
    additionalPrinterColumns: columns('JSONPath'),
    selectableFields,
    conversion: object({ strategy: string, webhookClientConfig: clientConfig, conversionReviewVersions: strings }),
    preserveUnknownFields: boolean,
  },
  ['names'],
);

/** The compiled schema of `apiextensions.k8s.io/v1` definitions: for pruning and for types. */
export const crdSchema: StructuralSchema = compileStructuralSchema(object({ spec: v1Spec, status }, ['spec']));

/** The same for `apiextensions.k8s.io/v1beta1`. */
export const crdSchemaV1beta1: StructuralSchema = compileStructuralSchema(
  object({ spec: v1beta1Spec, status }, ['spec']),
);

/** A decoded definition, or what is wrong with its shape. */
export type Decoded<T> = { readonly crd: T } | { readonly errors: FieldError[] };

/** Checks the JSON types of a v1 definition, so that all later code may rely on them. Nothing is changed or copied. */
export function decodeCustomResourceDefinition(object: object): Decoded<CustomResourceDefinition> {
  const errors = validateValue(crdSchema, object, '');
  // The schema has just vouched for every field that the type names.
  return errors.length > 0 ? { errors } : { crd: object as CustomResourceDefinition };
}

/** The same for v1beta1. */
export function decodeCustomResourceDefinitionV1beta1(object: object): Decoded<CustomResourceDefinitionV1beta1> {
  const errors = validateValue(crdSchemaV1beta1, object, '');
  // As above.
  return errors.length > 0 ? { errors } : { crd: object as CustomResourceDefinitionV1beta1 };
}
