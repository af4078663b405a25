/**
 * The bytes of a document, kept plain and, once somebody took it so, compressed.
 */
import { acceptsGzip, compressAbove, gzipBytes } from '../negotiation/encode.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { ApiResponse } from '../request/api-response.ts';

export class OpenApiDocument {
  /** Names what it was made from. */
  readonly hash: string;
  readonly #plain: Uint8Array;
  #gzip: Promise<Uint8Array> | undefined;

  constructor(hash: string, plain: Uint8Array) {
    this.hash = hash;
    this.#plain = plain;
  }

  /** Answers 200 with the document, compressed for those who take it so. */
  async answer(request: ApiRequest, headers: Readonly<Record<string, string>>): Promise<ApiResponse> {
    if (this.#plain.byteLength <= compressAbove || !acceptsGzip(request)) {
      return { status: 200, headers: { ...headers }, body: this.#plain };
    }
    this.#gzip ??= gzipBytes(this.#plain);
    return { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: await this.#gzip };
  }
}

/** True when the client has the version that this ETag names. */
export function hasCurrent(request: ApiRequest, etag: string): boolean {
  return request.headers['if-none-match'] === etag;
}
