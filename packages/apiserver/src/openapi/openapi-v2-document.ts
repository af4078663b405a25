/**
 * `/openapi/v2`: one document for everything, as JSON or as protobuf. Newer clients ask for it only where v3 does not know
 * what they look for (kubectl, for a kind that isn't there); older ones, such as kubectl 1.20, for all they check.
 *
 * It is made from the v3 documents when it is asked for, and kept compressed until the kinds change.
 */
import { encodeJson, type JsonValue } from '@kindred/machinery';
import {
  createOpenApiV2,
  encodeOpenApiV2,
  type OpenApiObject,
  openApiHash,
  openApiV2AcceptType,
  openApiV2ContentType,
} from '@kindred/schema';
import { parseAccept } from '../negotiation/accept.ts';
import { acceptsGzip, gzipBytes } from '../negotiation/encode.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { ApiResponse } from '../request/api-response.ts';

type Encoding = 'json' | 'protobuf';

const contentTypes: Record<Encoding, string> = { json: 'application/json', protobuf: openApiV2ContentType };

/** What the document is made from. */
export interface OpenApiV2Source {
  /** Changes with the kinds that are served. */
  readonly generation: number;
  /** Everything that the document depends on, as text. */
  readonly hash: string;
  /** The v3 documents, one for each group and version. */
  documents(): OpenApiObject[];
}

export class OpenApiV2Document {
  #generation = -1;
  readonly #compressed = new Map<Encoding, Promise<Uint8Array>>();

  async answer(request: ApiRequest, source: OpenApiV2Source): Promise<ApiResponse> {
    if (source.generation !== this.#generation) {
      this.#generation = source.generation;
      this.#compressed.clear();
    }
    const encoding = wantedEncoding(request.headers['accept']);
    const etag = `"${openApiHash(`${source.hash} ${encoding}`)}"`;
    const headers: Record<string, string> = { 'content-type': contentTypes[encoding], etag, vary: 'Accept' };
    if (request.headers['if-none-match'] === etag) return { status: 304, headers, body: new Uint8Array() };
    if (!acceptsGzip(request)) return { status: 200, headers, body: encode(source, encoding) };
    const compressed = this.#compressed.get(encoding) ?? gzipBytes(encode(source, encoding));
    this.#compressed.set(encoding, compressed);
    return { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: await compressed };
  }
}

function encode(source: OpenApiV2Source, encoding: Encoding): Uint8Array {
  const document = createOpenApiV2(source.documents());
  return encoding === 'json' ? encodeJson(document as JsonValue) : encodeOpenApiV2(document);
}

function wantedEncoding(accept: string | undefined): Encoding {
  const first = parseAccept(accept ?? '').find(
    ({ type }) => type === openApiV2AcceptType || type === contentTypes.json,
  );
  return first?.type === openApiV2AcceptType ? 'protobuf' : 'json';
}
