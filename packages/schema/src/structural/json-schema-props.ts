/**
 * JSONSchemaProps: the subset of OpenAPI v3 schemas in which CustomResourceDefinitions describe their objects
 * (`apiextensions.k8s.io/v1`), with the `x-kubernetes-*` extensions.
 *
 * Field names are the wire's. Keywords that the API knows but forbids are listed too, so that they can be reported.
 */
import type { JsonValue } from '@kindred/machinery';

export type SchemaType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';

export type ListType = 'atomic' | 'set' | 'map';

/** One rule of `x-kubernetes-validations`, in the Common Expression Language. */
export interface ValidationRule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

export interface JSONSchemaProps {
  readonly type?: string;
  readonly format?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: JsonValue;
  readonly example?: JsonValue;
  readonly externalDocs?: { readonly description?: string; readonly url?: string };
  readonly nullable?: boolean;
  readonly enum?: readonly JsonValue[];

  readonly maximum?: number | bigint;
  readonly exclusiveMaximum?: boolean;
  readonly minimum?: number | bigint;
  readonly exclusiveMinimum?: boolean;
  readonly multipleOf?: number | bigint;

  readonly maxLength?: number;
  readonly minLength?: number;
  readonly pattern?: string;

  readonly maxItems?: number;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly items?: JSONSchemaProps | readonly JSONSchemaProps[];

  readonly maxProperties?: number;
  readonly minProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JSONSchemaProps>>;
  readonly additionalProperties?: JSONSchemaProps | boolean;

  readonly allOf?: readonly JSONSchemaProps[];
  readonly anyOf?: readonly JSONSchemaProps[];
  readonly oneOf?: readonly JSONSchemaProps[];
  readonly not?: JSONSchemaProps;

  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];

  readonly id?: string;
  readonly $schema?: string;
  readonly $ref?: string;
  readonly additionalItems?: JSONSchemaProps | boolean;
  readonly patternProperties?: Readonly<Record<string, JSONSchemaProps>>;
  readonly definitions?: Readonly<Record<string, JSONSchemaProps>>;
  readonly dependencies?: Readonly<Record<string, JSONSchemaProps | readonly string[]>>;
}

/** The schema of list elements; undefined when there is none or (forbidden) several. */
export function itemsSchemaOf(schema: JSONSchemaProps): JSONSchemaProps | undefined {
  const items = schema.items;
  return items === undefined || isSchemaList(items) ? undefined : items;
}

/** `Array.isArray` does not narrow readonly arrays, hence this predicate. */
export function isSchemaList(items: JSONSchemaProps | readonly JSONSchemaProps[]): items is readonly JSONSchemaProps[] {
  return Array.isArray(items);
}
