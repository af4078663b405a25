/**
 * The API server as pods on this node need it: a small port, implemented over the client (cluster/client-cluster.ts),
 * so that the pod worker can be run without a server.
 */
import type { ConfigMap, Pod, PodStatus, Secret } from '@kindred/apis/core/v1';

export interface TokenIntent {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly pod: { readonly name: string; readonly uid: string };
  /** Empty: the API server's own. */
  readonly audience: string;
  readonly expirationSeconds: number;
}

export interface IssuedToken {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface PodEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** `spec.containers{main}` for events of a container. */
  readonly fieldPath?: string;
}

interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
}

/** What the environment of a pod says of a service. */
export interface ServiceAddress {
  readonly namespace: string;
  readonly name: string;
  readonly clusterIP: string;
  readonly ports: readonly ServicePort[];
}

export interface Cluster {
  /** undefined when there is no such object. */
  configMap(namespace: string, name: string): Promise<ConfigMap | undefined>;
  secret(namespace: string, name: string): Promise<Secret | undefined>;
  createToken(intent: TokenIntent): Promise<IssuedToken>;
  /** `before` is what the node wrote last, if it did. Does nothing when the pod is gone or was replaced. */
  writePodStatus(pod: Pod, status: PodStatus, before: PodStatus | undefined): Promise<void>;
  /** Ends the object of a pod whose processes are gone: DELETE with grace 0. */
  finishDeletion(pod: Pod): Promise<void>;
  /** Tells `kubectl describe`. Never fails. */
  recordEvent(pod: Pod, event: PodEvent): void;
  /** Services with a ClusterIP, in the namespace and the master's. */
  services(namespace: string): readonly ServiceAddress[];
}
