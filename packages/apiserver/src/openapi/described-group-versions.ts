/**
 * What OpenAPI describes: the served groups and versions, each with a hash that names its document without building it.
 */
import type { TypeTable } from '@kindred/machinery';
import { createOpenApiV3, type OpenApiObject, openApiHash, openApiV3Key, type ServedKind } from '@kindred/schema';
import type { ResourceRegistry, ServedGroupVersion } from '../resources/registry.ts';
import type { ServedResource } from '../resources/served-resource.ts';

export interface OpenApiParts {
  readonly registry: ResourceRegistry;
  readonly typeTable: TypeTable;
  readonly serverVersion: string;
}

/** Follows the registry: hashes are made anew when what is served has changed. */
export class DescribedGroupVersions {
  readonly #parts: OpenApiParts;
  #hashes: ReadonlyMap<string, string> = new Map();
  #generation = -1;

  constructor(parts: OpenApiParts) {
    this.#parts = parts;
  }

  /** By key: `api/v1`, `apis/apps/v1`. */
  get hashes(): ReadonlyMap<string, string> {
    const { registry, serverVersion } = this.#parts;
    if (registry.generation !== this.#generation) {
      this.#generation = registry.generation;
      this.#hashes = new Map(
        registry.groupVersions().map((served) => [openApiV3Key(served), hashOf(served, serverVersion)]),
      );
    }
    return this.#hashes;
  }

  /** The v3 document, built now: milliseconds to tens of them. Undefined when the key isn't served. */
  describe(key: string): OpenApiObject | undefined {
    const { registry, typeTable, serverVersion } = this.#parts;
    const served = registry.groupVersions().find((candidate) => openApiV3Key(candidate) === key);
    if (served === undefined) return undefined;
    const { group, version, resources } = served;
    return createOpenApiV3({ group, version, kinds: resources.map(openApiKind), types: typeTable, serverVersion });
  }
}

function hashOf({ group, version, resources }: ServedGroupVersion, serverVersion: string): string {
  const parts = resources.map(({ definition, kind }) => `${definition.resource}@${kind.schemaRevision ?? ''}`);
  return openApiHash([serverVersion, group, version, ...parts].join('\n'));
}

function openApiKind({ definition, kind }: ServedResource): ServedKind {
  const { group, version, listKind, resource, namespaced, verbs, subresources, typeName } = definition;
  return {
    group,
    version,
    kind: definition.kind,
    listKind,
    resource,
    namespaced,
    verbs,
    subresources,
    ...(typeName === undefined ? {} : { typeName }),
    ...kind.openApi,
  };
}
