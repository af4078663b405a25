/** Cells of networking.k8s.io and discovery.k8s.io. */
import type { EndpointSlice } from '../gen/types/discovery/v1.ts';
import type { Ingress, IngressClass, NetworkPolicy } from '../gen/types/networking/v1.ts';
import { ageOf } from '../printing/age.ts';
import { listCell, none, orNone, selectorCell } from '../printing/cell-text.ts';

export function ingressCells({ metadata, spec, status }: Ingress, now: number): unknown[] {
  const hosts = (spec?.rules ?? []).flatMap(({ host }) => (host ? [host] : []));
  const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
  return [
    metadata.name ?? '',
    orNone(spec?.ingressClassName),
    listCell(hosts, { maximum: 3, empty: '*' }),
    addresses.filter((address) => address !== '').join(','),
    (spec?.tls ?? []).length > 0 ? '80, 443' : '80',
    ageOf(metadata.creationTimestamp, now),
  ];
}

export function ingressClassCells({ metadata, spec }: IngressClass, now: number): unknown[] {
  const parameters = spec?.parameters;
  const kind = parameters?.apiGroup ? `${parameters.kind}.${parameters.apiGroup}` : parameters?.kind;
  return [
    metadata.name ?? '',
    spec?.controller ?? '',
    parameters === undefined ? none : `${kind}/${parameters.name}`,
    ageOf(metadata.creationTimestamp, now),
  ];
}

export function networkPolicyCells({ metadata, spec }: NetworkPolicy, now: number): unknown[] {
  return [metadata.name ?? '', selectorCell(spec?.podSelector), ageOf(metadata.creationTimestamp, now)];
}

export function endpointSliceCells(slice: EndpointSlice, now: number): unknown[] {
  const ports = (slice.ports ?? []).map(({ port, name }) => (port === undefined ? name || '*' : String(port)));
  const addresses = (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses ?? []);
  return [
    slice.metadata.name ?? '',
    slice.addressType ?? '',
    listCell(ports, { maximum: 3, empty: '<unset>' }),
    listCell(addresses, { maximum: 3, empty: '<unset>' }),
    ageOf(slice.metadata.creationTimestamp, now),
  ];
}
