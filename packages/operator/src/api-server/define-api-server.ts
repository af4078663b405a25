/**
 * A custom API server as a value: groups and versions that the cluster's API server passes on to it ("Kubernetes API
 * Aggregation Layer", Kubernetes documentation). Nothing listens before a manager runs it.
 */
import type { PolicyRule } from '@kindred/apis/rbac/v1';
import { formatGroupVersion, type GroupVersion } from '@kindred/machinery';
import type { ExtensionApiServer } from '../extension/extension-api-server.ts';
import { mergeRules, readRules } from '../rbac/rules.ts';
import { mirroredKinds } from './serving/cluster-mirror.ts';
import { registrationRules } from './serving/registration.ts';
import type { StoredResource } from './stored-resource.ts';
import type { VirtualResource } from './virtual-resource.ts';

export interface ApiServerDefinitionOptions {
  /** One lower-case word: names its Service, and its role. */
  readonly name: string;
  /** `virtual(Kind, …)` and `stored(Kind, …)`; their kinds say which groups and versions are served. */
  readonly resources: readonly (VirtualResource | StoredResource)[];
  /** What its functions must be allowed to do with `client`. */
  readonly rules?: readonly PolicyRule[];
  /** Lets functions act as the user who asks: `caller` of their call. */
  readonly impersonation?: boolean;
  /** Clients prefer groups with a higher one: 1 to 20000; 1000 when not given, as for custom resources. */
  readonly groupPriorityMinimum?: number;
  /** By version; 1 to 1000, higher ones come first in discovery. 100 when not given, equal ones by their names. */
  readonly versionPriority?: Readonly<Record<string, number>>;
}

/** What `defineApiServer` makes. */
export interface ApiServerDefinition extends ExtensionApiServer {
  readonly resources: readonly (VirtualResource | StoredResource)[];
  readonly impersonation: boolean;
}

/**
 * @example
 * export const metrics = defineApiServer({ name: 'metrics', resources: [virtual(PodMetrics, { list, get })], rules: readRules(Pod) });
 * export default defineExtension({ name: 'metrics', apiServers: [metrics] });
 * @throws TypeError when the name is not a DNS label, or two resources have the same name
 */
export function defineApiServer(options: ApiServerDefinitionOptions): ApiServerDefinition {
  const { name, resources, rules = [], impersonation = false } = options;
  const { groupPriorityMinimum = 1000, versionPriority = {} } = options;
  if (!/^[a-z]([a-z0-9-]{0,55}[a-z0-9])?$/.test(name))
    throw new TypeError(`API server name ${JSON.stringify(name)} is not a DNS label`);
  demandUnique(name, resources);
  demandOneStorage(name, resources);
  const groupVersions = groupVersionsOf(resources).map(({ group, version }) => ({
    group,
    version,
    groupPriorityMinimum,
    versionPriority: versionPriority[version] ?? 100,
  }));
  const hasStored = resources.some(({ type }) => type === 'stored');
  return {
    name,
    resources,
    impersonation,
    groupVersions,
    rules: mergeRules([
      ...rules,
      ...(impersonation ? impersonationRules : []),
      // Objects are only made in namespaces that live, and as the cluster's webhooks allow.
      ...(hasStored ? mirroredKinds.flatMap(readRules) : []),
      ...registrationRules({ name, groupVersions }),
    ]),
  };
}

/** Told from whatever else has the form of an extension's API server. */
export function isApiServerDefinition(server: ExtensionApiServer): server is ApiServerDefinition {
  return 'resources' in server && 'impersonation' in server;
}

/** To act as whoever asks. */
const impersonationRules: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['users', 'groups', 'serviceaccounts'], verbs: ['impersonate'] },
  // Extras are subresources of any name, for which rules have no pattern.
  { apiGroups: ['authentication.k8s.io'], resources: ['*'], verbs: ['impersonate'] },
];

function groupVersionsOf(resources: ApiServerDefinitionOptions['resources']): GroupVersion[] {
  const found = new Map(resources.map(({ kind }) => [formatGroupVersion(kind), kind]));
  return [...found.values()].map(({ group, version }) => ({ group, version }));
}

function demandUnique(name: string, resources: ApiServerDefinitionOptions['resources']): void {
  const seen = new Set<string>();
  if (resources.length === 0) throw new TypeError(`The API server ${name} has no resources`);
  for (const { kind } of resources) {
    const path = `${formatGroupVersion(kind)}/${kind.plural}`;
    if (seen.has(path)) throw new TypeError(`The API server ${name} has two resources ${path}`);
    seen.add(path);
  }
}

/** Versions of one resource share their objects, so all but one say how they are stored as that one. */
function demandOneStorage(name: string, resources: ApiServerDefinitionOptions['resources']): void {
  const kept = resources.filter((resource) => resource.type === 'stored');
  for (const { kind, storedAs } of kept) {
    const others = kept.filter((other) => other.kind.group === kind.group && other.kind.plural === kind.plural);
    const storage = others.filter((other) => other.storedAs === undefined);
    if (storage.length !== 1)
      throw new TypeError(`The API server ${name} stores ${kind.plural} in ${storage.length} versions, not in one`);
    if (storedAs !== undefined && storedAs.kind.apiVersion !== storage[0]?.kind.apiVersion)
      throw new TypeError(`The API server ${name} does not store ${kind.plural} as ${storedAs.kind.apiVersion}`);
  }
}
