/**
 * `/openapi/v3`: an index of documents, one for each group and version. A document is built when somebody asks for it and
 * kept until its kinds change. Its URL carries a hash of what it describes, so clients may keep it for good.
 */
import { encodeJson, pathNotFound } from '@kindred/machinery';
import { createOpenApiV3Index, openApiHash } from '@kindred/schema';
import type { Exchange } from '../chain/exchange.ts';
import type { ApiResponse } from '../request/api-response.ts';
import type { DescribedGroupVersions } from './described-group-versions.ts';
import { hasCurrent, OpenApiDocument } from './openapi-document.ts';

export class OpenApiV3Documents {
  readonly #described: DescribedGroupVersions;
  readonly #documents = new Map<string, OpenApiDocument>();

  constructor(described: DescribedGroupVersions) {
    this.#described = described;
  }

  index({ request }: Exchange): ApiResponse {
    const { hashes } = this.#described;
    // Documents of what is served no longer aren't worth their memory.
    for (const [key, { hash }] of this.#documents) if (hashes.get(key) !== hash) this.#documents.delete(key);
    const body = encodeJson(createOpenApiV3Index(hashes));
    const headers = { 'content-type': 'application/json', etag: `"${openApiHash(body)}"` };
    if (hasCurrent(request, headers.etag)) return { status: 304, headers, body: new Uint8Array() };
    return { status: 200, headers, body };
  }

  /** @throws StatusError 404. */
  async document({ request, info }: Exchange): Promise<ApiResponse> {
    const key = decodeURIComponent(info.path.slice('/openapi/v3/'.length));
    const hash = this.#described.hashes.get(key);
    if (hash === undefined) throw pathNotFound();
    const asked = request.query.get('hash');
    if (asked !== null && asked !== '' && asked !== hash) {
      const location = `/openapi/v3/${key}?hash=${hash}`;
      return { status: 301, headers: { location }, body: new Uint8Array() };
    }
    const headers = {
      'content-type': 'application/json',
      etag: `"${hash}"`,
      vary: 'Accept',
      'cache-control': asked === hash ? 'public, immutable' : 'no-cache, private',
    };
    if (hasCurrent(request, headers.etag)) return { status: 304, headers, body: new Uint8Array() };
    const document = await this.#documentOf(key, hash);
    return document.answer(request, headers);
  }

  async #documentOf(key: string, hash: string): Promise<OpenApiDocument> {
    const known = this.#documents.get(key);
    if (known?.hash === hash) return known;
    const described = await this.#described.describe(key);
    if (described === undefined) throw pathNotFound();
    const document = new OpenApiDocument(hash, encodeJson(described));
    this.#documents.set(key, document);
    return document;
  }
}
