/**
 * The OpenAPI v2 (Swagger 2.0) document: all groups and versions in one, made from the v3 documents. Clients before
 * kubectl 1.27 validate and explain with it; later ones ask for it on `apply` and `diff`.
 *
 * v2 cannot say everything that v3 can: oneOf, anyOf, not, nullable and the types of int-or-string fields are left out.
 */
import type { OpenApiObject, OpenApiValue } from './served-kind.ts';
import { componentPrefix } from './type-schema.ts';

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** Merges the v3 documents of all groups and versions into one v2 document. */
export function createOpenApiV2(documents: readonly OpenApiObject[]): OpenApiObject {
  const paths: Record<string, OpenApiObject> = {};
  const definitions: Record<string, OpenApiObject> = {};
  for (const document of documents) {
    for (const [path, item] of entriesOf(document['paths'])) paths[path] = pathItem(object(item));
    for (const [name, schema] of entriesOf(object(document['components'])['schemas'])) {
      definitions[name] ??= toV2Schema(object(schema));
    }
  }
  return {
    swagger: '2.0',
    info: object(documents[0])['info'] ?? { title: 'Kubernetes', version: '' },
    paths,
    definitions,
  };
}

function pathItem(item: OpenApiObject): OpenApiObject {
  const converted: Record<string, OpenApiValue> = {};
  for (const method of methods) {
    const operation = item[method];
    if (operation !== undefined) converted[method] = toV2Operation(object(operation));
  }
  return { ...converted, parameters: list(item['parameters']).map(toV2Parameter) };
}

function toV2Operation(operation: OpenApiObject): OpenApiObject {
  const { requestBody, parameters, responses, ...rest } = operation;
  const content = object(object(requestBody)['content']);
  const consumes = Object.keys(content);
  const [first] = Object.values(content);
  const bodyParameter: OpenApiValue[] =
    first === undefined
      ? []
      : [
          {
            name: 'body',
            in: 'body',
            ...(object(requestBody)['required'] === true ? { required: true } : {}),
            schema: toV2Schema(object(object(first)['schema'])),
          },
        ];
  return {
    ...rest,
    ...(consumes.length === 0 ? {} : { consumes }),
    produces: ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'],
    parameters: [...bodyParameter, ...list(parameters).map(toV2Parameter)],
    responses: Object.fromEntries(entriesOf(responses).map(([code, answer]) => [code, toV2Response(object(answer))])),
  };
}

function toV2Parameter(parameter: OpenApiValue): OpenApiObject {
  const { schema, ...rest } = object(parameter);
  return { ...rest, ...object(schema) };
}

function toV2Response(response: OpenApiObject): OpenApiObject {
  const { content, ...rest } = response;
  const json = object(content)['application/json'];
  return json === undefined ? rest : { ...rest, schema: toV2Schema(object(object(json)['schema'])) };
}

const dropped: ReadonlySet<string> = new Set(['oneOf', 'anyOf', 'not', 'nullable', 'allOf', 'example']);

function toV2Schema(schema: OpenApiObject): OpenApiObject {
  const converted: Record<string, OpenApiValue> = {};
  const isIntOrString = schema['x-kubernetes-int-or-string'] === true || schema['format'] === 'int-or-string';
  for (const [keyword, value] of Object.entries(schema)) {
    if (value === undefined || dropped.has(keyword)) continue;
    if (keyword === '$ref' && typeof value === 'string') converted[keyword] = v2Reference(value);
    else if (keyword === 'properties') converted[keyword] = mapSchemas(value);
    else if (keyword === 'items') converted[keyword] = toV2Schema(object(value));
    else if (keyword === 'additionalProperties' && typeof value === 'object') {
      converted[keyword] = toV2Schema(object(value));
    } else converted[keyword] = value;
  }
  // References with something beside them are wrapped in allOf in v3; v2 clients look for the reference itself.
  const reference = object(list(schema['allOf'])[0])['$ref'];
  if (typeof reference === 'string') converted['$ref'] = v2Reference(reference);
  if (isIntOrString) {
    if (schema['format'] === 'int-or-string') converted['type'] = 'string';
    else delete converted['type'];
  }
  // v2 clients refuse what a schema with properties doesn't name, so where more is allowed they are told of none.
  if (converted['x-kubernetes-preserve-unknown-fields'] === true) {
    delete converted['properties'];
    delete converted['required'];
    delete converted['items'];
    if (converted['x-kubernetes-group-version-kind'] === undefined) delete converted['type'];
  }
  return converted;
}

function mapSchemas(value: OpenApiValue): OpenApiObject {
  return Object.fromEntries(entriesOf(value).map(([name, schema]) => [name, toV2Schema(object(schema))]));
}

function v2Reference(reference: string): string {
  return `#/definitions/${reference.slice(componentPrefix.length)}`;
}

function object(value: OpenApiValue | undefined): OpenApiObject {
  // An object that is neither null nor a list is an OpenApiObject.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as OpenApiObject) : {};
}

function list(value: OpenApiValue | undefined): readonly OpenApiValue[] {
  return Array.isArray(value) ? value : [];
}

function entriesOf(value: OpenApiValue | undefined): [string, OpenApiValue | undefined][] {
  return Object.entries(object(value));
}
