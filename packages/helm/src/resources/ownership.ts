/**
 * Which release an object belongs to: one label and two annotations, written on every object of a release but its hooks,
 * and checked before an object that exists already is taken into a release.
 */
import { goQuote, type Unstructured } from '@kindred/machinery';
import { type Cluster, findLive } from './cluster.ts';
import { mapInFlight } from './in-flight.ts';
import type { Resource } from './resource.ts';
import { ResourceError, wrapped } from './resource-error.ts';

const MANAGED_BY = 'app.kubernetes.io/managed-by';
const RELEASE_NAME = 'meta.helm.sh/release-name';
const RELEASE_NAMESPACE = 'meta.helm.sh/release-namespace';

export interface ReleaseOwner {
  readonly name: string;
  readonly namespace: string;
}

/** The resources with the release's label and annotations; what a manifest says there itself is overwritten. */
export function markOwned(resources: readonly Resource[], owner: ReleaseOwner): Resource[] {
  return resources.map((resource) => ({ ...resource, object: marked(resource.object, owner) }));
}

function marked(object: Unstructured, owner: ReleaseOwner): Unstructured {
  const { labels, annotations } = object.metadata;
  return {
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...labels, [MANAGED_BY]: 'Helm' },
      annotations: { ...annotations, [RELEASE_NAME]: owner.name, [RELEASE_NAMESPACE]: owner.namespace },
    },
  };
}

/**
 * Which of the resources exist already, each owned by the release.
 *
 * @throws ResourceError for the first that belongs to somebody else, in helm's words; `takeOwnership` leaves that check out
 */
export async function adoptExisting(
  cluster: Cluster,
  resources: readonly Resource[],
  owner: ReleaseOwner,
  options: { readonly takeOwnership?: boolean } = {},
): Promise<Resource[]> {
  const lives = await mapInFlight(resources, (resource) => lookUp(cluster, resource));
  return resources.filter((resource, at) => {
    const live = lives[at];
    if (live === undefined) return false;
    const problem = options.takeOwnership === true ? undefined : ownershipProblem(live, owner);
    if (problem === undefined) return true;
    throw new ResourceError(
      `${described(resource)} exists and cannot be imported into the current release: ${problem}`,
    );
  });
}

async function lookUp(cluster: Cluster, resource: Resource): Promise<Unstructured | undefined> {
  try {
    return await findLive(cluster, resource);
  } catch (error) {
    cluster.signal?.throwIfAborted();
    throw wrapped(`could not get information about the resource ${described(resource)}`, error);
  }
}

/** `ServiceAccount "web" in namespace "default"` */
function described({ kind, name, namespace }: Resource): string {
  return `${kind.kind} ${goQuote(name)} in namespace ${goQuote(namespace)}`;
}

/** Why an object isn't the release's; undefined when it is. */
export function ownershipProblem(object: Unstructured, owner: ReleaseOwner): string | undefined {
  const { labels, annotations } = object.metadata;
  const problems = [
    requireValue('label', labels, MANAGED_BY, 'Helm'),
    requireValue('annotation', annotations, RELEASE_NAME, owner.name),
    requireValue('annotation', annotations, RELEASE_NAMESPACE, owner.namespace),
  ].filter((problem) => problem !== undefined);
  return problems.length === 0 ? undefined : `invalid ownership metadata; ${problems.join('; ')}`;
}

function requireValue(
  what: 'label' | 'annotation',
  values: Readonly<Record<string, string>> | undefined,
  key: string,
  wanted: string,
): string | undefined {
  const actual = values !== undefined && Object.hasOwn(values, key) ? values[key] : undefined;
  if (actual === wanted) return undefined;
  return actual === undefined
    ? `${what} validation error: missing key ${goQuote(key)}: must be set to ${goQuote(wanted)}`
    : `${what} validation error: key ${goQuote(key)} must equal ${goQuote(wanted)}: current value is ${goQuote(actual)}`;
}
