/**
 * API aggregation ("Kubernetes API Aggregation Layer"): the parts that make servers of others look like one with this one,
 * put together. An APIService names the server of a group version; requests for it are forwarded, after they have been
 * authenticated and authorized here.
 */
import type { KindDefinition } from '@kindred/apis';
import type { APIService } from '@kindred/apis/apiregistration/v1';
import { type Clock, formatTime } from '@kindred/machinery';
import type { KeyAndCertificate } from '@kindred/machinery/certificates';
import type { Exchange } from '../chain/exchange.ts';
import { localPriorities } from '../discovery/priorities.ts';
import type { DiscoverySource } from '../discovery/served-groups.ts';
import type { Metric } from '../metrics/exposition.ts';
import type { DescribedElsewhere } from '../openapi/described-group-versions.ts';
import type { ApiResponse } from '../request/api-response.ts';
import type { ResourceRegistry } from '../resources/registry.ts';
import { builtInKind, type ServedKind } from '../resources/served-kind.ts';
import { openServiceLookup } from '../services/service-endpoints.ts';
import type { ApiStorage } from '../storage/resource-storage.ts';
import { settleAvailability } from './api-service-status.ts';
import { ApiServices } from './api-services.ts';
import { AvailabilityController } from './availability-controller.ts';
import { type ExtensionAuthentication, publishExtensionAuthentication } from './extension-authentication.ts';
import { type ForwardParts, forwardRequest } from './forward-request.ts';
import { LocalApiServices } from './local-api-services.ts';
import { apiServiceGroup, apiServiceResource } from './remote-api.ts';
import { RemoteDiscovery } from './remote-discovery.ts';
import { RemoteOpenApi } from './remote-openapi.ts';

/** How this server shows itself to those of others. */
export interface FrontProxy extends ExtensionAuthentication {
  /** The client certificate with which it forwards requests; its common name is one of the allowed ones. */
  readonly client: KeyAndCertificate;
}

export interface AggregationOptions {
  readonly storage: ApiStorage;
  readonly registry: ResourceRegistry;
  readonly frontProxy: FrontProxy | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly randomUuid: () => string;
  readonly closing: AbortSignal;
  reportFault(error: unknown): void;
}

export interface Aggregation {
  /** The answer of another server; undefined when the request is for this one. */
  forward(exchange: Exchange): Promise<ApiResponse> | undefined;
  readonly discovery: DiscoverySource;
  readonly openApi: DescribedElsewhere;
  metrics(): Metric[];
  /** The kind APIService, in the version of the definition. */
  servedKind(definition: KindDefinition): ServedKind;
  /** Makes the objects that tell of this server. To be called when the registry is filled. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export function isApiService({ group, resource }: KindDefinition): boolean {
  return group === apiServiceGroup && resource === apiServiceResource;
}

export async function openAggregation(options: AggregationOptions): Promise<Aggregation> {
  const { storage, registry, frontProxy, clock, random, randomUuid, closing, reportFault } = options;
  const services = await openServiceLookup(storage);
  const stored = await storage.open(apiServiceGroup, apiServiceResource);
  const namespaces = await storage.open('', 'namespaces');
  const forwardParts: ForwardParts = { services, namespaces, clock, random, closing };
  const changed = (): void => {
    local.sync();
    discovery.forgetOthers();
    openApi.forgetOthers();
  };
  const local = new LocalApiServices({ storage: stored, registry, clock, randomUuid, reportFault });
  const apiServices = new ApiServices(
    stored,
    { proxyClient: frontProxy?.client, clock },
    { changed, connected: (name) => availability.check(name) },
  );
  const availability = new AvailabilityController({
    storage: stored,
    apiServices,
    services,
    clock,
    learn: async (remote) => void (await Promise.all([discovery.refresh(remote), openApi.refresh(remote)])),
    reportFault,
  });
  const discovery = new RemoteDiscovery({ apiServices, services, clock, random });
  const openApi = new RemoteOpenApi({ apiServices, services, clock, random });
  return {
    forward(exchange) {
      const { group, version } = exchange.info;
      const remote = apiServices.find(group, version);
      return remote === undefined ? undefined : forwardRequest(exchange, remote, forwardParts);
    },
    discovery: {
      get generation() {
        return registry.generation + apiServices.generation + discovery.generation;
      },
      local: () => registry.groupVersions(),
      elsewhere: () =>
        apiServices.remotes().map((remote) => {
          const { group, version } = remote.api;
          return { group, version, served: discovery.resourcesOf(remote) };
        }),
      prioritiesOf: (group, version) => apiServices.prioritiesOf(group, version) ?? localPriorities(group, version),
    },
    openApi,
    metrics: () => [unavailable(apiServices)],
    servedKind: (definition) => ({
      ...builtInKind(definition),
      // The server calls these with objects of this kind alone.
      settleStatus: (object) => settleAvailability(object as APIService, formatTime(clock.now())),
      stored: ({ metadata }) => apiServices.sync(metadata.name ?? ''),
    }),
    async start() {
      const at = { now: clock.now(), randomUuid };
      apiServices.start();
      const configMaps = await storage.open('', 'configmaps');
      await Promise.all([
        local.start(),
        frontProxy === undefined ? undefined : publishExtensionAuthentication(configMaps, frontProxy, at),
      ]);
    },
    async close() {
      apiServices.close();
      await Promise.all([local.close(), availability.close()]);
    },
  };
}

function unavailable(apiServices: ApiServices): Metric {
  return {
    name: 'aggregator_unavailable_apiservice',
    help: 'Whether the server of an APIService is unavailable: 0 or 1.',
    type: 'gauge',
    samples: apiServices
      .remotes()
      .map(({ api }) => ({ labels: { name: api.name }, value: api.unavailable === undefined ? 0 : 1 })),
  };
}
