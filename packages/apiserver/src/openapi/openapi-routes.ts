/**
 * `/openapi/v3`: an index of documents, one for each group and version. A document is built when somebody asks for it and
 * kept until its kinds change. Its URL carries a hash of what it describes, so clients may keep it for good.
 */
import { encodeJson, pathNotFound, type TypeTable } from '@kindred/machinery';
import {
  createOpenApiV3,
  createOpenApiV3Index,
  type OpenApiObject,
  openApiHash,
  openApiV3Key,
  type ServedKind,
} from '@kindred/schema';
import type { Exchange } from '../chain/exchange.ts';
import { acceptsGzip, compressAbove, gzipBytes } from '../negotiation/encode.ts';
import type { ApiResponse } from '../request/api-response.ts';
import type { ResourceRegistry, ServedGroupVersion } from '../resources/registry.ts';
import type { ServedResource } from '../resources/served-resource.ts';
import type { Routes } from '../routes/routes.ts';
import { OpenApiV2Document } from './openapi-v2-document.ts';

export interface OpenApiParts {
  readonly registry: ResourceRegistry;
  readonly typeTable: TypeTable;
  readonly serverVersion: string;
}

interface Document {
  readonly hash: string;
  readonly plain: Uint8Array;
  gzip: Promise<Uint8Array> | undefined;
}

/** Serves the index and the documents. */
export function addOpenApiRoutes(routes: Routes, parts: OpenApiParts): void {
  const documents = new OpenApiDocuments(parts);
  routes.add('/openapi/v3', () => documents.index());
  routes.add('/openapi/v3/*', (exchange) => documents.document(exchange));
  routes.add('/openapi/v2', (exchange) => documents.v2(exchange));
}

class OpenApiDocuments {
  readonly #parts: OpenApiParts;
  readonly #documents = new Map<string, Document>();
  readonly #v2 = new OpenApiV2Document();
  #hashes: ReadonlyMap<string, string> = new Map();
  #generation = -1;

  constructor(parts: OpenApiParts) {
    this.#parts = parts;
  }

  index(): ApiResponse {
    const body = encodeJson(createOpenApiV3Index(this.#currentHashes()));
    return { status: 200, headers: { 'content-type': 'application/json', etag: `"${openApiHash(body)}"` }, body };
  }

  async document(exchange: Exchange): Promise<ApiResponse> {
    const { request, info } = exchange;
    const key = decodeURIComponent(info.path.slice('/openapi/v3/'.length));
    const hash = this.#currentHashes().get(key);
    if (hash === undefined) throw pathNotFound();
    const asked = request.query.get('hash');
    if (asked !== null && asked !== '' && asked !== hash) {
      const location = `/openapi/v3/${key}?hash=${hash}`;
      return { status: 301, headers: { location }, body: new Uint8Array() };
    }
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      etag: `"${hash}"`,
      vary: 'Accept',
      'cache-control': asked === hash ? 'public, immutable' : 'no-cache, private',
    };
    if (request.headers['if-none-match'] === headers['etag']) return { status: 304, headers, body: new Uint8Array() };
    const document = this.#documentOf(key, hash);
    if (document.plain.byteLength <= compressAbove || !acceptsGzip(request)) {
      return { status: 200, headers, body: document.plain };
    }
    document.gzip ??= gzipBytes(document.plain);
    headers['content-encoding'] = 'gzip';
    return { status: 200, headers, body: await document.gzip };
  }

  v2({ request }: Exchange): Promise<ApiResponse> {
    const hashes = this.#currentHashes();
    const { registry } = this.#parts;
    return this.#v2.answer(request, {
      generation: this.#generation,
      hash: [...hashes].join(' '),
      documents: () => registry.groupVersions().map((served) => this.#built(served)),
    });
  }

  #currentHashes(): ReadonlyMap<string, string> {
    const { registry, serverVersion } = this.#parts;
    if (registry.generation !== this.#generation) {
      this.#generation = registry.generation;
      this.#hashes = new Map(
        registry.groupVersions().map((served) => [openApiV3Key(served), hashOf(served, serverVersion)]),
      );
    }
    return this.#hashes;
  }

  #documentOf(key: string, hash: string): Document {
    const known = this.#documents.get(key);
    if (known?.hash === hash) return known;
    const served = this.#parts.registry.groupVersions().find((candidate) => openApiV3Key(candidate) === key);
    if (served === undefined) throw pathNotFound();
    const document: Document = { hash, plain: encodeJson(this.#built(served)), gzip: undefined };
    this.#documents.set(key, document);
    return document;
  }

  #built({ group, version, resources }: ServedGroupVersion): OpenApiObject {
    const { typeTable, serverVersion } = this.#parts;
    return createOpenApiV3({ group, version, kinds: resources.map(openApiKind), types: typeTable, serverVersion });
  }
}

/** Names what a document is made from, so that it needn't be built to be named. */
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
