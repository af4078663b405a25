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

export interface RemoteOpenApiParts extends AskParts {
  readonly apiServices: ApiServices;
}

interface Known {
  /** Of the server's index. */
  readonly etag: string | undefined;
  /** Names the document; undefined when the server has none for its group version. */
  readonly hash: string | undefined;
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
    return new Map(remotes.map(({ api }) => [openApiV3Key(api), this.#known.get(api.name)?.hash]));
  }

  /** @throws StatusError 503 when the server doesn't answer with a document. */
  async describe(key: string): Promise<OpenApiObject> {
    const remote = this.#parts.apiServices.remotes().find(({ api }) => openApiV3Key(api) === key);
    const hash = remote === undefined ? undefined : this.#known.get(remote.api.name)?.hash;
    if (remote === undefined || hash === undefined) throw serviceUnavailable(`nothing is known of ${key} any more`);
    const why = `the server of APIService ${remote.api.name} did not describe itself`;
    if (remote.api.unavailable !== undefined) throw serviceUnavailable(`${why}: ${remote.api.unavailable}`);
    try {
      const reply = await askRemote(
        remote,
        { path: `/openapi/v3/${key}?hash=${hash}`, limit: documentLimit },
        this.#parts,
      );
      const document = documentOf(reply);
      if (isJsonObject(document)) return document;
      throw serviceUnavailable(`${why}: it answered ${reply.status} without a document`);
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      throw serviceUnavailable(`${why}: ${error.message}`);
    }
  }

  /** Asks the server again. What is known stays when it doesn't answer. */
  async refresh(remote: Remote): Promise<void> {
    const { name } = remote.api;
    const known = this.#known.get(name);
    const conditional = known?.etag === undefined ? {} : { 'if-none-match': known.etag };
    try {
      const reply = await askRemote(
        remote,
        { path: '/openapi/v3', limit: indexLimit, headers: conditional },
        this.#parts,
      );
      if (reply.status === 304) return;
      const hash = hashIn(documentOf(reply), openApiV3Key(remote.api));
      if (this.#parts.apiServices.findName(name)?.backend !== remote.backend) return;
      if (hash !== known?.hash) this.#generation++;
      this.#known.set(name, { etag: reply.headers.etag, hash });
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
    }
  }

  /** Forgets servers that nobody names any more. */
  forgetOthers(): void {
    for (const name of this.#known.keys()) {
      if (this.#parts.apiServices.findName(name) === undefined) this.#known.delete(name);
    }
  }
}

/** The hash that a server's index has in the document's URL; one of the URL where it has none. */
function hashIn(index: unknown, key: string): string | undefined {
  const paths = isJsonObject(index) ? index['paths'] : undefined;
  const entry = isJsonObject(paths) ? paths[key] : undefined;
  const url = isJsonObject(entry) ? entry['serverRelativeURL'] : undefined;
  if (typeof url !== 'string') return undefined;
  const hash = /[?&]hash=([^&]+)/.exec(url)?.[1];
  return hash !== undefined && /^[\w.~-]+$/.test(hash) ? hash : openApiHash(url);
}
