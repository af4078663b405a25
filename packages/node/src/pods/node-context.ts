/** What every pod worker of a node shares. Put together once, by the agent. */
import type { Pod } from '@kindred/apis/core/v1';
import type { Clock, Logger } from '@kindred/machinery';
import type { Cluster } from '../cluster/cluster.ts';
import type { ImageStore } from '../images/image-store.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { TokenSource } from '../volumes/service-account-token.ts';
import type { NodeFigures } from './field-ref.ts';

export interface NodeContext {
  readonly runtime: Runtime;
  readonly images: ImageStore;
  readonly cluster: Cluster;
  readonly tokens: TokenSource;
  readonly clock: Clock;
  readonly log: Logger;
  /** Holds `pods/UID` and `logs/…`. */
  readonly dataDir: string;
  readonly figures: NodeFigures;
  /** Content of the pod's /etc/resolv.conf; undefined leaves the machine's. */
  readonly resolvConf: (pod: Pod) => string | undefined;
  /** Where pods reach the API server when ClusterIPs below port 1024 can't be served. */
  readonly apiServer?: { readonly host: string; readonly port: number };
  /** Proxy for images that use one, where pods have no other way to other machines: `http://10.244.0.1:3128`. */
  readonly egressProxy?: string;
  /** 64 random hexadecimal digits. */
  readonly newContainerId: () => string;
}

/** `NAMESPACE/NAME`, as logs name a pod. */
export function podKey(pod: Pod): string {
  return `${pod.metadata.namespace}/${pod.metadata.name}`;
}
