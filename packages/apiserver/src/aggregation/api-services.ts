/**
 * Follows the stored APIServices and knows which group versions other servers serve. Read from the server's own memory, so
 * that a request for anything else costs one look into a map.
 */
import type { APIService } from '@kindred/apis/apiregistration/v1';
import type { Priorities } from '../discovery/priorities.ts';
import type { ResourceStorage, ResourceWatch } from '../storage/resource-storage.ts';
import { Backend, type BackendParts } from './backend.ts';
import { hasSamePeer, type RemoteApi, remoteApiOf } from './remote-api.ts';

/** A group version that is served elsewhere, and the way there. */
export interface Remote {
  readonly api: RemoteApi;
  readonly backend: Backend;
}

export interface ApiServicesListener {
  /** An APIService changed, whoever serves it. */
  changed(name: string): void;
  /** An APIService names a server that it didn't name before. */
  connected(name: string): void;
}

export class ApiServices {
  readonly #storage: ResourceStorage;
  readonly #parts: BackendParts;
  readonly #listener: ApiServicesListener;
  readonly #byGroup = new Map<string, Map<string, Remote>>();
  readonly #byName = new Map<string, Remote>();
  /** Of every APIService, by name. */
  readonly #priorities = new Map<string, Priorities>();
  #generation = 0;
  #watch: ResourceWatch | undefined;

  constructor(storage: ResourceStorage, parts: BackendParts, listener: ApiServicesListener) {
    this.#storage = storage;
    this.#parts = parts;
    this.#listener = listener;
  }

  /** Takes over what is stored and follows it from there. */
  start(): void {
    const { items, revision } = this.#storage.list({});
    for (const { name } of items) this.#take(name);
    this.#watch = this.#storage.watch(
      { since: revision },
      {
        onEvents: (events) => {
          for (const event of events) if (event.type !== 'BOOKMARK') this.sync(event.stored.name);
        },
        onEnd: () => undefined,
      },
    );
  }

  /** Grows whenever servers, their being available, or priorities have changed. */
  get generation(): number {
    return this.#generation;
  }

  /** Who serves the group version; undefined when this server does, or nobody. */
  find(group: string, version: string): Remote | undefined {
    return this.#byGroup.get(group)?.get(version);
  }

  /** By the name of the APIService. */
  findName(name: string): Remote | undefined {
    return this.#byName.get(name);
  }

  remotes(): readonly Remote[] {
    return [...this.#byName.values()];
  }

  /** What the APIService of the group version says; undefined when there is none. */
  prioritiesOf(group: string, version: string): Priorities | undefined {
    return this.#priorities.get(`${version}.${group}`);
  }

  /** Takes over the new state of an APIService, or forgets one that is gone. */
  sync(name: string): void {
    this.#take(name);
    this.#listener.changed(name);
  }

  #take(name: string): void {
    // What is stored has passed the checks of its kind.
    const apiService = this.#storage.get('', name)?.object as APIService | undefined;
    this.#rank(name, apiService);
    const api = apiService === undefined ? undefined : remoteApiOf(apiService);
    const known = this.#byName.get(name);
    if (api === undefined) this.#forget(name);
    else this.#remember(api, known);
  }

  close(): void {
    this.#watch?.close();
    for (const { backend } of this.#byName.values()) backend.close();
  }

  #rank(name: string, apiService: APIService | undefined): void {
    const known = this.#priorities.get(name);
    const { groupPriorityMinimum = 0, versionPriority = 0 } = apiService?.spec ?? {};
    if (apiService === undefined) this.#priorities.delete(name);
    else this.#priorities.set(name, { group: groupPriorityMinimum, version: versionPriority });
    if (known?.group !== groupPriorityMinimum || known.version !== versionPriority) this.#generation++;
  }

  #remember(api: RemoteApi, known: Remote | undefined): void {
    const kept = known !== undefined && hasSamePeer(known.api, api) ? known.backend : undefined;
    if (kept === undefined) known?.backend.close();
    if (kept === undefined || known?.api.unavailable !== api.unavailable) this.#generation++;
    const remote = { api, backend: kept ?? new Backend(api, this.#parts) };
    this.#byName.set(api.name, remote);
    const versions = this.#byGroup.get(api.group) ?? new Map<string, Remote>();
    this.#byGroup.set(api.group, versions.set(api.version, remote));
    if (kept === undefined) this.#listener.connected(api.name);
  }

  #forget(name: string): void {
    const known = this.#byName.get(name);
    if (known === undefined) return;
    this.#generation++;
    known.backend.close();
    this.#byName.delete(name);
    const { group, version } = known.api;
    const versions = this.#byGroup.get(group);
    versions?.delete(version);
    if (versions?.size === 0) this.#byGroup.delete(group);
  }
}
