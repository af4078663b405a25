/** Cells of Services and Endpoints. */
import type { Endpoints, Service } from '../../gen/types/core/v1.ts';
import { ageOf } from '../../printing/age.ts';
import { hostPort, labelsCell, listCell, none, orNone } from '../../printing/cell-text.ts';

export function serviceCells(service: Service, now: number): unknown[] {
  const { metadata, spec } = service;
  return [
    metadata.name ?? '',
    spec?.type ?? '',
    orNone(spec?.clusterIPs?.[0] ?? spec?.clusterIP),
    externalAddress(service),
    portsCell(service),
    ageOf(metadata.creationTimestamp, now),
    labelsCell(spec?.selector),
  ];
}

export function endpointsCells({ metadata, subsets = [] }: Endpoints, now: number): unknown[] {
  const addresses = subsets.flatMap(({ addresses: ready = [], ports = [] }) =>
    ports.length === 0
      ? ready.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => ready.map(({ ip }) => hostPort(ip ?? '', port))),
  );
  const endpoints = listCell(addresses, { maximum: 3, empty: none });
  return [metadata.name ?? '', endpoints, ageOf(metadata.creationTimestamp, now)];
}

function externalAddress({ spec, status }: Service): string {
  const external = spec?.externalIPs ?? [];
  if (spec?.type === 'ExternalName') return spec.externalName ?? '';
  if (spec?.type !== 'LoadBalancer') return orNone(external.join(','));
  const balanced = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
  const addresses = [...new Set([...balanced.filter((address) => address !== ''), ...external])];
  return addresses.length === 0 ? '<pending>' : addresses.join(',');
}

function portsCell({ spec }: Service): string {
  const ports = (spec?.ports ?? []).map(({ port, nodePort, protocol = 'TCP' }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return orNone(ports.join(','));
}
