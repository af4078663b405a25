/**
 * Keeps the condition `Available` of APIServices true: looks at their servers when an APIService, its Service or the
 * endpoints change, and every half minute.
 */
import type { APIService } from '@kindred/apis/apiregistration/v1';
import { type Clock, formatTime, type Unstructured } from '@kindred/machinery';
import { type ServiceLookup, serviceLabel } from '../services/service-endpoints.ts';
import type { ResourceStorage, ResourceWatch } from '../storage/resource-storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { saysSo, setAvailable } from './api-service-status.ts';
import type { ApiServices, Remote } from './api-services.ts';
import { checkAvailability, passed } from './availability-check.ts';
import { hasSamePeer } from './remote-api.ts';

export interface AvailabilityParts {
  readonly storage: ResourceStorage;
  readonly apiServices: ApiServices;
  readonly services: ServiceLookup;
  readonly clock: Clock;
  /** Finds out what the server serves; called each time when it was found well, before anybody is told of that. */
  learn(remote: Remote): Promise<void>;
  reportFault(error: unknown): void;
}

interface Checks {
  running: Promise<void> | undefined;
  /** Something changed while a check was running. */
  again: boolean;
  failures: number;
  cancel: () => void;
}

/** Milliseconds until a server is looked at again that was well; the same at most for one that wasn't. */
const recheck = 30_000;
const firstRetry = 250;

export class AvailabilityController {
  readonly #parts: AvailabilityParts;
  /** By the APIService's name. */
  readonly #checks = new Map<string, Checks>();
  #watches: ResourceWatch[] | undefined;
  #closed = false;

  constructor(parts: AvailabilityParts) {
    this.#parts = parts;
  }

  /** Looks at the server of the APIService, now or as soon as the running check is over. */
  check(name: string): void {
    if (this.#closed) return;
    this.#watches ??= this.#follow();
    const checks = this.#checks.get(name) ?? { running: undefined, again: false, failures: 0, cancel: nothing };
    this.#checks.set(name, checks);
    checks.cancel();
    if (checks.running !== undefined) {
      checks.again = true;
      return;
    }
    checks.again = false;
    checks.running = this.#run(name, checks)
      .catch((error: unknown) => {
        if (!this.#closed) this.#parts.reportFault(error);
      })
      .finally(() => {
        checks.running = undefined;
        if (checks.again) this.check(name);
      });
  }

  /** Resolves when nothing is being written any more. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const watch of this.#watches ?? []) watch.close();
    for (const { cancel } of this.#checks.values()) cancel();
    await Promise.all([...this.#checks.values()].flatMap(({ running }) => running ?? []));
  }

  async #run(name: string, checks: Checks): Promise<void> {
    const { apiServices, services, clock, learn } = this.#parts;
    const remote = apiServices.findName(name);
    if (remote === undefined) {
      this.#checks.delete(name);
      return;
    }
    const availability = await checkAvailability(remote, services, clock);
    if (this.#closed) return;
    if (availability === passed) await learn(remote);
    await this.#write(remote, availability);
    checks.failures = availability === passed ? 0 : checks.failures + 1;
    const retry = firstRetry * 2 ** Math.min(checks.failures - 1, 10);
    const delay = availability.reason === 'FailedDiscoveryCheck' ? Math.min(retry, recheck) : recheck;
    if (!this.#closed) checks.cancel = clock.after(delay, () => this.check(name));
  }

  async #write({ api }: Remote, availability: Parameters<typeof setAvailable>[1]): Promise<void> {
    const { storage, apiServices, clock } = this.#parts;
    await storage.guaranteedUpdate('', api.name, (stored) => {
      // What is stored under this resource is an APIService.
      const apiService = stored.object as Unstructured & APIService;
      const current = apiServices.findName(api.name);
      // What was found out is about another server than the one that is meant now; that one is looked at next.
      if (current === undefined || !hasSamePeer(current.api, api) || saysSo(apiService, availability)) return undefined;
      const next = stored.decode() as Unstructured & APIService;
      setAvailable(next, availability, formatTime(clock.now()));
      return next;
    });
    apiServices.sync(api.name);
  }

  /** Begins with the first APIService of another server: most clusters have none. */
  #follow(): ResourceWatch[] {
    const { services } = this.#parts;
    return [
      this.#followOne(services.services, ({ name }) => name),
      this.#followOne(services.endpoints, ({ name }) => name),
      this.#followOne(services.slices, ({ object }) => object.metadata.labels?.[serviceLabel] ?? ''),
    ];
  }

  #followOne(storage: ResourceStorage, serviceOf: (stored: StoredObject) => string): ResourceWatch {
    const onEvents = (events: Parameters<Parameters<ResourceStorage['watch']>[1]['onEvents']>[0]): void => {
      const remotes = this.#parts.apiServices.remotes();
      if (remotes.length === 0) return;
      for (const event of events) {
        if (event.type === 'BOOKMARK') continue;
        const name = serviceOf(event.stored);
        for (const { api } of remotes) {
          if (api.service.name === name && api.service.namespace === event.stored.namespace) this.check(api.name);
        }
      }
    };
    return storage.watch({ since: storage.revision }, { onEvents, onEnd: nothing });
  }
}

function nothing(): void {
  // There is nothing to cancel, or to do at the end.
}
