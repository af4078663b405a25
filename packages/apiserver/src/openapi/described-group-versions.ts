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
  readonly elsewhere?: DescribedElsewhere | undefined;
}

/** Group versions that other servers serve, and describe. */
export interface DescribedElsewhere {
  /** Grows whenever `hashes` has changed. */
  readonly generation: number;
  /** By key; undefined for one that its server doesn't describe. These stand in place of what is served here. */
  readonly hashes: ReadonlyMap<string, string | undefined>;
  /** @throws StatusError when the document can't be had. */
  describe(key: string): Promise<OpenApiObject>;
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
    const { registry, serverVersion, elsewhere } = this.#parts;
    const generation = registry.generation + (elsewhere?.generation ?? 0);
    if (generation !== this.#generation) {
      this.#generation = generation;
      const hashes = new Map(
        registry.groupVersions().map((served) => [openApiV3Key(served), hashOf(served, serverVersion)]),
      );
      for (const [key, hash] of elsewhere?.hashes ?? []) {
        // What comes from elsewhere stands last: where names clash, it is that which has to give way.
        hashes.delete(key);
        if (hash !== undefined) hashes.set(key, hash);
      }
      this.#hashes = hashes;
    }
    return this.#hashes;
  }

  isElsewhere(key: string): boolean {
    return this.#parts.elsewhere?.hashes.has(key) === true;
  }

  /**
   * The v3 document, built now (milliseconds to tens of them) or fetched. Undefined when the key isn't served.
   * @throws StatusError when another server has it, and doesn't answer.
   */
  describe(key: string): OpenApiObject | undefined | Promise<OpenApiObject> {
    const { registry, typeTable, serverVersion, elsewhere } = this.#parts;
    if (elsewhere !== undefined && this.isElsewhere(key)) return elsewhere.describe(key);
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
