/**
 * The control plane of an embedded cluster: store, API server, built-in controllers, put together over one data directory.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { builtinKinds } from '@kindred/apis';
import type {
  ApiServer,
  ApiStorage,
  ClusterCertificates,
  HealthCheck,
  InProcessTransport,
  UserInfo,
} from '@kindred/apiserver';
import {
  accessReviews,
  authenticationReviews,
  CertificateError,
  createApiServer,
  defaultTolerationSeconds,
  frontProxyName,
  issuerDiscoveryRoutes,
  ListenError,
  loadClusterCertificates,
  NodeConnections,
  nodeProxy,
  openApiStorage,
  openStoredPolicy,
  podLog,
  priorityAdmission,
  RbacAuthorizer,
  rbacEscalationAdmission,
  reconcileBootstrapPolicy,
  requestHeaderAuthenticator,
  ServiceAccountTokenAuthenticator,
  serviceAccountAdmission,
  serviceAccountToken,
  serviceAllocation,
  TokenIssuer,
  tokenObjectLookup,
  x509Authenticator,
} from '@kindred/apiserver';
import { builtInControllers } from '@kindred/controllers';
import { type Clock, isSystemError } from '@kindred/machinery';
import type { Logger, Manager } from '@kindred/operator';
import { createManager } from '@kindred/operator';
import type { Store } from '@kindred/store';
import { keyspace, openMemoryStore, openSqliteStore, StoreError } from '@kindred/store';
import { compiledDirectory } from '../compiled-directory.ts';
import { type DataDirectory, unusableDataDirectory } from '../data-directory/data-directory.ts';
import { Fault } from '../fault.ts';
import type { ClusterSettings } from './cluster-settings.ts';
import { moveServices } from './move-services.ts';
import type { StoreHealth } from './store-health.ts';
import { storeHealth } from './store-health.ts';

export interface ControlPlaneOptions {
  readonly directory: DataDirectory;
  readonly settings: ClusterSettings;
  readonly store: 'sqlite' | 'memory';
  readonly securePort: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What `/readyz` asks besides the store, from the first request on. */
  readonly checks: readonly HealthCheck[];
  /** Puts in order what is stored, before anybody is served over the network. */
  readonly prepare: (admin: InProcessTransport) => Promise<void>;
  /** The store failed, or something as grave: the platform must end. */
  readonly onFailure: (error: Error) => void;
}

export interface ControlPlane {
  /** `https://127.0.0.1:6443` */
  readonly url: string;
  readonly certificates: ClusterCertificates;
  /** A way into the API server for parts of this process. */
  transport(user: UserInfo): InProcessTransport;
  /** The same as a user who may do everything; `name` tells who it is in records. */
  adminTransport(name: string): InProcessTransport;
  /** The part of the store that an extension's API server keeps its objects in. */
  extensionStore(server: string): Store;
  /** Starts the built-in controllers; resolves when they work. */
  startControllers(): Promise<void>;
  /** Stops controllers; nothing is written any more by this process. */
  stopControllers(): Promise<void>;
  /** Ends everything; what was acknowledged is on disk. */
  close(): Promise<void>;
}

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { settings, clock, logger, onFailure } = options;
  const [store, certificates] = await Promise.all([openStore(options), openCertificates(options)]);
  const health = storeHealth(store);
  const storage = await openApiStorage({
    store,
    clock,
    onFailure: (error) => onFailure(new Fault('KND_STORE', error.message, error.hint, { cause: error })),
  });
  await reconcileBootstrapPolicy({ storage, now: clock.now(), randomUuid: randomUUID });
  const moved = await moveServices(storage, settings.serviceCidr);
  if (moved > 0)
    logger.info('Services got addresses of another range', { services: moved, range: settings.serviceCidr });
  const { server, close } = await createServer(options, storage, certificates, health);
  for (const check of [health, ...options.checks]) server.health.add(check);
  const adminTransport = (name: string): InProcessTransport =>
    server.transport({ username: `system:kindred:${name}`, groups: ['system:masters'] });
  await options.prepare(adminTransport('control-plane'));
  const port = await listen(server, options, certificates);
  const manager = controllerManager(server, options, certificates, port);
  return {
    url: `https://127.0.0.1:${port}`,
    certificates,
    transport: (user) => server.transport(user),
    adminTransport,
    extensionStore: (server) => keyspace(store, `/extensions/${server}`),
    startControllers: () => manager.start(),
    stopControllers: () => manager.close(),
    async close() {
      await manager.close();
      await server.close();
      close();
      await storage.close();
      await store.close();
      logger.info('Control plane stopped');
    },
  };
}

async function openStore({ store, directory, clock }: ControlPlaneOptions): Promise<Store> {
  if (store === 'memory') return openMemoryStore({ clock });
  try {
    const worker = new URL('./bundle/sqlite-worker.mjs', compiledDirectory);
    const workerUrl = existsSync(worker) ? { workerUrl: worker } : {};
    return await openSqliteStore({ file: directory.at('store', 'kindred.db'), clock, ...workerUrl });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new Fault('KND_STORE', error.message, error.hint, { cause: error });
  }
}

async function openCertificates({ directory, settings, clock }: ControlPlaneOptions): Promise<ClusterCertificates> {
  try {
    return await loadClusterCertificates({
      directory: directory.at('pki'),
      serverNames: [],
      serverAddresses: [settings.apiServerIp],
      nodeName: settings.nodeName,
      nodeAddresses: ['127.0.0.1'],
      now: clock.now(),
    });
  } catch (error) {
    if (isSystemError(error)) throw unusableDataDirectory(directory.path, error);
    if (!(error instanceof CertificateError)) throw error;
    const hint =
      'Restore the file from a backup. Without one, remove the whole pki directory: then new ones are made, and kubeconfigs and tokens from before are refused.';
    throw new Fault('KND_CERTIFICATES', error.message, hint, { cause: error });
  }
}

async function createServer(
  { settings, clock, logger }: ControlPlaneOptions,
  storage: ApiStorage,
  certificates: ClusterCertificates,
  health: StoreHealth,
): Promise<{ server: ApiServer; close(): void }> {
  const policy = await openStoredPolicy(storage);
  const rbac = new RbacAuthorizer(policy);
  const audiences = [settings.tokenIssuer];
  const issuer = new TokenIssuer({
    privateKey: certificates.serviceAccountKey,
    issuer: settings.tokenIssuer,
    clock,
    randomId: randomUUID,
  });
  const tokens = new ServiceAccountTokenAuthenticator({
    publicKey: issuer.publicKey,
    issuer: settings.tokenIssuer,
    audiences,
    lookup: await tokenObjectLookup(storage),
    clock,
  });
  const { certificate, key } = certificates.apiserverKubeletClient;
  const nodes = new NodeConnections({ ca: certificates.authority.certificate, certificate, key });
  const server = await createApiServer({
    storage,
    kinds: builtinKinds(),
    authenticators: [requestHeaderAuthenticator([frontProxyName]), x509Authenticator, tokens],
    authorizer: rbac,
    admission: [
      await serviceAccountAdmission({ storage, clock, randomSuffix }),
      await priorityAdmission(storage),
      defaultTolerationSeconds,
      await serviceAllocation({ storage, serviceCidr: settings.serviceCidr, random: Math.random }),
      rbacEscalationAdmission(rbac, policy),
    ],
    frontProxy: {
      clientCa: certificates.authority.certificate,
      frontProxyCa: certificates.frontProxyAuthority.certificate,
      allowedNames: [frontProxyName],
      client: certificates.frontProxyClient,
    },
    subresources: [serviceAccountToken(issuer), podLog(nodes), nodeProxy(nodes)],
    routes: issuerDiscoveryRoutes(issuer),
    reviews: [...accessReviews(rbac, rbac), ...authenticationReviews(tokens, audiences)],
    reportFault: ({ error, method, path }) => {
      health.suspect(error);
      logger.error('Request failed', error, { method, path });
    },
    clock,
  });
  return {
    server,
    close() {
      nodes.close();
    },
  };
}

async function listen(
  server: ApiServer,
  { securePort }: ControlPlaneOptions,
  { apiserver, authority, frontProxyAuthority }: ClusterCertificates,
): Promise<number> {
  try {
    const tls = {
      cert: apiserver.certificate,
      key: apiserver.key,
      clientCa: authority.certificate,
      frontProxyCa: frontProxyAuthority.certificate,
    };
    const { port } = await server.listen({ host: '127.0.0.1', port: securePort, tls });
    return port;
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    const hint = 'Stop what listens there, or choose another port with --secure-port (0 takes a free one).';
    throw new Fault('KND_PORT_TAKEN', error.message, hint, { cause: error });
  }
}

function controllerManager(
  server: ApiServer,
  { settings, clock, logger }: ControlPlaneOptions,
  { authority }: ClusterCertificates,
  port: number,
): Manager {
  const transport = server.transport({ username: 'system:kube-controller-manager', groups: ['system:masters'] });
  const manager = createManager({
    transport,
    userAgent: 'kube-controller-manager',
    clock,
    logger,
    host: settings.nodeName,
    stopLimit: 1000,
    informers: { freeze: false },
  });
  const kubernetesService = { address: '127.0.0.1', port, clusterIP: settings.apiServerIp };
  for (const controller of builtInControllers({ rootCa: authority.certificate, kubernetesService }))
    manager.add(controller);
  return manager;
}

function randomSuffix(): string {
  return Array.from({ length: 5 }, () => alphabet[Math.floor(Math.random() * alphabet.length)]).join('');
}
