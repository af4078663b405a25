/**
 * Connections to the clusters that releases go to when their objects name a kubeconfig. Releases with the same kubeconfig
 * share one; it is closed when the last of them has another or is gone.
 */
import { type Client, createClient, createHttpTransport, type Transport } from '@kindred/client';
import { type Clock, errorText } from '@kindred/machinery';
import { clusterIdentity } from '../../resources/cluster-identity.ts';
import { createKindMapper, type KindMapper } from '../../resources/kind-mapper.ts';
import { KubeConfigError } from './kube-config-error.ts';
import type { FoundCluster } from './read-kube-config.ts';

export interface OpenCluster {
  readonly client: Client;
  readonly mapper: KindMapper;
}

export interface RemoteCluster extends OpenCluster {
  readonly server: string;
  /** By what clusters are told apart; empty when the kubeconfig may not see it. Asked once. */
  uid(signal: AbortSignal): Promise<string>;
}

interface Connection {
  readonly cluster: RemoteCluster;
  readonly transport: Transport;
  /** Keys of the releases' objects. */
  readonly users: Set<string>;
}

export class RemoteClusters {
  readonly #clock: Clock;
  readonly #byDigest = new Map<string, Connection>();
  readonly #digests = new Map<string, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The cluster for the object of this key; nothing is sent yet. */
  open(key: string, found: FoundCluster): RemoteCluster {
    if (this.#digests.get(key) !== found.digest) this.forget(key);
    const connection = this.#byDigest.get(found.digest) ?? this.#connect(found);
    connection.users.add(key);
    this.#digests.set(key, found.digest);
    return connection.cluster;
  }

  /** For a release that is gone, or goes to this cluster from now on. */
  forget(key: string): void {
    const digest = this.#digests.get(key);
    this.#digests.delete(key);
    const connection = digest === undefined ? undefined : this.#byDigest.get(digest);
    connection?.users.delete(key);
    if (digest === undefined || connection === undefined || connection.users.size > 0) return;
    this.#byDigest.delete(digest);
    void connection.transport.close();
  }

  async close(): Promise<void> {
    const connections = [...this.#byDigest.values()];
    this.#byDigest.clear();
    this.#digests.clear();
    await Promise.all(connections.map(({ transport }) => transport.close()));
  }

  #connect({ digest, what, connection }: FoundCluster): Connection {
    const clock = this.#clock;
    const transport = tellingWhere(createHttpTransport({ ...connection, clock }), `${connection.server} (${what})`);
    const client = createClient(transport, { userAgent: 'helm-controller', fieldManager: 'helm-controller', clock });
    let known: string | undefined;
    const uid = async (signal: AbortSignal): Promise<string> => {
      known ??= await clusterIdentity({ client, signal });
      return known;
    };
    const cluster = { client, mapper: createKindMapper(client), server: connection.server, uid };
    const opened = { cluster, transport, users: new Set<string>() };
    this.#byDigest.set(digest, opened);
    return opened;
  }
}

/** A cluster that is away is nothing that the controller has done wrong. */
function tellingWhere(transport: Transport, where: string): Transport {
  return {
    async request(request) {
      try {
        return await transport.request(request);
      } catch (error) {
        if (request.signal?.aborted || error instanceof KubeConfigError) throw error;
        throw new KubeConfigError(`the cluster at ${where} cannot be reached: ${errorText(error)}`, { cause: error });
      }
    },
    close: () => transport.close(),
  };
}
