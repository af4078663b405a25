/** Validation of Services, Endpoints and their slices. What depends on the cluster's ranges is the allocators' job. */
import {
  checkDnsLabel,
  checkDnsSubdomain,
  checkIpAddress,
  checkPortName,
  checkPortNumber,
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  required,
  validateLabels,
} from '@kindred/machinery';
import type { Endpoints, Service, ServicePort, ServiceSpec } from '../../gen/types/core/v1.ts';
import { named, oneOf, optionalOneOf, requiredName } from '../../validation/common.ts';

const protocols = ['SCTP', 'TCP', 'UDP'];

export function validateService({ spec = {} }: Service): FieldError[] {
  const { ports = [], type, clusterIP } = spec;
  const isHeadless = clusterIP === 'None';
  const errors: FieldError[] = [];
  if (ports.length === 0 && !isHeadless && type !== 'ExternalName') errors.push(required('spec.ports'));
  if (type === 'LoadBalancer' && isHeadless) {
    errors.push(invalidValue('spec.clusterIPs[0]', 'None', "may not be set to 'None' for LoadBalancer services"));
  }
  if (type === 'NodePort' && isHeadless) {
    errors.push(invalidValue('spec.clusterIPs[0]', 'None', "may not be set to 'None' for NodePort services"));
  }
  if (type === 'ExternalName') errors.push(...externalNameErrors(spec));
  errors.push(...portListErrors(ports, isHeadless));
  errors.push(...validateLabels(spec.selector ?? {}, 'spec.selector'));
  errors.push(...oneOf('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']));
  if (clusterIP && !isHeadless) errors.push(...named('spec.clusterIPs[0]', clusterIP, checkIpAddress));
  for (const [index, address] of (spec.externalIPs ?? []).entries()) {
    errors.push(...named(`spec.externalIPs[${index}]`, address, checkIpAddress));
  }
  errors.push(...oneOf('spec.type', type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']));
  if (type === 'ClusterIP') errors.push(...nodePortsOfClusterIp(ports));
  errors.push(...optionalOneOf('spec.externalTrafficPolicy', spec.externalTrafficPolicy, ['Cluster', 'Local']));
  errors.push(...optionalOneOf('spec.internalTrafficPolicy', spec.internalTrafficPolicy, ['Cluster', 'Local']));
  return [...errors, ...repeatedPorts(ports)];
}

/** The cluster IP is what clients hold on to: it goes only with the Service, or its type. */
export function validateServiceUpdate(service: Service, old: Service): FieldError[] {
  const { spec = {} } = service;
  const before = old.spec ?? {};
  if (spec.type === 'ExternalName' || before.type === 'ExternalName' || !before.clusterIP) return [];
  if (spec.clusterIP === before.clusterIP) return [];
  return [invalidValue('spec.clusterIPs[0]', spec.clusterIP ?? '', 'may not change once set')];
}

export function validateEndpoints({ subsets = [] }: Endpoints): FieldError[] {
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, index) => {
    const at = `subsets[${index}]`;
    const errors: FieldError[] = [];
    if (addresses.length + notReadyAddresses.length === 0) {
      errors.push(required(at, 'must specify `addresses` or `notReadyAddresses`'));
    }
    for (const [list, entries] of Object.entries({ addresses, notReadyAddresses })) {
      for (const [position, { ip, hostname }] of entries.entries()) {
        errors.push(...named(`${at}.${list}[${position}].ip`, ip, checkIpAddress));
        if (hostname) errors.push(...named(`${at}.${list}[${position}].hostname`, hostname, checkDnsLabel));
      }
    }
    for (const [position, { name, port, protocol }] of ports.entries()) {
      const field = `${at}.ports[${position}]`;
      if (ports.length > 1 && !name) errors.push(required(`${field}.name`));
      else if (name) errors.push(...named(`${field}.name`, name, checkDnsLabel));
      errors.push(...numberErrors(`${field}.port`, port));
      errors.push(...oneOf(`${field}.protocol`, protocol, protocols));
    }
    return errors;
  });
}

function externalNameErrors({ externalName, clusterIP }: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (clusterIP) errors.push(forbiddenField('spec.clusterIPs', 'may not be set for ExternalName services'));
  // A dot at the end keeps resolvers from searching; it is no part of the name.
  const name = externalName?.replace(/\.$/, '');
  return [...errors, ...requiredName('spec.externalName', name, checkDnsSubdomain)];
}

function portListErrors(ports: readonly ServicePort[], isHeadless: boolean): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap(({ name, port, protocol, targetPort }, index) => {
    const at = `spec.ports[${index}]`;
    const errors: FieldError[] = [];
    if (name) {
      errors.push(...named(`${at}.name`, name, checkDnsLabel));
      if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
      names.add(name);
    } else if (ports.length > 1) errors.push(required(`${at}.name`));
    errors.push(...numberErrors(`${at}.port`, port));
    errors.push(...oneOf(`${at}.protocol`, protocol, protocols));
    if (typeof targetPort === 'string') errors.push(...named(`${at}.targetPort`, targetPort, checkPortName));
    else if (!isHeadless || targetPort !== undefined) errors.push(...numberErrors(`${at}.targetPort`, targetPort));
    return errors;
  });
}

function numberErrors(field: string, port = 0): FieldError[] {
  return checkPortNumber(port).map((problem) => invalidValue(field, port, problem));
}

function nodePortsOfClusterIp(ports: readonly ServicePort[]): FieldError[] {
  return ports.flatMap(({ nodePort }, index) =>
    nodePort ? [forbiddenField(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")] : [],
  );
}

/** One port of one protocol leads to one place, and so does one node port. */
function repeatedPorts(ports: readonly ServicePort[]): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { port, nodePort, protocol }] of ports.entries()) {
    if (nodePort && seen.has(`node ${protocol} ${nodePort}`)) {
      errors.push(duplicate(`spec.ports[${index}].nodePort`, nodePort));
    }
    if (seen.has(`${protocol} ${port}`)) errors.push(duplicate(`spec.ports[${index}]`, { protocol, port }));
    seen.add(`node ${protocol} ${nodePort}`);
    seen.add(`${protocol} ${port}`);
  }
  return errors;
}
