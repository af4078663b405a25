/**
 * What is served, grouped as discovery shows it: groups in order, their versions in order, resources by name.
 */
import { createHash } from 'node:crypto';
import type { ServedGroupVersion } from '../resources/registry.ts';
import type { ServedResource } from '../resources/served-resource.ts';
import { compareGroups, compareVersions } from './priorities.ts';

export interface DiscoveredGroup {
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly DiscoveredVersion[];
}

export interface DiscoveredVersion {
  readonly version: string;
  /** `apps/v1`; `v1` for the core group. */
  readonly groupVersion: string;
  readonly resources: readonly ServedResource[];
}

/** Orders the groups, versions and resources. */
export function discoverGroups(groupVersions: readonly ServedGroupVersion[]): DiscoveredGroup[] {
  const names = [...new Set(groupVersions.map(({ group }) => group))].sort(compareGroups);
  return names.map((name) => ({
    name,
    versions: groupVersions
      .filter(({ group }) => group === name)
      .sort((a, b) => compareVersions(name, a.version, b.version))
      .map(({ version, resources }) => ({
        version,
        groupVersion: name === '' ? version : `${name}/${version}`,
        resources: [...resources].sort((a, b) => (a.definition.resource < b.definition.resource ? -1 : 1)),
      })),
  }));
}

/** Tells clients when the version that a kind is stored in has changed. */
export function storageVersionHash(resource: ServedResource): string {
  const { group, version } = resource.definition.conversion?.storage ?? resource.definition;
  const text = `${group}/${version}/${resource.definition.kind}`;
  return createHash('sha256').update(text).digest().subarray(0, 8).toString('base64');
}
