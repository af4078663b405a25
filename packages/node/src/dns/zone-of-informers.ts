/** The cluster's zone as it is now: the informers' stores, with the indexes that questions need. */
import type { Service } from '@kindred/apis/core/v1';
import type { EndpointSlice } from '@kindred/apis/discovery/v1';
import type { Informer } from '@kindred/client';
import type { ZoneView } from './cluster-zone.ts';

export function zoneOf(services: Informer<Service>, slices: Informer<EndpointSlice>, domain: string): ZoneView {
  services.addIndex('clusterIP', ({ spec }) => [spec?.clusterIP ?? '']);
  slices.addIndex('service', ({ metadata }) => [
    `${metadata.namespace}/${metadata.labels?.['kubernetes.io/service-name'] ?? ''}`,
  ]);
  return {
    domain,
    service: (namespace, name) => services.lister.get({ namespace, name }),
    slices: (namespace, name) => slices.lister.byIndex('service', `${namespace}/${name}`),
    serviceByAddress: (address) => services.lister.byIndex('clusterIP', address)[0],
  };
}
