/**
 * Which resources a server serves: aggregated discovery (`apidiscovery.k8s.io/v2`), with the legacy documents for servers
 * that are older.
 */
import type { GroupVersion, KindRef } from '@kindred/machinery';
import { parseGroupVersion } from '@kindred/machinery';
import type { Client } from '../client/client.ts';

/** One resource in the version that its server prefers. */
export interface DiscoveredResource {
  readonly kind: KindRef;
  readonly verbs: readonly string[];
  /** Kinds that its subresources answer with: `Scale`, `Eviction`. */
  readonly subresourceKinds: readonly string[];
}

/** What a server tells of itself. */
export interface Discovery {
  /** In each version that is served, preferred versions first; subresources are left out. */
  readonly resources: readonly DiscoveredResource[];
  /**
   * Group versions of other servers behind this one that can't be asked now. `resources` has what they served before, which
   * may be nothing.
   */
  readonly stale: readonly GroupVersion[];
}

interface AggregatedDocument {
  readonly kind: 'APIGroupDiscoveryList';
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly {
      readonly version: string;
      readonly freshness?: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly responseKind?: { readonly kind: string };
        readonly scope: 'Namespaced' | 'Cluster';
        readonly verbs: readonly string[];
        readonly subresources?: readonly { readonly responseKind?: { readonly kind: string } }[];
      }[];
    }[];
  }[];
}

interface ApiResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/**
 * Every resource once, in its preferred version; subresources are left out.
 *
 * @throws StatusError or the transport's error when discovery cannot be read completely: who acts on what is *not* served
 * must not mistake an outage for an absence.
 */
export async function discoverResources(client: Client, signal?: AbortSignal): Promise<DiscoveredResource[]> {
  return preferredVersions((await discover(client, signal)).resources);
}

/** Every resource once, in its preferred version. */
export function preferredVersions(resources: readonly DiscoveredResource[]): DiscoveredResource[] {
  const byResource = new Map<string, DiscoveredResource>();
  for (const resource of resources) {
    const key = `${resource.kind.group}/${resource.kind.plural}`;
    if (!byResource.has(key)) byResource.set(key, resource);
  }
  return [...byResource.values()];
}

/**
 * Every resource in each version that is served, preferred versions first; subresources are left out.
 *
 * @throws as `discoverResources`
 */
export async function discoverAllVersions(
  client: Client,
  signal?: AbortSignal,
): Promise<readonly DiscoveredResource[]> {
  return (await discover(client, signal)).resources;
}

/**
 * The same, with what is known to be missing.
 *
 * @throws as `discoverResources`
 */
export async function discover(client: Client, signal?: AbortSignal): Promise<Discovery> {
  const documents = await Promise.all(
    ['/api', '/apis'].map((path) => client.raw({ method: 'GET', path, accept: aggregated, signal })),
  );
  if (!documents.every(isAggregated)) return { resources: await fromLegacy(client, signal), stale: [] };
  return { resources: documents.flatMap(fromAggregated), stale: documents.flatMap(staleIn) };
}

function isAggregated(document: unknown): document is AggregatedDocument {
  return (
    typeof document === 'object' && document !== null && 'kind' in document && document.kind === 'APIGroupDiscoveryList'
  );
}

function fromAggregated(document: AggregatedDocument): DiscoveredResource[] {
  return document.items.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources = [] }) =>
      resources.map(({ resource, responseKind, scope, verbs, subresources = [] }) => ({
        kind: { group: metadata.name ?? '', version, kind: responseKind?.kind ?? '', plural: resource, scope },
        verbs,
        subresourceKinds: subresources.flatMap((each) => each.responseKind?.kind ?? []),
      })),
    ),
  );
}

function staleIn(document: AggregatedDocument): GroupVersion[] {
  return document.items.flatMap(({ metadata, versions }) =>
    versions
      .filter(({ freshness }) => freshness === 'Stale')
      .map(({ version }) => ({ group: metadata.name ?? '', version })),
  );
}

async function fromLegacy(client: Client, signal: AbortSignal | undefined): Promise<DiscoveredResource[]> {
  // These documents have the shape that the API defines for their paths.
  const groups = (await client.raw({ method: 'GET', path: '/apis', signal })) as {
    groups: readonly { preferredVersion: { groupVersion: string }; versions: readonly { groupVersion: string }[] }[];
  };
  const groupVersions = groups.groups.flatMap(({ preferredVersion, versions }) => [
    preferredVersion.groupVersion,
    ...versions.map((version) => version.groupVersion).filter((name) => name !== preferredVersion.groupVersion),
  ]);
  const lists = await Promise.all(
    ['v1', ...groupVersions].map(async (groupVersion) => {
      const path = groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`;
      const list = (await client.raw({ method: 'GET', path, signal })) as ApiResourceList;
      return list.resources
        .filter(({ name }) => !name.includes('/'))
        .map((resource) => toResource(groupVersion, resource, list));
    }),
  );
  return lists.flat();
}

function toResource(
  groupVersion: string,
  { name, kind, namespaced, verbs }: ApiResourceList['resources'][number],
  { resources }: ApiResourceList,
): DiscoveredResource {
  const scope = namespaced ? ('Namespaced' as const) : ('Cluster' as const);
  const subresources = resources.filter((each) => each.name.startsWith(`${name}/`));
  const subresourceKinds = subresources.map((each) => each.kind);
  return { kind: { ...parseGroupVersion(groupVersion), kind, plural: name, scope }, verbs, subresourceKinds };
}
