/**
 * `/openapi/v2`: everything in one document, as JSON and in the protobuf form that kubectl takes. Old clients validate and
 * explain with it, new ones look into it before they apply custom resources.
 *
 * It is built when somebody asks for it, one group and version a turn of the event loop, so that other requests get in
 * between; only parts whose kinds have changed are built anew.
 */
import { isStatusError, notAcceptable } from '@kindred/machinery';
import { openApiHash, openApiV2AcceptType, openApiV2ContentType } from '@kindred/schema';
import type { Exchange } from '../chain/exchange.ts';
import { parseAccept } from '../negotiation/accept.ts';
import type { ApiResponse } from '../request/api-response.ts';
import type { DescribedGroupVersions } from './described-group-versions.ts';
import { hasCurrent, OpenApiDocument } from './openapi-document.ts';
import { makeForeignPart } from './openapi-v2-foreign-part.ts';
import { joinOpenApiV2, type OpenApiV2Encoding, type OpenApiV2Part, OpenApiV2Parts } from './openapi-v2-part.ts';

export interface OpenApiV2Options {
  readonly described: DescribedGroupVersions;
  readonly serverVersion: string;
  /** Resolves in a later turn of the event loop. */
  readonly nextTurn: () => Promise<void>;
}

interface Built {
  readonly document: OpenApiDocument;
  /** False when a server that serves some of it didn't answer. */
  readonly isComplete: boolean;
}

const contentTypes: Readonly<Record<OpenApiV2Encoding, string>> = {
  json: 'application/json',
  protobuf: openApiV2ContentType,
};

export class OpenApiV2Documents {
  readonly #options: OpenApiV2Options;
  readonly #maker = new OpenApiV2Parts();
  readonly #parts = new Map<string, OpenApiV2Part>();
  readonly #documents = new Map<OpenApiV2Encoding, { readonly hash: string; readonly built: Promise<Built> }>();

  constructor(options: OpenApiV2Options) {
    this.#options = options;
  }

  /** @throws StatusError 406. */
  async document({ request }: Exchange): Promise<ApiResponse> {
    const encoding = encodingFor(request.headers['accept']);
    const { hashes } = this.#options.described;
    const hash = openApiHash([encoding, ...[...hashes].flat()].join('\n'));
    const headers = {
      'content-type': contentTypes[encoding],
      etag: `"${hash}"`,
      vary: 'Accept',
      'cache-control': 'no-cache, private',
    };
    if (hasCurrent(request, headers.etag)) return { status: 304, headers, body: new Uint8Array() };
    const { document, isComplete } = await this.#documentOf(encoding, hash, hashes);
    if (isComplete) return document.answer(request, headers);
    // Nobody may take it for the one that the hashes name.
    const { etag: _, ...rest } = headers;
    return document.answer(request, rest);
  }

  /** One build at a time for each encoding, whoever waits for it. */
  #documentOf(encoding: OpenApiV2Encoding, hash: string, hashes: ReadonlyMap<string, string>): Promise<Built> {
    const known = this.#documents.get(encoding);
    if (known?.hash === hash) return known.built;
    const built = this.#build(encoding, hash, hashes);
    this.#documents.set(encoding, { hash, built });
    const forget = (): void => {
      if (this.#documents.get(encoding)?.built === built) this.#documents.delete(encoding);
    };
    // Whoever waits hears of the failure; the next one tries again.
    built.then(({ isComplete }) => {
      if (!isComplete) forget();
    }, forget);
    return built;
  }

  async #build(encoding: OpenApiV2Encoding, hash: string, hashes: ReadonlyMap<string, string>): Promise<Built> {
    const { serverVersion, nextTurn } = this.#options;
    const parts: OpenApiV2Part[] = [];
    let isComplete = true;
    for (const [key, partHash] of hashes) {
      const part = this.#options.described.isElsewhere(key)
        ? await this.#partFromElsewhere(key, partHash, parts)
        : await this.#partOf(key, partHash);
      if (part !== undefined) parts.push(part);
      else isComplete = false;
    }
    await nextTurn();
    this.#forget();
    const info = { title: 'Kubernetes', version: serverVersion };
    return { document: new OpenApiDocument(hash, joinOpenApiV2(parts, info, encoding)), isComplete };
  }

  /** Undefined for a group or version that has gone meanwhile. */
  async #partOf(key: string, hash: string): Promise<OpenApiV2Part | undefined> {
    const known = this.#parts.get(key);
    if (known?.hash === hash) return known;
    const { described, nextTurn } = this.#options;
    await nextTurn();
    const document = await described.describe(key);
    if (document === undefined) return undefined;
    await nextTurn();
    const part = this.#maker.make(hash, document);
    this.#parts.set(key, part);
    return part;
  }

  /**
   * Made anew each time, since its names depend on the other parts. A server that doesn't answer leaves a gap: the rest must
   * not suffer from it.
   */
  async #partFromElsewhere(
    key: string,
    hash: string,
    others: readonly OpenApiV2Part[],
  ): Promise<OpenApiV2Part | undefined> {
    try {
      const document = await this.#options.described.describe(key);
      return document === undefined ? undefined : makeForeignPart(hash, document, others);
    } catch (error) {
      if (!isStatusError(error)) throw error;
      return undefined;
    }
  }

  #forget(): void {
    const { hashes } = this.#options.described;
    for (const key of this.#parts.keys()) if (!hashes.has(key)) this.#parts.delete(key);
    this.#maker.keepOnly(this.#parts.values());
  }
}

function encodingFor(accept: string | undefined): OpenApiV2Encoding {
  if (accept === undefined || accept === '') return 'json';
  for (const { type } of parseAccept(accept)) {
    if (type === openApiV2AcceptType || type === openApiV2ContentType) return 'protobuf';
    if (type === 'application/json' || type === 'application/*' || type === '*/*') return 'json';
  }
  throw notAcceptable(['application/json', openApiV2AcceptType]);
}
