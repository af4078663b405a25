/**
 * `/api`, `/apis` and below: discovery documents, made anew only when what is served has changed, with an ETag so that
 * clients needn't fetch them twice.
 */
import { createHash } from 'node:crypto';
import { encodeJson, pathNotFound } from '@kindred/machinery';
import type { Exchange } from '../chain/exchange.ts';
import { parseAccept } from '../negotiation/accept.ts';
import { jsonResponse, negotiateFor, reencode } from '../negotiation/encode.ts';
import type { ApiResponse } from '../request/api-response.ts';
import type { Routes } from '../routes/routes.ts';
import { type AggregatedVersion, apiGroupDiscoveryList } from './aggregated-discovery.ts';
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './legacy-discovery.ts';
import { type DiscoveredGroup, type DiscoverySource, discoverGroups } from './served-groups.ts';

interface Document {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** Serves discovery of all that can be asked for. `serverAddress` is what clients are told to connect to. */
export function addDiscoveryRoutes(routes: Routes, source: DiscoverySource, serverAddress: () => string): void {
  const discovery = new Discovery(source, serverAddress);
  routes.add('/api', (exchange) => discovery.root(exchange, 'core'));
  routes.add('/apis', (exchange) => discovery.root(exchange, 'groups'));
  routes.add('/api/*', (exchange) => discovery.version(exchange, ''));
  routes.add('/apis/*', (exchange) => discovery.groupOrVersion(exchange));
}

class Discovery {
  readonly #source: DiscoverySource;
  readonly #serverAddress: () => string;
  readonly #documents = new Map<string, Document>();
  #generation = -1;
  #groups: readonly DiscoveredGroup[] = [];

  constructor(source: DiscoverySource, serverAddress: () => string) {
    this.#source = source;
    this.#serverAddress = serverAddress;
  }

  root(exchange: Exchange, which: 'core' | 'groups'): ApiResponse | Promise<ApiResponse> {
    const groups = this.#current();
    const version = aggregatedVersion(exchange.request.headers['accept']);
    if (version === undefined) {
      return this.#answer(exchange, `legacy/${which}`, () =>
        which === 'core' ? apiVersions(this.#serverAddress()) : apiGroupList(groups),
      );
    }
    const shown = groups.filter(({ name }) => (name === '') === (which === 'core'));
    const document = this.#document(`${version}/${which}`, () => apiGroupDiscoveryList(shown, version));
    const type = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    return answerDocument(exchange, document, type);
  }

  groupOrVersion(exchange: Exchange): ApiResponse | Promise<ApiResponse> {
    const { group, version } = exchange.info;
    if (version !== '') return this.version(exchange, group);
    const found = this.#current().find(({ name }) => name === group);
    if (found === undefined || group === '') throw pathNotFound();
    return this.#answer(exchange, `group/${group}`, () => apiGroup(found));
  }

  version(exchange: Exchange, group: string): ApiResponse | Promise<ApiResponse> {
    const { version } = exchange.info;
    const found = this.#current()
      .find(({ name }) => name === group)
      ?.versions.find((candidate) => candidate.version === version);
    if (found === undefined) throw pathNotFound();
    return this.#answer(exchange, `version/${group}/${version}`, () => apiResourceList(found));
  }

  /** Groups as they are served now; forgets the documents of an earlier state. */
  #current(): readonly DiscoveredGroup[] {
    const { generation } = this.#source;
    if (generation !== this.#generation) {
      this.#generation = generation;
      this.#documents.clear();
      this.#groups = discoverGroups(this.#source);
    }
    return this.#groups;
  }

  #answer(exchange: Exchange, key: string, make: () => object): ApiResponse | Promise<ApiResponse> {
    const document = this.#document(key, make);
    const negotiated = negotiateFor(exchange.request);
    if (negotiated.encoding === 'json') return answerDocument(exchange, document, 'application/json');
    return jsonResponse(exchange.request, negotiated, document.bytes, 200);
  }

  #document(key: string, make: () => object): Document {
    let document = this.#documents.get(key);
    if (document === undefined) {
      const bytes = encodeJson(make());
      document = { bytes, etag: `"${createHash('sha512').update(bytes).digest('hex').toUpperCase()}"` };
      this.#documents.set(key, document);
    }
    return document;
  }
}

function aggregatedVersion(accept: string | undefined): AggregatedVersion | undefined {
  if (accept === undefined || !accept.includes('APIGroupDiscoveryList')) return undefined;
  for (const { type, parameters } of parseAccept(accept)) {
    if (type !== 'application/json' && type !== 'application/*' && type !== '*/*') continue;
    if (parameters['as'] === undefined) return undefined;
    if (parameters['as'] !== 'APIGroupDiscoveryList' || parameters['g'] !== 'apidiscovery.k8s.io') continue;
    const version = parameters['v'];
    if (version === 'v2' || version === 'v2beta1') return version;
  }
  return undefined;
}

function answerDocument(exchange: Exchange, document: Document, type: string): ApiResponse | Promise<ApiResponse> {
  const { request } = exchange;
  const headers: Record<string, string> = {
    'content-type': type,
    etag: document.etag,
    vary: 'Accept',
    'cache-control': 'public',
  };
  if (request.headers['if-none-match'] === document.etag) return { status: 304, headers, body: new Uint8Array() };
  const negotiated = { encoding: 'json', representation: 'object', version: 'v1' } as const;
  return { status: 200, headers, body: reencode(request, negotiated, document.bytes) };
}
