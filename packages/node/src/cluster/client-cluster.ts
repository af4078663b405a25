/** The cluster port over the client: what pods on this node need of the API server. */
import type { TokenRequest } from '@kindred/apis/authentication/v1';
import { ConfigMap, Pod, type PodStatus, Secret, type Service, ServiceAccount } from '@kindred/apis/core/v1';
import type { Client, EventRecorder, Lister } from '@kindred/client';
import { type Clock, isStatusError, type KindRef, type KubeObject } from '@kindred/machinery';
import type { Cluster, IssuedToken, PodEvent, ServiceAddress, TokenIntent } from './cluster.ts';
import { statusPatch } from './status-patch.ts';

export interface ClientClusterOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly services: Lister<Service>;
}

interface Held {
  readonly until: number;
  readonly object: Promise<unknown>;
}

/** Containers that start together ask for the same objects; what was read this short a time ago is read once. */
const sharedReadMs = 2_000;

export class ClientCluster implements Cluster {
  readonly #options: ClientClusterOptions;
  readonly #reads = new Map<string, Held>();

  constructor(options: ClientClusterOptions) {
    this.#options = options;
  }

  configMap(namespace: string, name: string): Promise<ConfigMap | undefined> {
    return this.#read(ConfigMap, namespace, name);
  }

  secret(namespace: string, name: string): Promise<Secret | undefined> {
    return this.#read(Secret, namespace, name);
  }

  async createToken(intent: TokenIntent): Promise<IssuedToken> {
    const { namespace, serviceAccount, pod, audience, expirationSeconds } = intent;
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: audience === '' ? [] : [audience],
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', ...pod },
      },
    };
    const at = { namespace, name: serviceAccount, subresource: 'token' };
    const answer = await this.#options.client.createSubresource<TokenRequest>(ServiceAccount, at, body);
    const { token, expirationTimestamp } = answer.status ?? {};
    if (!token) throw new Error(`the API server gave no token for service account ${namespace}/${serviceAccount}`);
    return { token, expiresAt: Date.parse(expirationTimestamp ?? '') };
  }

  async writePodStatus(pod: Pod, status: PodStatus, before = pod.status): Promise<void> {
    const patch = { metadata: { uid: pod.metadata.uid }, status: statusPatch(before ?? {}, status) };
    await ignoring(['NotFound', 'Conflict'], () =>
      this.#options.client.strategicPatch(Pod, addressOf(pod), patch, { subresource: 'status' }),
    );
  }

  async finishDeletion(pod: Pod): Promise<void> {
    const { uid } = pod.metadata;
    const options = { gracePeriodSeconds: 0, preconditions: { uid } };
    await ignoring(['NotFound', 'Conflict'], () => this.#options.client.delete(Pod, addressOf(pod), options));
  }

  recordEvent(pod: Pod, event: PodEvent): void {
    this.#options.events.record(pod, event);
  }

  services(namespace: string): readonly ServiceAddress[] {
    const { services } = this.#options;
    const master = services.get({ namespace: 'default', name: 'kubernetes' });
    const own = services.list({ namespace }).filter((service) => service !== master);
    return [...(master ? [master] : []), ...own].flatMap(serviceAddress);
  }

  async #read<T extends KubeObject>(kind: KindRef<T>, namespace: string, name: string): Promise<T | undefined> {
    const key = `${kind.plural}/${namespace}/${name}`;
    const now = this.#options.clock.now();
    for (const [old, { until }] of this.#reads) if (until <= now) this.#reads.delete(old);
    const held = this.#reads.get(key);
    // The key names the kind, so what is held under it has the kind's type.
    if (held) return held.object as Promise<T | undefined>;
    const object = this.#get(kind, namespace, name);
    this.#reads.set(key, { until: now + sharedReadMs, object });
    object.catch(() => this.#reads.delete(key));
    return object;
  }

  async #get<T extends KubeObject>(kind: KindRef<T>, namespace: string, name: string): Promise<T | undefined> {
    try {
      return await this.#options.client.get(kind, { namespace, name });
    } catch (error) {
      if (isStatusError(error, 'NotFound')) return undefined;
      throw error;
    }
  }
}

function addressOf({ metadata }: Pod): { namespace: string; name: string } {
  return { namespace: metadata.namespace ?? '', name: metadata.name ?? '' };
}

function serviceAddress({ metadata, spec }: Service): ServiceAddress[] {
  const clusterIP = spec?.clusterIP ?? '';
  if (clusterIP === '' || clusterIP === 'None') return [];
  const ports = (spec?.ports ?? []).map(({ name = '', port, protocol = 'TCP' }) => ({ name, port, protocol }));
  return [{ namespace: metadata.namespace ?? '', name: metadata.name ?? '', clusterIP, ports }];
}

async function ignoring(reasons: readonly ('NotFound' | 'Conflict')[], write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!reasons.some((reason) => isStatusError(error, reason))) throw error;
  }
}
