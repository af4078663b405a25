export type { ApplyIntent, Client, ClientOptions, Draft, Manifest, RawRequest } from './client/client.ts';
export { createClient } from './client/client.ts';
export type { ImpersonatedUser } from './client/impersonation.ts';
export type { ObjectPage, ObservedList } from './client/list.ts';
export type {
  ApplyOptions,
  CollectionAddress,
  DeleteOptions,
  GetOptions,
  JsonPatchOperation,
  ListOptions,
  ObjectAddress,
  PatchOptions,
  ProjectionOptions,
  RequestOptions,
  SelectorOptions,
  WatchOptions,
  WriteOptions,
} from './client/options.ts';
export type { QueryValue, ResourceAddress } from './client/resource-path.ts';
export { formatQuery, resourcePath } from './client/resource-path.ts';
export type { DiscoveredResource } from './discovery/discovery.ts';
export { discover, discoverAllVersions, discoverResources, preferredVersions } from './discovery/discovery.ts';
export type { EventRecord, EventRecorder } from './events/event.ts';
export { silentRecorder } from './events/event.ts';
export type { EventSinkOptions } from './events/event-sink.ts';
export { EventSink } from './events/event-sink.ts';
export type { ConnectionOptions, TlsMaterial } from './http-transport/connection-options.ts';
export type { CredentialSource, Credentials } from './http-transport/credential-source.ts';
export type { HttpTransportOptions } from './http-transport/http-transport.ts';
export { createHttpTransport } from './http-transport/http-transport.ts';
export type { TokenSource } from './http-transport/token-source.ts';
export { fileToken, staticToken } from './http-transport/token-source.ts';
export type { BackoffOptions } from './informer/backoff.ts';
export { createBackoff } from './informer/backoff.ts';
export type { IndexFunction } from './informer/indexed-store.ts';
export { keyOf, parseKey } from './informer/indexed-store.ts';
export type { AnyInformer, InformerHandler, InformerScope, Lister } from './informer/informer.ts';
export { Informer } from './informer/informer.ts';
export type { InformerFactoryOptions } from './informer/informer-factory.ts';
export { InformerFactory } from './informer/informer-factory.ts';
export type { ReflectorOptions, ReflectorSink } from './informer/reflector.ts';
export { Reflector } from './informer/reflector.ts';
export { compareResourceVersions } from './informer/resource-version.ts';
export type { ClusterConnection, ConnectionOfOptions, InClusterOptions } from './kubeconfig/connection.ts';
export { connectionOf, inClusterConnection } from './kubeconfig/connection.ts';
export type { Kubeconfig, KubeconfigCluster, KubeconfigContext, KubeconfigUser } from './kubeconfig/kubeconfig.ts';
export { emptyKubeconfig, mergeKubeconfigs, parseKubeconfig } from './kubeconfig/kubeconfig.ts';
export type { LoadKubeconfigOptions } from './kubeconfig/load-kubeconfig.ts';
export { loadKubeconfig, persistAuthProvider, writeKubeconfig } from './kubeconfig/load-kubeconfig.ts';
export type { ExecEnvironment } from './kubeconfig/sign-in/exec-credentials.ts';
export type { LeaderElectionOptions } from './leases/leader-election.ts';
export { LeaderElector } from './leases/leader-election.ts';
export type { WatchEvent } from './list-watch/watch-event.ts';
export { watchEvents } from './list-watch/watch-event.ts';
export type { ProxyFor } from './proxy/proxy.ts';
export { proxyFromEnvironment } from './proxy/proxy.ts';
export type { TunnelTarget } from './proxy/socks-tunnel.ts';
export { isSocks, openTunnel, ProxyError, proxyAddress, proxyAuthorization } from './proxy/tunnel.ts';
export type { Random } from './random.ts';
export { sleep } from './sleep.ts';
export type { Transport, TransportRequest, TransportResponse, WatchMessage } from './transport.ts';
export { unlessAborted } from './unless-aborted.ts';
