/**
 * What the servers of APIServices serve, as discovery shows it: asked for when a server is found well, kept and marked as
 * stale while it isn't, so that one server that is down hides nothing of the others.
 */
import { encodeJsonText } from '@kindred/machinery';
import { type AskParts, askRemote, documentOf } from './aggregator-user.ts';
import type { ApiServices, Remote } from './api-services.ts';
import { BackendError } from './backend.ts';
import { type DiscoveredResource, fromAggregated, fromLegacy } from './discovery-document.ts';

export interface RemoteDiscoveryParts extends AskParts {
  readonly apiServices: ApiServices;
}

interface Known {
  readonly resources: readonly DiscoveredResource[];
  /** Of the aggregated document, for the next question. */
  readonly etag: string | undefined;
  /** `resources` as text, to see whether they have changed. */
  readonly text: string;
}

/** Milliseconds that a server has to say what it serves. */
const limit = 5000;
const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

export class RemoteDiscovery {
  readonly #parts: RemoteDiscoveryParts;
  /** By the APIService's name. */
  readonly #known = new Map<string, Known>();
  /** Those whose last question had no answer. */
  readonly #failed = new Set<string>();
  #generation = 0;

  constructor(parts: RemoteDiscoveryParts) {
    this.#parts = parts;
  }

  /** Grows whenever what this tells has changed. */
  get generation(): number {
    return this.#generation;
  }

  /** What is known of the server; `isStale` when it can't be asked now. */
  resourcesOf({ api }: Remote): { readonly resources: readonly DiscoveredResource[]; readonly isStale: boolean } {
    const known = this.#known.get(api.name);
    const isStale = known === undefined || api.unavailable !== undefined || this.#failed.has(api.name);
    return { resources: known?.resources ?? [], isStale };
  }

  /** Asks the server again. Never rejects: what is known stays then. */
  async refresh(remote: Remote): Promise<void> {
    const { name } = remote.api;
    try {
      const known = await this.#ask(remote, this.#known.get(name));
      // Meanwhile the APIService may have gone, or name another server.
      if (this.#parts.apiServices.findName(name)?.backend !== remote.backend) return;
      this.#remember(name, known);
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      if (!this.#failed.has(name)) this.#generation++;
      this.#failed.add(name);
    }
  }

  /** Forgets what is known of servers that nobody names any more. */
  forgetOthers(): void {
    for (const name of [...this.#known.keys(), ...this.#failed]) {
      if (this.#parts.apiServices.findName(name) !== undefined) continue;
      this.#known.delete(name);
      this.#failed.delete(name);
      this.#generation++;
    }
  }

  #remember(name: string, known: Known): void {
    if (this.#failed.delete(name) || this.#known.get(name)?.text !== known.text) this.#generation++;
    this.#known.set(name, known);
  }

  async #ask(remote: Remote, known: Known | undefined): Promise<Known> {
    const { group, version } = remote.api;
    const conditional = known?.etag === undefined ? {} : { 'if-none-match': known.etag };
    const aggregated = await askRemote(
      remote,
      { path: '/apis', headers: { accept: aggregatedType, ...conditional }, limit },
      this.#parts,
    );
    if (aggregated.status === 304 && known !== undefined) return known;
    const all = fromAggregated(documentOf(aggregated), group, version);
    if (all !== undefined) return knownOf(all, aggregated.headers.etag);
    const one = await askRemote(remote, { path: `/apis/${group}/${version}`, limit }, this.#parts);
    const resources = fromLegacy(documentOf(one), group, version);
    if (resources === undefined) throw new BackendError('no discovery document was answered');
    return knownOf(resources, undefined);
  }
}

function knownOf(resources: readonly DiscoveredResource[], etag: string | undefined): Known {
  return { resources, etag, text: encodeJsonText(resources) };
}
