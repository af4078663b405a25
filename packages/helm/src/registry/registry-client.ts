/**
 * A client of registries (OCI Distribution Specification 1.1): manifests, blobs and tags. Everything that comes is held
 * to its size and digest. TLS always, unless plain HTTP is asked for.
 */
import { setTimeout } from 'node:timers/promises';
import type { ProxyFor } from '@kindred/client';
import { isJsonObject } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';
import { type HttpAnswer, HttpClient } from '../http/http-client.ts';
import { redacted } from '../http/request-error.ts';
import type { TlsMaterial } from '../http/tls-material.ts';
import { digestOf } from '../repositories/content-cache.ts';
import { Authorizer } from './authorizer.ts';
import type { Credential } from './credential.ts';
import { type Descriptor, INDEX_TYPES, MANIFEST_TYPES, parseManifest } from './manifest.ts';
import { type Reference, referenceText } from './reference.ts';
import { registryError, requestProblem } from './registry-error.ts';
import { type Wait, withRetries } from './retry.ts';

export interface RegistryClientOptions {
  readonly plainHttp?: boolean;
  readonly tls?: TlsMaterial;
  /** For one request, in milliseconds. */
  readonly timeoutMs?: number;
  readonly credential?: (host: string) => Promise<Credential | undefined>;
  readonly proxy?: ProxyFor;
  /** How pauses pass before a busy registry is asked again. */
  readonly wait?: Wait;
}

export interface RegistryManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const MAX_BLOB_BYTES = 128 * 1024 * 1024;
const MAX_TAGS_BYTES = 16 * 1024 * 1024;
const MAX_PAGES = 1000;

type Access = 'pull' | 'pull,push';

interface Call {
  readonly method?: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly maxBytes: number;
  readonly access: Access;
  readonly signal: AbortSignal | undefined;
}

/** Owns its connections; close it when the work is done. */
export class RegistryClient {
  readonly #http: HttpClient;
  readonly #authorizer: Authorizer;
  readonly #scheme: string;
  readonly #wait: Wait;

  constructor(options: RegistryClientOptions = {}) {
    const { plainHttp = false, tls, timeoutMs, proxy, credential = async () => undefined } = options;
    this.#http = new HttpClient({
      ...(tls === undefined ? {} : { tls }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(proxy === undefined ? {} : { proxy }),
    });
    this.#authorizer = new Authorizer({ http: this.#http, credential, plainHttp });
    this.#wait = options.wait ?? ((milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }));
    this.#scheme = plainHttp ? 'http' : 'https';
  }

  close(): void {
    this.#http.close();
  }

  /** Asks whether the host is a registry and lets us in. Throws ChartError. */
  async ping(host: string, signal?: AbortSignal): Promise<void> {
    const url = new URL(`${this.#scheme}://${hostOf(host)}/v2/`);
    const answer = await this.#call(host, '', { url, maxBytes: MAX_TAGS_BYTES, access: 'pull', signal });
    if (answer.status !== 200) throw registryError('GET', answer);
  }

  /** A manifest or index by tag or digest. Throws ChartError. */
  async manifest(reference: Reference, signal?: AbortSignal): Promise<RegistryManifest> {
    const wanted = reference.digest === '' ? reference.tag : reference.digest;
    const url = this.#url(reference, `manifests/${wanted}`);
    const headers = { accept: [...MANIFEST_TYPES, ...INDEX_TYPES].join(', ') };
    const answer = await this.#read(reference, { url, headers, maxBytes: MAX_MANIFEST_BYTES, access: 'pull', signal });
    const digest = `sha256:${digestOf(answer.body)}`;
    for (const expected of [reference.digest, answer.headers['docker-content-digest'] ?? '']) {
      if (expected.startsWith('sha256:'))
        expectDigest(answer.body, expected, `manifest of ${referenceText(reference)}`);
    }
    const mediaType = (answer.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
    return { descriptor: { mediaType, digest, size: answer.body.length }, bytes: answer.body };
  }

  /** The content of a layer or config. Throws ChartError when it isn't what the descriptor says. */
  async blob(reference: Reference, descriptor: Descriptor, signal?: AbortSignal): Promise<Uint8Array> {
    if (descriptor.size > MAX_BLOB_BYTES) {
      throw new ChartError(
        `${descriptor.digest} of ${referenceText(reference)} is larger than ${MAX_BLOB_BYTES} bytes`,
      );
    }
    const url = this.#url(reference, `blobs/${descriptor.digest}`);
    // One byte more is let in, to tell a blob that is too long from one that is right.
    const { body } = await this.#read(reference, { url, maxBytes: descriptor.size + 1, access: 'pull', signal });
    if (body.length !== descriptor.size) {
      throw new ChartError(
        `blob ${descriptor.digest} of ${referenceText(reference)} has ${body.length} bytes, the manifest says ${descriptor.size}`,
      );
    }
    expectDigest(body, descriptor.digest, `blob of ${referenceText(reference)}`);
    return body;
  }

  /** All tags, page by page. Throws ChartError. */
  async tags(reference: Reference, signal?: AbortSignal): Promise<string[]> {
    const tags: string[] = [];
    let url: URL | undefined = this.#url(reference, 'tags/list');
    for (let page = 0; url !== undefined; page++) {
      if (page === MAX_PAGES)
        throw new ChartError(`${referenceText(reference)} has more than ${MAX_PAGES} pages of tags`);
      const call: Call = { url, maxBytes: MAX_TAGS_BYTES, access: 'pull', signal };
      const answer = await this.#call(reference.registry, reference.repository, call);
      if (answer.status !== 200) throw registryError('GET', answer);
      tags.push(...tagsOf(answer.body));
      url = nextPage(answer, url);
    }
    return tags;
  }

  /**
   * Manifests that speak of the one with the reference's digest: signatures, for example. Registries that can't tell have
   * them under a tag (OCI Distribution Specification 1.1, "Referrers Tag Schema"). Throws ChartError.
   */
  async referrers(reference: Reference, signal?: AbortSignal): Promise<readonly Descriptor[]> {
    const url = this.#url(reference, `referrers/${reference.digest}`);
    const call: Call = { url, maxBytes: MAX_MANIFEST_BYTES, access: 'pull', signal };
    const answer = await this.#call(reference.registry, reference.repository, call);
    const tag = reference.digest.replace(':', '-');
    if (answer.status === 200) return indexed(answer.body);
    // Old registries have several ways to say that they know nothing of it.
    if (![400, 404, 405, 501].includes(answer.status)) throw registryError('GET', answer);
    if (!(await this.hasManifest(reference, tag, signal))) return [];
    return indexed((await this.manifest({ ...reference, tag, digest: '' }, signal)).bytes);
  }

  /** Whether the repository has a manifest with this digest or tag. Throws ChartError. */
  async hasManifest(reference: Reference, digest: string, signal?: AbortSignal): Promise<boolean> {
    const url = this.#url(reference, `manifests/${digest}`);
    const headers = { accept: [...MANIFEST_TYPES, ...INDEX_TYPES].join(', ') };
    const call = { method: 'HEAD', url, headers, maxBytes: MAX_TAGS_BYTES, access: 'pull', signal } as const;
    const answer = await this.#call(reference.registry, reference.repository, call);
    if (answer.status !== 200 && answer.status !== 404) throw registryError('HEAD', answer);
    return answer.status === 200;
  }

  /** Whether the repository has a blob with this digest. Throws ChartError. */
  async hasBlob(reference: Reference, digest: string, signal?: AbortSignal): Promise<boolean> {
    const url = this.#url(reference, `blobs/${digest}`);
    const call = { method: 'HEAD', url, maxBytes: MAX_TAGS_BYTES, access: 'pull,push', signal } as const;
    const answer = await this.#call(reference.registry, reference.repository, call);
    if (answer.status !== 200 && answer.status !== 404) throw registryError('HEAD', answer);
    return answer.status === 200;
  }

  /** Uploads a blob. Throws ChartError. */
  async pushBlob(reference: Reference, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    const digest = `sha256:${digestOf(bytes)}`;
    const common = { maxBytes: MAX_TAGS_BYTES, access: 'pull,push', signal } as const;
    const start = { ...common, method: 'POST', url: this.#url(reference, 'blobs/uploads/') };
    const started = await this.#call(reference.registry, reference.repository, start);
    if (started.status !== 202) throw registryError('POST', started);
    const location = started.headers['location'];
    if (location === undefined) throw new ChartError(`${redacted(start.url)} answered without an address to upload to`);
    const url = followed(location, start.url);
    url.searchParams.set('digest', digest);
    const headers = { 'content-type': 'application/octet-stream' };
    const put = await this.#call(reference.registry, reference.repository, {
      ...common,
      method: 'PUT',
      url,
      headers,
      body: bytes,
    });
    if (put.status !== 201) throw registryError('PUT', put);
  }

  /** Puts a manifest under the reference's digest, or its tag when it has none. Throws ChartError. */
  async pushManifest(reference: Reference, bytes: Uint8Array, mediaType: string, signal?: AbortSignal): Promise<void> {
    const wanted = reference.digest === '' ? reference.tag : reference.digest;
    const answer = await this.#call(reference.registry, reference.repository, {
      method: 'PUT',
      url: this.#url(reference, `manifests/${wanted}`),
      headers: { 'content-type': mediaType },
      body: bytes,
      maxBytes: MAX_TAGS_BYTES,
      access: 'pull,push',
      signal,
    });
    if (answer.status !== 201) throw registryError('PUT', answer);
  }

  #url(reference: Reference, path: string): URL {
    return new URL(`${this.#scheme}://${hostOf(reference.registry)}/v2/${reference.repository}/${path}`);
  }

  async #read(reference: Reference, call: Call): Promise<HttpAnswer> {
    const answer = await this.#call(reference.registry, reference.repository, call);
    if (answer.status === 404) throw new ChartError(`${referenceText(reference)}: not found`);
    if (answer.status !== 200) throw registryError(call.method ?? 'GET', answer);
    return answer;
  }

  /** Sends; when that is refused, sends once more with what the registry asks for. */
  async #call(host: string, repository: string, call: Call): Promise<HttpAnswer> {
    const { access, signal, headers, ...rest } = call;
    const scope = repository === '' ? '' : `repository:${repository}:${access}`;
    // An upload may be sent to another host, which must not see what is for this one.
    const isOwn = call.url.host === hostOf(host);
    const send = (authorization: string | undefined): Promise<HttpAnswer> =>
      withRetries(
        () =>
          this.#http.send({
            ...rest,
            headers: { ...headers, ...(authorization === undefined || !isOwn ? {} : { authorization }) },
            ...(signal === undefined ? {} : { signal }),
          }),
        this.#wait,
        signal,
      );
    const first = await send(this.#authorizer.known(host, scope));
    if (first.status !== 401 || !isOwn) return first;
    let authorization: string | undefined;
    try {
      authorization = await this.#authorizer.answer(host, scope, first, signal);
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      throw requestProblem(call.method ?? 'GET', call.url, error.message, error);
    }
    return authorization === undefined ? first : send(authorization);
  }
}

/** Docker's own registry is at another address than its name. */
function hostOf(registry: string): string {
  return registry === 'docker.io' ? 'registry-1.docker.io' : registry;
}

function expectDigest(bytes: Uint8Array, expected: string, what: string): void {
  const found = `sha256:${digestOf(bytes)}`;
  if (found !== expected)
    throw new ChartError(`digest of the ${what} does not match: expected ${expected}, got ${found}`);
}

function indexed(bytes: Uint8Array): readonly Descriptor[] {
  const content = parseManifest(bytes, INDEX_TYPES[0] ?? '');
  return content.kind === 'index' ? content.manifests : [];
}

function tagsOf(body: Uint8Array): string[] {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    const tags = isJsonObject(value) ? value['tags'] : undefined;
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
  } catch (error) {
    throw new ChartError('the list of tags is not JSON', { cause: error });
  }
}

/** The address that an answer points to. Throws ChartError for what is none. */
function followed(reference: string, base: URL): URL {
  try {
    return new URL(reference, base);
  } catch (error) {
    throw requestProblem('GET', base, `the answer points to ${JSON.stringify(reference)}, which is no address`, error);
  }
}

/** RFC 8288: `<…>; rel="next"`. */
function nextPage(answer: HttpAnswer, url: URL): URL | undefined {
  const link = /<([^>]*)>\s*;[^,]*rel="?next"?/.exec(answer.headers['link'] ?? '')?.[1];
  if (link === undefined) return undefined;
  const next = followed(link, url);
  if (next.origin !== url.origin) throw new ChartError(`refusing to go on with the list of tags at ${next.origin}`);
  return next;
}
