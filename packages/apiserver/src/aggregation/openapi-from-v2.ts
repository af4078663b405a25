/**
 * The OpenAPI v3 document of one group version out of a server's v2 document (Swagger 2.0): for servers from before Kubernetes
 * 1.24, which have no other. Pure functions; what is none of the group version's is left out.
 */
import type { OpenApiObject, OpenApiValue } from '@kindred/schema';

const definitionPrefix = '#/definitions/';
const schemaPrefix = '#/components/schemas/';
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];

/** @param root path of the group version: `/apis/wardle.example.com/v1` */
export function openApiFromV2(document: OpenApiObject, root: string): OpenApiObject {
  const paths = entries(document['paths']).filter(([path]) => path === root || path.startsWith(`${root}/`));
  const converted = Object.fromEntries(paths.map(([path, item]) => [path, pathItem(object(item))]));
  const definitions = object(document['definitions']);
  const schemas: Record<string, OpenApiValue> = {};
  const pending = [...referencesIn(converted)];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const definition = definitions[name];
    if (definition === undefined || name in schemas) continue;
    const schema = withSchemaReferences(definition);
    schemas[name] = schema;
    pending.push(...referencesIn(schema));
  }
  return { openapi: '3.0.0', info: document['info'] ?? {}, paths: converted, components: { schemas } };
}

function pathItem(item: OpenApiObject): OpenApiObject {
  const operations = entries(item).filter(([method]) => methods.includes(method));
  const parameters = list(item['parameters']).map(parameter);
  return {
    ...(parameters.length === 0 ? {} : { parameters }),
    ...Object.fromEntries(operations.map(([method, each]) => [method, operation(object(each))])),
  };
}

function operation(v2: OpenApiObject): OpenApiObject {
  const { parameters, responses, consumes, produces, schemes: _, ...rest } = v2;
  const body = list(parameters)
    .map(object)
    .find((each) => each['in'] === 'body');
  const others = list(parameters).filter((each) => object(each)['in'] !== 'body');
  return {
    ...rest,
    parameters: others.map(parameter),
    ...(body === undefined ? {} : { requestBody: requestBody(body, consumes) }),
    responses: Object.fromEntries(
      entries(responses).map(([code, answer]) => {
        const { schema, ...about } = object(answer);
        return [code, schema === undefined ? about : { ...about, content: contentOf(produces, schema) }];
      }),
    ),
  };
}

function requestBody({ required, schema }: OpenApiObject, consumes: OpenApiValue | undefined): OpenApiObject {
  return { content: contentOf(consumes, schema), ...(required === true ? { required } : {}) };
}

/** What a parameter's value may be stands beside its name in v2, and in a schema in v3. */
function parameter(v2: OpenApiValue): OpenApiObject {
  const { name, in: place, description, required, ...schema } = object(v2);
  return {
    name,
    in: place,
    ...(description === undefined ? {} : { description }),
    ...(required === undefined ? {} : { required }),
    schema,
  };
}

function contentOf(types: OpenApiValue | undefined, schema: OpenApiValue | undefined): OpenApiObject {
  const named = list(types).filter((type) => typeof type === 'string');
  const content = { schema: withSchemaReferences(schema ?? {}) };
  return Object.fromEntries((named.length === 0 ? ['*/*'] : named).map((type) => [type, content]));
}

function withSchemaReferences(value: OpenApiValue): OpenApiValue {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(withSchemaReferences);
  return Object.fromEntries(
    entries(value).map(([name, each]) =>
      name === '$ref' && typeof each === 'string' && each.startsWith(definitionPrefix)
        ? [name, `${schemaPrefix}${each.slice(definitionPrefix.length)}`]
        : [name, withSchemaReferences(each)],
    ),
  );
}

function referencesIn(value: OpenApiValue): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isList(value)) return value.flatMap(referencesIn);
  return entries(value).flatMap(([name, each]) =>
    name === '$ref' && typeof each === 'string' && each.startsWith(schemaPrefix)
      ? [each.slice(schemaPrefix.length)]
      : referencesIn(each),
  );
}

function object(value: OpenApiValue | undefined): OpenApiObject {
  return typeof value === 'object' && value !== null && !isList(value) ? value : {};
}

function list(value: OpenApiValue | undefined): readonly OpenApiValue[] {
  return typeof value === 'object' && value !== null && isList(value) ? value : [];
}

function isList(value: object): value is readonly OpenApiValue[] {
  return Array.isArray(value);
}

function entries(value: OpenApiValue | undefined): [string, OpenApiValue][] {
  return Object.entries(object(value)).filter((entry): entry is [string, OpenApiValue] => entry[1] !== undefined);
}
