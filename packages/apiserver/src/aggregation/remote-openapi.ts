/**
 * How the servers of APIServices describe what they serve: which documents there are is learnt when a server is found well,
 * the documents themselves are fetched when somebody asks ("OpenAPI V3", Kubernetes documentation).
 */
import { isJsonObject, serviceUnavailable } from '@kindred/machinery';
import { type OpenApiObject, openApiHash, openApiV3Key } from '@kindred/schema';
import type { DescribedElsewhere } from '../openapi/described-group-versions.ts';
import { type AskParts, askRemote, documentOf } from './aggregator-user.ts';
import type { ApiServices, Remote } from './api-services.ts';
import { BackendError } from './backend.ts';
import { openApiFromV2 } from './openapi-from-v2.ts';

export interface RemoteOpenApiParts extends AskParts {
  readonly apiServices: ApiServices;
}

/** Where a server has the document of its group version. */
interface Source {
  /** Names the document's present state. */
  readonly hash: string;
  readonly path: string;
  /** True for a v2 document of everything that the server serves. */
  readonly isV2: boolean;
}

interface Known {
  /** Of what was looked at to find the source: the index, or the v2 document. */
  readonly etag: string | undefined;
  /** Undefined when the server doesn't describe its group version. */
  readonly source: Source | undefined;
}

/** Milliseconds for the index, which its server is found well after, and for a document, which may have to be made first. */
const indexLimit = 2000;
const documentLimit = 20_000;

export class RemoteOpenApi implements DescribedElsewhere {
  readonly #parts: RemoteOpenApiParts;
  /** By the APIService's name. */
  readonly #known = new Map<string, Known>();
  #generation = 0;

  constructor(parts: RemoteOpenApiParts) {
    this.#parts = parts;
  }

  get generation(): number {
    return this.#generation + this.#parts.apiServices.generation;
  }

  get hashes(): ReadonlyMap<string, string | undefined> {
    const remotes = this.#parts.apiServices.remotes();
    return new Map(remotes.map(({ api }) => [openApiV3Key(api), this.#known.get(api.name)?.source?.hash]));
  }

  /** @throws StatusError 503 when the server doesn't answer with a document. */
  async describe(key: string): Promise<OpenApiObject> {
    const remote = this.#parts.apiServices.remotes().find(({ api }) => openApiV3Key(api) === key);
    const source = remote === undefined ? undefined : this.#known.get(remote.api.name)?.source;
    if (remote === undefined || source === undefined) throw serviceUnavailable(`nothing is known of ${key} any more`);
    const why = `the server of APIService ${remote.api.name} did not describe itself`;
    if (remote.api.unavailable !== undefined) throw serviceUnavailable(`${why}: ${remote.api.unavailable}`);
    try {
      const reply = await askRemote(remote, { path: source.path, limit: documentLimit }, this.#parts);
      const document = documentOf(reply);
      if (isJsonObject(document)) return source.isV2 ? openApiFromV2(document, `/${key}`) : document;
      throw serviceUnavailable(`${why}: it answered ${reply.status} without a document`);
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      throw serviceUnavailable(`${why}: ${error.message}`);
    }
  }

  /** Asks the server again. What is known stays when it doesn't answer. */
  async refresh(remote: Remote): Promise<void> {
    const { name } = remote.api;
    const before = this.#known.get(name);
    try {
      const known = (await this.#askForV3(remote, before)) ?? (await this.#askForV2(remote, before));
      if (this.#parts.apiServices.findName(name)?.backend !== remote.backend) return;
      if (known.source?.hash !== before?.source?.hash) this.#generation++;
      this.#known.set(name, known);
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
    }
  }

  /** Undefined when the server has no v3 document of its group version. */
  async #askForV3(remote: Remote, before: Known | undefined): Promise<Known | undefined> {
    const isKnown = before?.source?.isV2 === false;
    const headers = isKnown ? conditional(before) : {};
    const reply = await askRemote(remote, { path: '/openapi/v3', limit: indexLimit, headers }, this.#parts);
    if (reply.status === 304 && isKnown) return before;
    const path = urlIn(documentOf(reply), openApiV3Key(remote.api));
    if (path === undefined) return undefined;
    return { etag: reply.headers.etag, source: { hash: hashIn(path), path, isV2: false } };
  }

  async #askForV2(remote: Remote, before: Known | undefined): Promise<Known> {
    const path = '/openapi/v2';
    const isKnown = before?.source?.isV2 === true;
    const headers = isKnown ? conditional(before) : {};
    const reply = await askRemote(remote, { path, limit: indexLimit, headers }, this.#parts);
    if (reply.status === 304 && isKnown) return before;
    const document = documentOf(reply);
    const isThere = isJsonObject(document) && document['swagger'] === '2.0';
    const source = isThere ? { hash: openApiHash(reply.body), path, isV2: true } : undefined;
    return { etag: reply.headers.etag, source };
  }

  /** Forgets servers that nobody names any more. */
  forgetOthers(): void {
    for (const name of this.#known.keys()) {
      if (this.#parts.apiServices.findName(name) === undefined) this.#known.delete(name);
    }
  }
}

function conditional({ etag }: Known): Readonly<Record<string, string>> {
  return etag === undefined ? {} : { 'if-none-match': etag };
}

/** Where a server's index says that the document is: below its own path, or nowhere. */
function urlIn(index: unknown, key: string): string | undefined {
  const paths = isJsonObject(index) ? index['paths'] : undefined;
  const entry = isJsonObject(paths) ? paths[key] : undefined;
  const url = isJsonObject(entry) ? entry['serverRelativeURL'] : undefined;
  return typeof url === 'string' && /^\/openapi\/v3\/[\w./?=&%~-]+$/.test(url) ? url : undefined;
}

/** The hash in the URL; one of the URL where it has none that fits into ours. */
function hashIn(url: string): string {
  const hash = /[?&]hash=([^&]+)/.exec(url)?.[1];
  return hash !== undefined && /^[\w.~-]+$/.test(hash) ? hash : openApiHash(url);
}
