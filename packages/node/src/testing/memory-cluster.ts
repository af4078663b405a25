/** The cluster port in memory, for tests of what runs on a node: objects in maps, statuses and events in lists. */
import type { ConfigMap, Pod, PodStatus, Secret } from '@kindred/apis/core/v1';
import type { Cluster, IssuedToken, PodEvent, ServiceAddress, TokenIntent } from '../cluster/cluster.ts';

export class MemoryCluster implements Cluster {
  readonly configMaps = new Map<string, ConfigMap>();
  readonly secrets = new Map<string, Secret>();
  readonly statuses = new Map<string, PodStatus>();
  readonly events: PodEvent[] = [];
  readonly deleted: string[] = [];
  readonly tokens: TokenIntent[] = [];
  serviceAddresses: ServiceAddress[] = [];
  readonly #waiters = new Set<() => void>();

  async configMap(namespace: string, name: string): Promise<ConfigMap | undefined> {
    return this.configMaps.get(`${namespace}/${name}`);
  }

  async secret(namespace: string, name: string): Promise<Secret | undefined> {
    return this.secrets.get(`${namespace}/${name}`);
  }

  async createToken(intent: TokenIntent): Promise<IssuedToken> {
    this.tokens.push(intent);
    return { token: `token-${this.tokens.length}`, expiresAt: Date.now() + intent.expirationSeconds * 1000 };
  }

  async writePodStatus(pod: Pod, status: PodStatus): Promise<void> {
    this.statuses.set(pod.metadata.name ?? '', status);
    this.#changed();
  }

  async finishDeletion(pod: Pod): Promise<void> {
    this.deleted.push(pod.metadata.name ?? '');
    this.#changed();
  }

  recordEvent(_pod: Pod, event: PodEvent): void {
    this.events.push(event);
    this.#changed();
  }

  services(): readonly ServiceAddress[] {
    return this.serviceAddresses;
  }

  /** Resolves when `condition` gives something; it is asked after every change. Rejects after 20 s with what there is. */
  until<T>(condition: () => T | undefined | false): Promise<T> {
    return new Promise((resolve, reject) => {
      const give = () => {
        const seen = JSON.stringify({ statuses: [...this.statuses], events: this.events }, undefined, 1);
        finish(() => reject(new Error(`waited 20 s in vain; there is ${seen}`)));
      };
      const deadline = setTimeout(give, 20_000);
      const finish = (settle: () => void) => {
        clearTimeout(deadline);
        this.#waiters.delete(check);
        settle();
      };
      const check = () => {
        const value = condition();
        if (value !== undefined && value !== false) finish(() => resolve(value));
      };
      this.#waiters.add(check);
      check();
    });
  }

  #changed(): void {
    for (const check of this.#waiters) check();
  }
}
