/**
 * The API server as one thing: its resources, its handler chain, its port. Everything with an effect (storage, clock,
 * randomness, authentication, authorization, admission) is given to it.
 */
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type KindDefinition, typeTable } from '@kindred/apis';
import { type Clock, systemClock } from '@kindred/machinery';
import { AdmissionChain } from './admission/chain.ts';
import { namespaceLifecycle } from './admission/namespace-lifecycle.ts';
import type { AdmissionPlugin } from './admission/plugin.ts';
import { openAdmissionWebhooks } from './admission/webhooks/admission-webhooks.ts';
import { matchConditionAdmission } from './admission/webhooks/match-condition-admission.ts';
import { httpsWebhooks, type WebhookTransport } from './admission/webhooks/webhook-transport.ts';
import { type Aggregation, type FrontProxy, isApiService, openAggregation } from './aggregation/aggregation.ts';
import type { Authenticator } from './authentication/authenticator.ts';
import type { UserInfo } from './authentication/user-info.ts';
import type { Authorizer } from './authorization/authorizer.ts';
import type { ReportFault } from './chain/error-response.ts';
import { FlowControl, type FlowControlLimits } from './chain/flow-control.ts';
import { type Handler, handlerChain } from './chain/handler-chain.ts';
import { type CrdKindParts, crdKinds } from './crds/crd-kinds.ts';
import { crdGroup, crdResource } from './crds/crd-object.ts';
import type { CleanupTransport } from './crds/custom-resource-cleanup.ts';
import { CustomResourceServing } from './crds/custom-resource-serving.ts';
import { addDiscoveryRoutes } from './discovery/discovery-routes.ts';
import { localDiscovery } from './discovery/local-discovery.ts';
import { HealthChecks } from './health/health-checks.ts';
import { type ListenOptions, SecureServer, type TlsMaterial } from './http/secure-server.ts';
import { type InProcessTransport, inProcessTransport } from './in-process/in-process-transport.ts';
import { addMetricsRoute } from './metrics/metrics-route.ts';
import { ownProcessUse, type ProcessUse } from './metrics/process-metrics.ts';
import { RequestMetrics } from './metrics/request-metrics.ts';
import { valueResponse } from './negotiation/encode.ts';
import { addOpenApiRoutes } from './openapi/openapi-routes.ts';
import { type ResourceHandler, resourceDispatch } from './resources/dispatch.ts';
import { ResourceRegistry } from './resources/registry.ts';
import type { VerbParts } from './resources/resource-request.ts';
import { builtInKind, type ServedKind } from './resources/served-kind.ts';
import { ServedResource } from './resources/served-resource.ts';
import type { ReviewHandler, SubresourceHandler } from './resources/subresources/subresource-handler.ts';
import { addIndexRoute } from './routes/index-route.ts';
import { type RouteHandler, Routes } from './routes/routes.ts';
import { versionInfo } from './routes/version.ts';
import type { ApiStorage } from './storage/resource-storage.ts';
import { ensureSystemNamespaces } from './system/system-namespaces.ts';

export interface ApiServerOptions {
  /** Opened by the caller with `openApiStorage`, and closed by the caller after the server. */
  readonly storage: ApiStorage;
  /** The built-in kinds to serve: `builtinKinds()` of `@kindred/apis`, or a part of them. */
  readonly kinds: readonly KindDefinition[];
  /**
   * More resources: of a kind that is stored as custom resources are, or with a handler that answers for it
   * (`virtualResource`).
   */
  readonly resources?: readonly ServedResourceOptions[];
  /** Asked in turn; who is known to none of them is anonymous. */
  readonly authenticators: readonly Authenticator[];
  readonly authorizer: Authorizer;
  /** In the order in which they run, after those that are always there: NamespaceLifecycle, WebhookMatchConditions. */
  readonly admission?: readonly AdmissionPlugin[];
  /**
   * Where the configurations of admission webhooks are, and the Services and namespaces that they name; the server's own
   * storage unless told. Closed by the caller after the server.
   */
  readonly webhookStorage?: ApiStorage;
  /** How admission webhooks are asked; over HTTPS unless told. The server closes it. */
  readonly webhooks?: WebhookTransport;
  /** How servers of APIServices know this one; without it they aren't told who a request comes from. */
  readonly frontProxy?: FrontProxy;
  readonly subresources?: readonly SubresourceHandler[];
  readonly reviews?: readonly ReviewHandler[];
  /** More paths that are no resources: `/.well-known/openid-configuration`, `/metrics`. */
  readonly routes?: Readonly<Record<string, RouteHandler>>;
  readonly flowControl?: FlowControlLimits;
  /** Told of every fault: a failure that isn't an answer of the API. */
  readonly reportFault: ReportFault;
  readonly clock?: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
  readonly randomUuid?: () => string;
  /** What `/metrics` tells of the process; of this one unless told. */
  readonly processUse?: () => ProcessUse;
}

export interface ServedResourceOptions {
  readonly kind: ServedKind;
  readonly handle?: ResourceHandler;
}

/** A running API server. */
export interface ApiServer {
  /** The handler chain: any transport may bring requests to it. */
  readonly handle: Handler;
  /** What is served now. */
  readonly registry: ResourceRegistry;
  /** Register here what must be well for `/readyz` to answer 200. */
  readonly health: HealthChecks;
  /** Opens the secure port. @throws ListenError when it can't be had. */
  listen(options: ListenOptions): Promise<AddressInfo>;
  /** New connections of the secure port get this certificate, and theirs are held against these authorities. */
  setTls(tls: TlsMaterial): void;
  /** A way in for callers of the same process, as `user`. */
  transport(user: UserInfo): InProcessTransport;
  /** Ends watches cleanly and closes the port, within five seconds. The storage stays open. */
  close(): Promise<void>;
}

/**
 * Makes a server and its system objects. It answers in process at once, and over the network after `listen`.
 *
 * @example
 * const storage = await openApiStorage({ store: openMemoryStore() });
 * const server = await createApiServer({ storage, kinds: builtinKinds(), authenticators: [], authorizer: alwaysAllow, reportFault });
 * const { port } = await server.listen({ host: '127.0.0.1', port: 0, tls });
 */
export async function createApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { storage, authenticators, authorizer, reportFault } = options;
  const clock = options.clock ?? systemClock;
  const randomUuid = options.randomUuid ?? randomUUID;
  const registry = new ResourceRegistry();
  const closing = new AbortController();
  // Every open watch listens to it.
  setMaxListeners(0, closing.signal);
  const random = options.random ?? Math.random;
  const webhooks = await openAdmissionWebhooks({
    storage: options.webhookStorage ?? storage,
    registry,
    transport: options.webhooks ?? httpsWebhooks(),
    clock,
    random,
    randomUuid,
  });
  const parts: VerbParts = {
    apiStorage: storage,
    registry,
    admission: new AdmissionChain(
      [namespaceLifecycle, matchConditionAdmission, ...(options.admission ?? [])],
      webhooks,
    ),
    authorizer,
    typeTable,
    clock,
    random,
    randomUuid,
    closing: closing.signal,
    reportFault,
  };
  const aggregation = options.kinds.some(isApiService)
    ? await openAggregation({
        storage,
        registry,
        frontProxy: options.frontProxy,
        clock,
        random,
        randomUuid,
        closing: closing.signal,
        reportFault: (error) => reportFault({ method: 'PUT', path: '', error }),
      })
    : undefined;
  const health = new HealthChecks();
  const dispatchResource = resourceDispatch({
    server: parts,
    handled: new Map(
      options.resources?.flatMap(({ kind, handle }) => (handle === undefined ? [] : [[kind, handle] as const])),
    ),
    subresources: options.subresources ?? [],
    reviews: options.reviews ?? [],
  });
  const routes = new Routes();
  let serverAddress = '';
  const version = versionInfo(`${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`);
  const discovery = aggregation?.discovery ?? localDiscovery(registry);
  addDiscoveryRoutes(routes, discovery, () => serverAddress);
  addOpenApiRoutes(routes, {
    registry,
    typeTable,
    serverVersion: version.gitVersion,
    elsewhere: aggregation?.openApi,
    nextTurn: () => new Promise((resolve) => setImmediate(resolve)),
  });
  routes.add('/version', ({ request }) => valueResponse(request, version));
  const metrics = new RequestMetrics();
  const flowControl = new FlowControl(options.flowControl);
  addMetricsRoute(routes, {
    requests: metrics,
    webhooks: webhooks.metrics,
    flowControl,
    registry,
    aggregation,
    processUse: options.processUse ?? ownProcessUse,
  });
  addIndexRoute(routes, discovery, health);
  for (const [path, handler] of Object.entries(options.routes ?? {})) routes.add(path, handler);
  const handle = handlerChain({
    authenticators,
    authorizer,
    flowControl,
    metrics,
    clock,
    ...(aggregation === undefined ? {} : { aggregation: (exchange) => aggregation.forward(exchange) }),
    dispatch: (exchange) =>
      exchange.info.isResourceRequest
        ? dispatchResource(exchange)
        : (health.handle(exchange) ?? routes.handle(exchange)),
    randomUuid,
    reportFault,
  });
  const serving = await serveKinds(options, parts, handle, aggregation);
  await Promise.all([createSystemObjects(parts), aggregation?.start()]);
  return running(handle, {
    registry,
    health,
    serving,
    closing,
    webhooks,
    aggregation,
    clock,
    setAddress: (address) => (serverAddress = address),
  });
}

async function createSystemObjects({ registry, clock, randomUuid }: VerbParts): Promise<void> {
  const namespaces = registry.get('', 'v1', 'namespaces');
  if (namespaces === undefined) return;
  await ensureSystemNamespaces(await namespaces.storage(), { now: clock.now(), randomUuid });
}

/** Fills the registry: built-in kinds, and where CustomResourceDefinition is among them, what those define. */
async function serveKinds(
  options: ApiServerOptions,
  { registry, clock }: VerbParts,
  handle: Handler,
  aggregation: Aggregation | undefined,
): Promise<CustomResourceServing | undefined> {
  const { storage, kinds, reportFault } = options;
  const isCrd = ({ group, resource }: KindDefinition): boolean => group === crdGroup && resource === crdResource;
  for (const definition of kinds) {
    if (isCrd(definition)) continue;
    const kind = isApiService(definition) ? aggregation?.servedKind(definition) : undefined;
    registry.add(new ServedResource(kind ?? builtInKind(definition), storage));
  }
  for (const { kind } of options.resources ?? []) registry.add(new ServedResource(kind, storage));
  const base = kinds.find(isCrd);
  if (base === undefined) return undefined;
  const serving = new CustomResourceServing({
    storage,
    registry,
    clock,
    transport: cleanupTransport(inProcessTransport(handle, serverUser)),
    reportFault: (error) => reportFault({ method: 'DELETE', path: '', error }),
  });
  const parts: CrdKindParts = {
    base,
    takenNames: (crd) => serving.takenNames(crd),
    now: () => clock.now(),
    changed: (object) => serving.sync(object),
  };
  for (const kind of crdKinds(parts)) registry.add(new ServedResource(kind, storage));
  await serving.start();
  return serving;
}

/** The server itself, where it makes requests of its own. */
const serverUser: UserInfo = { username: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };

function cleanupTransport(transport: InProcessTransport): CleanupTransport {
  return {
    async delete(path) {
      const answer = await transport.request({ method: 'DELETE', path, headers: {} });
      for await (const _ of answer.body);
    },
  };
}

interface RunningParts {
  readonly registry: ResourceRegistry;
  readonly health: HealthChecks;
  readonly serving: CustomResourceServing | undefined;
  readonly closing: AbortController;
  readonly webhooks: { close(): void };
  readonly aggregation: { close(): Promise<void> } | undefined;
  readonly clock: Clock;
  setAddress(address: string): void;
}

function running(
  handle: Handler,
  { registry, health, serving, closing, webhooks, aggregation, clock, setAddress }: RunningParts,
): ApiServer {
  const servers = new Set<SecureServer>();
  const transports = new Set<InProcessTransport>();
  return {
    handle,
    registry,
    health,
    async listen(options) {
      const server = new SecureServer(handle, clock);
      const address = await server.listen(options);
      servers.add(server);
      setAddress(`${address.address}:${address.port}`);
      return address;
    },
    setTls(tls) {
      for (const server of servers) server.setTls(tls);
    },
    transport(user) {
      const transport = inProcessTransport(handle, user);
      transports.add(transport);
      return transport;
    },
    async close() {
      closing.abort();
      serving?.close();
      await Promise.all([...transports].map((transport) => closeWhenIdle(transport, clock)));
      await Promise.all([...servers].map((server) => server.close()));
      webhooks.close();
      await aggregation?.close();
    },
  };
}

/** Streams that the server has just ended are read to their end; a list that nobody reads is not waited for. */
async function closeWhenIdle(transport: InProcessTransport, clock: Clock): Promise<void> {
  let cancel = (): void => undefined;
  const patience = new Promise<void>((resolve) => {
    cancel = clock.after(transportGrace, resolve);
  });
  await Promise.race([transport.idle(), patience]);
  cancel();
  await transport.close();
}

const transportGrace = 500;
