/**
 * OpenAPI v3 documents: one for each group and version, and the index of them (Kubernetes documentation, "OpenAPI V3").
 *
 * `kubectl apply`, `create`, `explain`, `edit` and `helm install` need them. Documents are plain values; whoever serves
 * them encodes each once and keys it by the hash of its bytes.
 */
import { createHash } from 'node:crypto';
import type { GroupVersion, TypeTable } from '@kindred/machinery';
import { customResourceListSchema, customResourceSchema } from './custom-resource-schema.ts';
import { kindPaths, listComponentOf } from './operations.ts';
import { componentNameOf, groupVersionPath, type OpenApiObject, type ServedKind } from './served-kind.ts';
import { referencesOf, typeSchema } from './type-schema.ts';

export interface OpenApiInput extends GroupVersion {
  /** Kinds of this group and version. */
  readonly kinds: readonly ServedKind[];
  readonly types: TypeTable;
  /** Shown in `info.version`: the server's gitVersion. */
  readonly serverVersion: string;
}

/** The OpenAPI v3 document of one group and version. */
export function createOpenApiV3(input: OpenApiInput): OpenApiObject {
  const paths: Record<string, OpenApiObject> = {};
  for (const kind of input.kinds) Object.assign(paths, kindPaths(kind, input.types));
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: input.serverVersion },
    paths: sorted(paths),
    components: {
      schemas: sorted(componentSchemas(input, paths)),
      securitySchemes: {
        BearerToken: {
          type: 'apiKey',
          in: 'header',
          name: 'authorization',
          description: 'Bearer Token authentication',
        },
      },
    },
  };
}

/** Where the document is found below `/openapi/v3/`: `api/v1`, `apis/apps/v1`. */
export function openApiV3Key(groupVersion: GroupVersion): string {
  return groupVersionPath(groupVersion).slice(1);
}

/** The hash of a document's bytes, as it stands in URLs and ETags: upper-case hex of SHA-512. */
export function openApiHash(bytes: string | Uint8Array): string {
  return createHash('sha512').update(bytes).digest('hex').toUpperCase();
}

/** The index at `/openapi/v3`: for each key the URL that names the document's present state. */
export function createOpenApiV3Index(hashes: ReadonlyMap<string, string>): OpenApiObject {
  const paths: Record<string, OpenApiObject> = {};
  for (const [key, hash] of hashes) paths[key] = { serverRelativeURL: `/openapi/v3/${key}?hash=${hash}` };
  return { paths: sorted(paths) };
}

/** The schemas of the kinds and of everything that they and the paths refer to. */
function componentSchemas(input: OpenApiInput, paths: OpenApiObject): Record<string, OpenApiObject> {
  const schemas: Record<string, OpenApiObject> = {};
  for (const kind of input.kinds) {
    if (kind.typeName !== undefined) continue;
    const name = componentNameOf(kind);
    schemas[name] = customResourceSchema(kind);
    schemas[listComponentOf(kind)] = customResourceListSchema(kind, name);
  }
  const pending = [...referencesOf({ paths, schemas })];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (schemas[name] !== undefined) continue;
    const schema = typeSchema(input.types, name) ?? { type: 'object' };
    schemas[name] = schema;
    pending.push(...referencesOf(schema));
  }
  return schemas;
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
