/**
 * Discovery of everything in one document: APIGroupDiscoveryList (`apidiscovery.k8s.io`, KEP-3352).
 */
import type { ServedResource } from '../resources/served-resource.ts';
import type { DiscoveredGroup } from './served-groups.ts';

export type AggregatedVersion = 'v2' | 'v2beta1';

/** The document for some groups: the core group at `/api`, all others at `/apis`. */
export function apiGroupDiscoveryList(groups: readonly DiscoveredGroup[], version: AggregatedVersion): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(groupEntry),
  };
}

function groupEntry({ name, versions }: DiscoveredGroup): object {
  return {
    metadata: name === '' ? {} : { name },
    versions: versions.map(({ version, resources, elsewhere }) => ({
      version,
      resources: elsewhere?.resources ?? resources.map(resourceEntry),
      freshness: elsewhere?.isStale === true ? 'Stale' : 'Current',
    })),
  };
}

function resourceEntry({ definition }: ServedResource): object {
  const { group, version, kind } = definition;
  return {
    resource: definition.resource,
    responseKind: { group, version, kind },
    scope: definition.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: definition.singular,
    verbs: definition.verbs,
    ...(definition.shortNames.length === 0 ? {} : { shortNames: definition.shortNames }),
    ...(definition.categories.length === 0 ? {} : { categories: definition.categories }),
    ...(definition.subresources.length === 0
      ? {}
      : {
          subresources: definition.subresources.map((subresource) => ({
            subresource: subresource.name,
            responseKind: subresource.kind ?? { group, version, kind },
            ...(subresource.kind === undefined ? {} : { acceptedTypes: [subresource.kind] }),
            verbs: subresource.verbs,
          })),
        }),
  };
}
