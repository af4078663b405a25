/**
 * Whether the server of an APIService can be used, with upstream's reasons and messages
 * (`k8s.io/kube-aggregator/pkg/controllers/status`): its Service and endpoints must be there, and it must answer for its group
 * version.
 */
import { type Clock, goQuote } from '@kindred/machinery';
import {
  findService,
  hasEndpoints,
  type ServiceAddress,
  type ServiceLookup,
  serviceAddresses,
} from '../services/service-endpoints.ts';
import { askAs } from './aggregator-user.ts';
import type { Availability } from './api-service-status.ts';
import type { Remote } from './api-services.ts';
import { BackendError } from './backend.ts';
import type { RemoteApi } from './remote-api.ts';

/** Milliseconds that the server has to answer. */
const probeLimit = 5000;
/** Endpoints of one Service that are asked at a time: one that answers is enough. */
const mostProbes = 5;

export const passed: Availability = { status: 'True', reason: 'Passed', message: 'all checks passed' };

/** Looks at the Service first; asks its server only when there is one to ask. */
export async function checkAvailability(remote: Remote, lookup: ServiceLookup, clock: Clock): Promise<Availability> {
  const problem = serviceProblem(remote.api, lookup);
  if (problem !== undefined) return problem;
  const addresses = serviceAddresses(lookup, remote.api.service).slice(0, mostProbes);
  const failures = await Promise.all(addresses.map((address) => probe(remote, address, clock)));
  const [first = 'no address'] = failures;
  return failures.includes(undefined) ? passed : unavailable('FailedDiscoveryCheck', first);
}

function serviceProblem({ service }: RemoteApi, lookup: ServiceLookup): Availability | undefined {
  const { name, namespace, port } = service;
  const where = `service/${name} in ${goQuote(namespace)}`;
  const stored = findService(lookup, service);
  if (stored === undefined) return unavailable('ServiceNotFound', `${where} is not present`);
  const { type, ports = [] } = stored.spec ?? {};
  if (type === 'ExternalName') return undefined;
  const servicePort = ports.find((each) => each.port === port);
  if (servicePort === undefined) return unavailable('ServicePortError', `${where} is not listening on port ${port}`);
  if (!hasEndpoints(lookup, service)) return unavailable('EndpointsNotFound', `cannot find endpoints for ${where}`);
  if (serviceAddresses(lookup, service).length > 0) return undefined;
  const portName = goQuote(servicePort.name ?? '');
  return unavailable('MissingEndpoints', `endpoints for ${where} have no addresses with port name ${portName}`);
}

function unavailable(reason: string, message: string): Availability {
  return { status: 'False', reason, message };
}

/** Undefined when the server answers for its group version, else what is wrong. */
async function probe({ api, backend }: Remote, address: ServiceAddress, clock: Clock): Promise<string | undefined> {
  const { group, version } = api;
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const { host, port } = address;
  const url = `https://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
  try {
    const { status } = await askAs({ backend, address, path, headers: {}, limit: probeLimit, clock });
    if (status >= 200 && status < 300) return undefined;
    return `failing or missing response from ${url}: bad status from ${url}: ${status}`;
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return `failing or missing response from ${url}: Get ${goQuote(url)}: ${error.message}`;
  }
}
