/**
 * The published schema of a custom resource: its own, with apiVersion, kind and metadata as every object has them, and
 * of its list.
 */
import type { JSONSchemaProps } from '../structural/json-schema-props.ts';
import type { OpenApiObject, ServedKind } from './served-kind.ts';
import { refTo } from './type-schema.ts';

const objectMetaType = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const listMetaType = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta';

const apiVersion: OpenApiObject = {
  type: 'string',
  description:
    'Version of the schema that this object is written in, as group/version. Servers convert known versions to their own and may refuse unknown ones.',
};

const kindField: OpenApiObject = {
  type: 'string',
  description: 'Name of the resource type that this object is one of, in CamelCase. It cannot be changed.',
};

/** The schema of one object. */
export function customResourceSchema(kind: ServedKind): OpenApiObject {
  const { schema } = kind;
  const selectable = kind.selectableFields ?? [];
  const own: JSONSchemaProps = schema ?? openSchema;
  const metadata: OpenApiObject = {
    allOf: [refTo(objectMetaType)],
    description: 'Name, namespace, labels and the other data that every object has.',
  };
  return {
    ...jsonOf(own),
    type: 'object',
    properties: { ...jsonOf(own.properties), apiVersion, kind: kindField, metadata },
    ...(selectable.length === 0
      ? {}
      : { 'x-kubernetes-selectable-fields': selectable.map(({ jsonPath }) => ({ fieldPath: jsonPath.slice(1) })) }),
    'x-kubernetes-group-version-kind': [{ group: kind.group, kind: kind.kind, version: kind.version }],
  };
}

/** The schema of a list of them. */
export function customResourceListSchema(kind: ServedKind, itemName: string): OpenApiObject {
  const listKind = kind.listKind ?? `${kind.kind}List`;
  return {
    type: 'object',
    description: `${listKind} is a list of ${kind.kind}`,
    required: ['items'],
    properties: {
      apiVersion,
      items: { type: 'array', description: `List of ${kind.resource}.`, items: refTo(itemName) },
      kind: kindField,
      metadata: { allOf: [refTo(listMetaType)], description: 'What a list says of itself.' },
    },
    'x-kubernetes-group-version-kind': [{ group: kind.group, kind: listKind, version: kind.version }],
  };
}

const openSchema: JSONSchemaProps = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** A schema is JSON throughout; its interface only doesn't say so to the compiler. */
function jsonOf(schema: JSONSchemaProps | JSONSchemaProps['properties']): OpenApiObject {
  return { ...schema } as OpenApiObject;
}
