/**
 * Differences between what is in the cluster and what writing a release would make of it, by dry runs of server-side apply:
 * defaults of the server don't show, drift does. Conflicts with other managers are listed beside.
 */
import type { Observed, Unstructured } from '@kindred/machinery';
import { isStatusError, type JsonObject } from '@kindred/machinery';
import { type Cluster, FIELD_MANAGER, findLive } from '../resources/cluster.ts';
import type { ConflictPolicy } from '../resources/conflicts/conflict-policy.ts';
import { findConflicts } from '../resources/conflicts/preflight.ts';
import { type CrdFile, planCrds } from '../resources/crds/apply-crds.ts';
import { mapInFlight } from '../resources/in-flight.ts';
import { isKept } from '../resources/keep-policy.ts';
import { ownershipProblem, type ReleaseOwner } from '../resources/ownership.ts';
import { difference, type Resource, resourceKey } from '../resources/resource.ts';
import { ResourceError } from '../resources/resource-error.ts';
import { maskConflicts } from './mask-secrets.ts';
import { type DiffOptions, diffObject, type ObjectDiff, type ReleaseDiff } from './object-diff.ts';

export interface LiveDiffOptions extends DiffOptions {
  /** What the release has now: objects that are missing in the targets would be deleted. */
  readonly originals?: readonly Resource[];
  /** The release of the targets: those that exist and belong to somebody else, which it would refuse to take, are told. */
  readonly owner?: ReleaseOwner;
  /** What would be done about conflicts; they are listed, and differences are shown, as if all were forced. */
  readonly onConflict?: ConflictPolicy;
  /** Objects that can't be tried, because their namespace or kind is still to be made. */
  readonly isUntried?: (resource: Resource) => boolean;
}

const LIST_ONLY: ConflictPolicy = { otherwise: 'fail', rules: [] };

/**
 * Compares the targets, marked as the release's own, with the cluster. Nothing is written.
 *
 * @throws ResourceError naming the object whose dry run the server refuses
 */
export async function diffLive(
  cluster: Cluster,
  targets: readonly Resource[],
  { originals = [], owner, onConflict = LIST_ONLY, isUntried, ...options }: LiveDiffOptions = {},
): Promise<ReleaseDiff> {
  const found = await findConflicts(cluster, targets, onConflict);
  const conflicts = new Map(found.map((each) => [resourceKey(each.resource), each.conflicts]));
  const own = new Set(originals.map(resourceKey));
  const compare = async (target: Resource): Promise<ObjectDiff> => {
    if (isUntried?.(target) === true) {
      return diffObject(undefined, versionOf(target, target.object), options);
    }
    const live = await findLive(cluster, target);
    const diff = diffObject(versionOf(target, live), versionOf(target, await dryRun(cluster, target)), options);
    const key = resourceKey(target);
    const fields = conflicts.get(key) ?? [];
    const foreign =
      live === undefined || owner === undefined || own.has(key) ? undefined : ownershipProblem(live, owner);
    return {
      ...diff,
      conflicts: options.showSecrets === true ? fields : maskConflicts(asJson(target.object), fields),
      problems: foreign === undefined ? [] : [{ path: '.metadata', detail: `exists already: ${foreign}` }],
    };
  };
  const objects = await mapInFlight(targets, compare);
  const old = difference(originals, targets);
  const lives = await mapInFlight(old, (original) => findLive(cluster, original));
  for (const [at, original] of old.entries()) {
    const live = lives[at];
    if (live !== undefined && !isKept(live)) objects.push(diffObject(versionOf(original, live), undefined, options));
  }
  return { objects };
}

async function dryRun(cluster: Cluster, { kind, name, object }: Resource): Promise<Observed<Unstructured>> {
  const { client, signal } = cluster;
  const write = { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', force: true, dryRun: true, signal } as const;
  try {
    return await client.apply(kind, object, write);
  } catch (error) {
    if (!isStatusError(error)) throw error;
    throw new ResourceError(`can't tell what ${kind.kind} ${name} would become: ${error.message}`, { cause: error });
  }
}

/**
 * Compares definitions of `crds/` with the cluster, with what makes an update of them unsafe. Nothing is written.
 *
 * @throws ResourceError for a file that can't be read, and as `diffLive`
 */
export async function diffCrds(
  cluster: Cluster,
  files: readonly CrdFile[],
  options: LiveDiffOptions = {},
): Promise<ReleaseDiff> {
  const changes = await planCrds(cluster, files, 'update');
  const resources = changes.map(({ resource }) => resource);
  const { objects } = await diffLive(cluster, resources, options);
  return { objects: objects.map((object, at) => ({ ...object, problems: changes[at]?.problems ?? [] })) };
}

/** What the server keeps for itself. */
const SERVER_FIELDS = ['creationTimestamp', 'generation', 'managedFields', 'resourceVersion', 'selfLink', 'uid'];

function versionOf({ source }: Resource, object: Unstructured | undefined) {
  return object === undefined ? undefined : { source, object: comparable(object) };
}

/** An object without its status and what the server keeps for itself. */
export function comparable(object: Unstructured): JsonObject {
  const { status: _, metadata, ...rest } = object;
  const kept = Object.entries(metadata).filter(([name]) => !SERVER_FIELDS.includes(name));
  return { ...asJson(rest), metadata: Object.fromEntries(kept) as JsonObject };
}

/** Objects of manifests and of the server come out of a decoder, so they are JSON. */
function asJson(object: object): JsonObject {
  return object as JsonObject;
}
