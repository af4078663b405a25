/**
 * Discovery one document at a time: APIVersions, APIGroupList, APIGroup, APIResourceList (`meta/v1`).
 */
import type { KindDefinition } from '@kindred/apis';
import type { ServedResource } from '../resources/served-resource.ts';
import { type DiscoveredGroup, type DiscoveredVersion, storageVersionHash } from './served-groups.ts';

/** `/api`. */
export function apiVersions(serverAddress: string): object {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

/** `/apis`. */
export function apiGroupList(groups: readonly DiscoveredGroup[]): object {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.filter(({ name }) => name !== '').map(groupFields) };
}

/** `/apis/G`. */
export function apiGroup(group: DiscoveredGroup): object {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupFields(group) };
}

function groupFields({ name, versions }: DiscoveredGroup): object {
  const entries = versions.map(({ groupVersion, version }) => ({ groupVersion, version }));
  return { name, versions: entries, preferredVersion: entries[0] };
}

/** `/api/v1` and `/apis/G/V`. */
export function apiResourceList({ groupVersion, resources }: DiscoveredVersion): object {
  return {
    kind: 'APIResourceList',
    ...(groupVersion === 'v1' ? {} : { apiVersion: 'v1' }),
    groupVersion,
    resources: resources.flatMap(resourceEntries),
  };
}

function resourceEntries(resource: ServedResource): object[] {
  const { definition, kind } = resource;
  const isStored = definition.verbs.includes('list') && kind.virtual !== true;
  return [
    {
      name: definition.resource,
      singularName: definition.singular,
      namespaced: definition.namespaced,
      kind: definition.kind,
      verbs: definition.verbs,
      ...(definition.shortNames.length === 0 ? {} : { shortNames: definition.shortNames }),
      ...(definition.categories.length === 0 ? {} : { categories: definition.categories }),
      ...(isStored ? { storageVersionHash: storageVersionHash(resource) } : {}),
    },
    ...definition.subresources.map((subresource) => subresourceEntry(definition, subresource)),
  ];
}

function subresourceEntry(definition: KindDefinition, subresource: KindDefinition['subresources'][number]): object {
  const { kind, name, verbs } = subresource;
  const other = kind !== undefined && (kind.group !== definition.group || kind.version !== definition.version);
  return {
    name: `${definition.resource}/${name}`,
    singularName: '',
    namespaced: definition.namespaced,
    ...(other ? { group: kind.group, version: kind.version } : {}),
    kind: kind?.kind ?? definition.kind,
    verbs,
  };
}
