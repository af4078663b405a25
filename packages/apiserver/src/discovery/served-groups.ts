/**
 * What is served, grouped as discovery shows it: groups in order, their versions in order, resources by name.
 */
import { createHash } from 'node:crypto';
import type { ServedGroupVersion } from '../resources/registry.ts';
import type { ServedResource } from '../resources/served-resource.ts';
import { compareKubeVersions, type Priorities } from './priorities.ts';

export interface DiscoveredGroup {
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly DiscoveredVersion[];
}

export interface DiscoveredVersion {
  readonly version: string;
  /** `apps/v1`; `v1` for the core group. */
  readonly groupVersion: string;
  /** What this server serves. */
  readonly resources: readonly ServedResource[];
  /** Set where another server answers for the group version. */
  readonly elsewhere?: ServedElsewhere;
}

/** What another server serves, in the form of `apidiscovery.k8s.io/v2`. */
export interface ServedElsewhere {
  readonly resources: readonly object[];
  /** True while that server can't be asked: then this is what it served before. */
  readonly isStale: boolean;
}

export interface GroupVersionElsewhere {
  readonly group: string;
  readonly version: string;
  readonly served: ServedElsewhere;
}

/** What discovery shows, and how it is ordered. */
export interface DiscoverySource {
  /** Grows whenever any of it has changed. */
  readonly generation: number;
  local(): readonly ServedGroupVersion[];
  /** These stand in place of local ones of the same name. */
  elsewhere(): readonly GroupVersionElsewhere[];
  prioritiesOf(group: string, version: string): Priorities;
}

interface Found {
  readonly version: string;
  readonly priorities: Priorities;
  readonly resources: readonly ServedResource[];
  readonly elsewhere?: ServedElsewhere;
}

/** Orders the groups, versions and resources. */
export function discoverGroups(source: DiscoverySource): DiscoveredGroup[] {
  const groups = new Map<string, Map<string, Found>>();
  const add = (group: string, found: Omit<Found, 'priorities'>): void => {
    const versions = groups.get(group) ?? new Map<string, Found>();
    const priorities = source.prioritiesOf(group, found.version);
    groups.set(group, versions.set(found.version, { ...found, priorities }));
  };
  for (const { group, version, resources } of source.local()) add(group, { version, resources });
  for (const { group, version, served } of source.elsewhere())
    add(group, { version, resources: [], elsewhere: served });
  return [...groups]
    .map(([name, versions]) => ({ name, versions: [...versions.values()] }))
    .map((group) => ({ ...group, priority: Math.max(...group.versions.map(({ priorities }) => priorities.group)) }))
    .sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1))
    .map(({ name, versions }) => ({ name, versions: versions.sort(byPriority).map((found) => inOrder(name, found)) }));
}

function byPriority(a: Found, b: Found): number {
  return b.priorities.version - a.priorities.version || compareKubeVersions(a.version, b.version);
}

function inOrder(group: string, { version, resources, elsewhere }: Found): DiscoveredVersion {
  return {
    version,
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: [...resources].sort((a, b) => (a.definition.resource < b.definition.resource ? -1 : 1)),
    ...(elsewhere === undefined ? {} : { elsewhere }),
  };
}

/** Tells clients when the version that a kind is stored in has changed. */
export function storageVersionHash(resource: ServedResource): string {
  const { group, version } = resource.definition.conversion?.storage ?? resource.definition;
  const text = `${group}/${version}/${resource.definition.kind}`;
  return createHash('sha256').update(text).digest().subarray(0, 8).toString('base64');
}
