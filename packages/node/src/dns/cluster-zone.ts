/**
 * The names of the cluster: services, their ports, headless endpoints, pods by address (Kubernetes DNS-based service
 * discovery specification 1.1.0). Pure: a question over a view of Services and EndpointSlices.
 */
import type { Service } from '@kindred/apis/core/v1';
import type { Endpoint, EndpointSlice } from '@kindred/apis/discovery/v1';
import type { Answer, StringAnswer } from 'dns-packet';
import { parseAddress } from '../network/cidr.ts';

export interface ZoneView {
  readonly domain: string;
  service(namespace: string, name: string): Service | undefined;
  /** The slices of a service. */
  slices(namespace: string, name: string): readonly EndpointSlice[];
  /** The service with this ClusterIP. */
  serviceByAddress(address: string): Service | undefined;
}

export interface ZoneAnswer {
  /** Names that don't exist; a name that exists without such a record has no answers and is not that. */
  readonly nameError: boolean;
  readonly answers: readonly Answer[];
  readonly additionals: readonly Answer[];
}

interface Question {
  readonly name: string;
  readonly type: string;
}

interface Target {
  readonly name: string;
  readonly addresses: readonly string[];
}

const ttl = 5;
const longestAliasChain = 8;
const nothing: ZoneAnswer = { nameError: false, answers: [], additionals: [] };
const unknownName: ZoneAnswer = { ...nothing, nameError: true };

/**
 * undefined when the name isn't the cluster's: somebody else must be asked, as for the name that a last CNAME gives.
 * `aliases` counts the names that led here.
 */
export function answerFromZone(question: Question, view: ZoneView, aliases = 0): ZoneAnswer | undefined {
  const name = question.name.toLowerCase().replace(/\.$/, '');
  const reverse = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/.exec(name);
  if (reverse) return answerReverse(question, reverse.slice(1).reverse().join('.'), view);
  if (name !== view.domain && !name.endsWith(`.${view.domain}`)) return undefined;
  const labels = name
    .slice(0, -view.domain.length)
    .split('.')
    .filter((label) => label !== '');
  const kind = labels.pop();
  if (kind === undefined) return nothing;
  const namespace = labels.pop();
  if (kind === 'pod' && namespace !== undefined) return answerPod(question, labels);
  if (kind !== 'svc') return unknownName;
  if (namespace === undefined) return nothing;
  const serviceName = labels.pop();
  if (serviceName === undefined) return nothing;
  const service = view.service(namespace, serviceName);
  if (!service) return unknownName;
  return answerService(question, {
    service,
    labels,
    view,
    aliases,
    serviceDomain: `${serviceName}.${namespace}.svc.${view.domain}`,
  });
}

interface ServiceQuestion {
  readonly service: Service;
  /** What stands before the service's own name. */
  readonly labels: readonly string[];
  readonly view: ZoneView;
  readonly serviceDomain: string;
  /** How many other names led here. */
  readonly aliases?: number;
}

function answerService(question: Question, asked: ServiceQuestion): ZoneAnswer {
  const { service, labels } = asked;
  const { externalName, type, clusterIP } = service.spec ?? {};
  if (type === 'ExternalName') {
    if (labels.length > 0) return unknownName;
    return followAlias(question, externalName ?? '', asked);
  }
  const endpoints = endpointTargets(asked);
  const headless = clusterIP === 'None';
  if (labels.length === 2) return answerPorts(question, asked, headless ? endpoints : undefined);
  if (labels.length === 1)
    return addressAnswer(
      question,
      endpoints.filter(({ name }) => name === `${labels[0]}.${asked.serviceDomain}`),
    );
  if (labels.length > 2) return unknownName;
  if (question.type === 'SRV') return allPorts(question, asked, headless ? endpoints : undefined);
  const addresses = headless ? endpoints.flatMap((target) => target.addresses) : [clusterIP ?? ''];
  return {
    ...nothing,
    answers: question.type === 'A' ? addresses.map((data) => addressRecord(question.name, data)) : [],
  };
}

/** The other name, and what it stands for when that is the cluster's to say: programs don't ask a second time. */
function followAlias(question: Question, target: string, { view, aliases = 0 }: ServiceQuestion): ZoneAnswer {
  const alias: Answer = { type: 'CNAME', name: question.name, ttl, data: target };
  if (question.type === 'CNAME' || aliases >= longestAliasChain) return { ...nothing, answers: [alias] };
  const behind = answerFromZone({ ...question, name: target }, view, aliases + 1);
  return { ...nothing, answers: [alias, ...(behind?.answers ?? [])] };
}

function addressAnswer(question: Question, targets: readonly Target[]): ZoneAnswer {
  if (targets.length === 0) return unknownName;
  if (question.type !== 'A') return nothing;
  const answers = targets.flatMap(({ addresses }) => addresses.map((data) => addressRecord(question.name, data)));
  return { ...nothing, answers };
}

/** Ready endpoints by name: their hostname, or their address with dashes. */
function endpointTargets({ service, view, serviceDomain }: ServiceQuestion): Target[] {
  const { namespace = '', name = '' } = service.metadata;
  const all = service.spec?.publishNotReadyAddresses ?? false;
  const ready = ({ conditions }: Endpoint) => all || conditions?.ready !== false;
  return view.slices(namespace, name).flatMap((slice) =>
    (slice.endpoints ?? []).filter(ready).map((endpoint) => ({
      name: `${endpoint.hostname ?? (endpoint.addresses[0] ?? '').replaceAll('.', '-')}.${serviceDomain}`,
      addresses: endpoint.addresses,
    })),
  );
}

/** `_http._tcp.SERVICE`: SRV records of one named port. */
function answerPorts(question: Question, asked: ServiceQuestion, endpoints: readonly Target[] | undefined): ZoneAnswer {
  const [portLabel = '', protocolLabel = ''] = asked.labels;
  if (!portLabel.startsWith('_') || !protocolLabel.startsWith('_')) return unknownName;
  const port = asked.service.spec?.ports?.find(
    ({ name, protocol = 'TCP' }) => name === portLabel.slice(1) && protocol.toLowerCase() === protocolLabel.slice(1),
  );
  if (!port) return unknownName;
  return question.type === 'SRV' ? serviceRecords(question, asked, [port.port], endpoints) : nothing;
}

function allPorts(question: Question, asked: ServiceQuestion, endpoints: readonly Target[] | undefined): ZoneAnswer {
  const ports = (asked.service.spec?.ports ?? []).map(({ port }) => port);
  return serviceRecords(question, asked, ports, endpoints);
}

function serviceRecords(
  question: Question,
  { serviceDomain, service }: ServiceQuestion,
  ports: readonly number[],
  endpoints: readonly Target[] | undefined,
): ZoneAnswer {
  const targets = endpoints ?? [{ name: serviceDomain, addresses: [service.spec?.clusterIP ?? ''] }];
  const answers = ports.flatMap((port) =>
    targets.map(
      (target): Answer => ({
        type: 'SRV',
        name: question.name,
        ttl,
        data: { port, target: target.name, priority: 0, weight: 100 },
      }),
    ),
  );
  const additionals = targets.flatMap(({ name, addresses }) => addresses.map((data) => addressRecord(name, data)));
  return { nameError: false, answers, additionals };
}

/** `10-244-0-5.NAMESPACE.pod`: the address itself. */
function answerPod(question: Question, labels: readonly string[]): ZoneAnswer {
  const address = labels.length === 1 ? (labels[0] ?? '').replaceAll('-', '.') : '';
  if (parseAddress(address) === undefined) return unknownName;
  return { ...nothing, answers: question.type === 'A' ? [addressRecord(question.name, address)] : [] };
}

function answerReverse(question: Question, address: string, view: ZoneView): ZoneAnswer | undefined {
  const service = view.serviceByAddress(address);
  if (!service || question.type !== 'PTR') return undefined;
  const data = `${service.metadata.name}.${service.metadata.namespace}.svc.${view.domain}`;
  return { ...nothing, answers: [{ type: 'PTR', name: question.name, ttl, data }] };
}

function addressRecord(name: string, data: string): StringAnswer {
  return { type: 'A', name, ttl, data };
}
