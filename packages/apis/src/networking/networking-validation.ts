/** Validation of networking.k8s.io and discovery.k8s.io. */
import {
  checkDns1035Label,
  checkDnsSubdomain,
  checkIpAddress,
  checkPortName,
  checkPortNumber,
  type FieldError,
  invalidValue,
  required,
} from '@kindred/machinery';
import type { EndpointSlice } from '../gen/types/discovery/v1.ts';
import type { HTTPIngressPath, Ingress, IngressBackend, NetworkPolicy } from '../gen/types/networking/v1.ts';
import { immutable, named, oneOf, optionalOneOf, requiredName, selectorErrors } from '../validation/common.ts';

export function validateIngress({ spec }: Ingress): FieldError[] {
  const { rules = [], defaultBackend, ingressClassName } = spec ?? {};
  const errors: FieldError[] = [];
  if (rules.length === 0 && defaultBackend === undefined) {
    errors.push(invalidValue('spec', spec?.rules, 'either `defaultBackend` or `rules` must be specified'));
  }
  for (const [index, { host, http }] of rules.entries()) {
    const at = `spec.rules[${index}]`;
    if (host) errors.push(...hostErrors(host, `${at}.host`));
    if (http === undefined) continue;
    if ((http.paths ?? []).length === 0) errors.push(required(`${at}.http.paths`));
    for (const [position, path] of (http.paths ?? []).entries()) {
      errors.push(...pathErrors(path, `${at}.http.paths[${position}]`));
    }
  }
  if (defaultBackend !== undefined) errors.push(...backendErrors(defaultBackend, 'spec.defaultBackend'));
  if (ingressClassName !== undefined) {
    errors.push(...named('spec.ingressClassName', ingressClassName, checkDnsSubdomain));
  }
  return errors;
}

export function validateNetworkPolicy({ spec }: NetworkPolicy): FieldError[] {
  const errors = selectorErrors('spec.podSelector', spec?.podSelector);
  for (const [index, type] of (spec?.policyTypes ?? []).entries()) {
    errors.push(...oneOf(`spec.policyTypes[${index}]`, type, ['Egress', 'Ingress']));
  }
  for (const direction of ['ingress', 'egress'] as const) {
    for (const [index, { ports = [] }] of (spec?.[direction] ?? []).entries()) {
      for (const [position, { protocol, port }] of ports.entries()) {
        const at = `spec.${direction}[${index}].ports[${position}]`;
        errors.push(...optionalOneOf(`${at}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']));
        if (port !== undefined) errors.push(...portErrors(port, `${at}.port`));
      }
    }
  }
  return errors;
}

const maximumEndpoints = 1000;
const addressTypes = ['FQDN', 'IPv4', 'IPv6'];

export function validateEndpointSlice({ addressType, endpoints = [], ports = [] }: EndpointSlice): FieldError[] {
  const errors = oneOf('addressType', addressType, addressTypes);
  if (endpoints.length > maximumEndpoints) {
    errors.push({
      type: 'TooMany',
      field: 'endpoints',
      detail: `must have at most ${maximumEndpoints} items`,
      badValue: endpoints.length,
    });
  }
  for (const [index, { addresses = [] }] of endpoints.entries()) {
    const field = `endpoints[${index}].addresses`;
    if (addresses.length === 0) errors.push(required(field, 'must contain at least 1 address'));
    const check = addressType === 'FQDN' ? checkDnsSubdomain : checkIpAddress;
    for (const [position, address] of addresses.entries()) {
      errors.push(...named(`${field}[${position}]`, address, check));
    }
  }
  for (const [index, { protocol, port }] of ports.entries()) {
    errors.push(...oneOf(`ports[${index}].protocol`, protocol, ['SCTP', 'TCP', 'UDP']));
    if (port !== undefined) errors.push(...portErrors(port, `ports[${index}].port`));
  }
  return errors;
}

export function validateEndpointSliceUpdate(slice: EndpointSlice, old: EndpointSlice): FieldError[] {
  return immutable('addressType', slice.addressType, old.addressType);
}

function hostErrors(host: string, field: string): FieldError[] {
  if (checkIpAddress(host).length === 0) return [invalidValue(field, host, 'must be a DNS name, not an IP address')];
  return named(field, host, (name) => checkDnsSubdomain(name.startsWith('*.') ? name.slice(2) : name));
}

function pathErrors({ path = '', pathType, backend }: HTTPIngressPath, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!pathType) errors.push(required(`${at}.pathType`, 'pathType must be specified'));
  else errors.push(...oneOf(`${at}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix']));
  if (!path.startsWith('/') && (pathType !== 'ImplementationSpecific' || path !== '')) {
    errors.push(invalidValue(`${at}.path`, path, 'must be an absolute path'));
  }
  return [...errors, ...backendErrors(backend ?? {}, `${at}.backend`)];
}

function backendErrors({ service, resource }: IngressBackend, path: string): FieldError[] {
  if (service !== undefined && resource !== undefined) {
    return [invalidValue(path, '', 'cannot set both resource and service backends')];
  }
  if (resource !== undefined) return [];
  if (service === undefined) return [required(path, 'resource or service backend is required')];
  const errors = requiredName(`${path}.service.name`, service.name, checkDns1035Label);
  const { name, number } = service.port ?? {};
  if (name && number) return [...errors, invalidValue(path, '', 'cannot set both port name & port number')];
  if (name) errors.push(...named(`${path}.service.port.name`, name, checkPortName));
  else if (number) errors.push(...portErrors(number, `${path}.service.port.number`));
  else errors.push(required(path, 'port name or number is required'));
  return errors;
}

function portErrors(port: number | string, field: string): FieldError[] {
  const problems = typeof port === 'string' ? checkPortName(port) : checkPortNumber(port);
  return problems.map((problem) => invalidValue(field, port, problem));
}
