/**
 * Drift: where the objects of a release differ from what was installed. The server says so itself: the stored manifest is
 * applied without being stored, and what would change is what has drifted. Only what has drifted is put right.
 */
import { createJsonPatch, type JsonValue, type KindRef, type Observed, type Unstructured } from '@kindred/machinery';
import { buildResources } from '../../resources/build.ts';
import { type Cluster, findLive } from '../../resources/cluster.ts';
import type { ConflictPolicy } from '../../resources/conflicts/conflict-policy.ts';
import { planConflicts } from '../../resources/conflicts/preflight.ts';
import { markOwned, type ReleaseOwner } from '../../resources/ownership.ts';
import { type Resource, resourceLabel } from '../../resources/resource.ts';
import { applyOne } from '../../resources/write.ts';
import type { IgnoreRule } from '../intent/release-intent.ts';
import { selectorOf } from '../post-render/object-selector.ts';
import { parsePointer, valueAtPointer, withPointer } from './pointer.ts';

/** The release is the authority on what it describes, but for what autoscalers scale. */
export const OWN_WORD: ConflictPolicy = { otherwise: 'force', rules: [] };

/** Objects that say so are left alone: as a label or as an annotation. */
const OPT_OUT = ['helm.kindred.dev/drift-detection', 'helm.toolkit.fluxcd.io/driftDetection'];

/** What the server changes by itself, or what nobody installs. */
const UNCOMPARED = [
  '/metadata/managedFields',
  '/metadata/resourceVersion',
  '/metadata/generation',
  '/metadata/creationTimestamp',
  '/metadata/uid',
  '/status',
];

export interface Drift {
  readonly resource: Resource;
  /** Pointers of what differs; none when the object is gone. */
  readonly paths: readonly string[];
  /** What to apply to put it right. */
  readonly correction: Unstructured;
}

export interface Comparison {
  readonly drifts: readonly Drift[];
  /** Of everything in the manifest. */
  readonly kinds: readonly KindRef[];
}

/** Looks at every object of a stored manifest. @throws ResourceError, StatusError */
export async function findDrift(
  cluster: Cluster,
  manifest: string,
  owner: ReleaseOwner,
  ignore: readonly IgnoreRule[],
): Promise<Comparison> {
  const rules = ignore.map(({ paths, target }) => ({
    selects: selectorOf(target),
    pointers: paths.map(parsePointer).filter((pointer) => pointer !== undefined),
  }));
  const drifts: Drift[] = [];
  const resources = markOwned(await buildResources(cluster, manifest), owner);
  for (const resource of resources) {
    const pointers = rules.filter(({ selects }) => selects(resource.object)).flatMap((rule) => rule.pointers);
    const found = await driftOf(cluster, resource, pointers);
    const drift = found?.paths.includes('/spec/replicas') ? await withoutScaling(cluster, found, pointers) : found;
    if (drift !== undefined) drifts.push(drift);
  }
  return { drifts, kinds: resources.map(({ kind }) => kind) };
}

/** Applies what has drifted, taking the fields over from whoever changed them. @throws ResourceError, StatusError */
export async function correctDrift(cluster: Cluster, drifts: readonly Drift[]): Promise<void> {
  for (const { resource, correction } of drifts) {
    await applyOne(cluster, { ...resource, object: correction }, { serverSide: true, forceConflicts: true });
  }
}

/** `Deployment/ns/web: /spec/replicas`, or `… is gone`. Values are left out: they may be secret. */
export function driftText({ resource, paths }: Drift): string {
  return paths.length === 0 ? `${resourceLabel(resource)} is gone` : `${resourceLabel(resource)}: ${paths.join(', ')}`;
}

async function driftOf(
  cluster: Cluster,
  resource: Resource,
  ignored: readonly (readonly string[])[],
): Promise<Drift | undefined> {
  // A rule for the whole document.
  if (optsOut(resource.object) || ignored.some((pointer) => pointer.length === 0)) return undefined;
  const live = await findLive(cluster, resource);
  if (live === undefined) return { resource, paths: [], correction: resource.object };
  if (optsOut(live)) return undefined;
  const correction = withLiveValues(resource.object, live, ignored);
  const wanted = await applyOne(
    cluster,
    { ...resource, object: correction },
    { serverSide: true, forceConflicts: true, dryRun: true },
  );
  const paths = createJsonPatch(compared(live, ignored), compared(wanted, ignored)).map(({ path }) => path);
  return paths.length === 0 ? undefined : { resource, paths, correction };
}

/** Replicas that an autoscaler has set are no drift. */
async function withoutScaling(
  cluster: Cluster,
  { resource, correction }: Drift,
  ignored: readonly (readonly string[])[],
): Promise<Drift | undefined> {
  const { targets } = await planConflicts(cluster, [{ ...resource, object: correction }], OWN_WORD);
  return driftOf(cluster, targets[0] ?? resource, ignored);
}

function optsOut({ metadata }: Unstructured): boolean {
  return OPT_OUT.some((key) => (metadata.annotations?.[key] ?? metadata.labels?.[key]) === 'disabled');
}

/** What is ignored stays as it is live, so that a correction of the rest doesn't touch it. */
function withLiveValues(
  object: Unstructured,
  live: Observed<Unstructured>,
  ignored: readonly (readonly string[])[],
): Unstructured {
  const result = ignored.reduce(
    (value, pointer) => withPointer(value, pointer, valueAtPointer(json(live), pointer)),
    json(object),
  );
  // An object without some of its parts is still one.
  return result as Unstructured;
}

function compared(object: Unstructured, ignored: readonly (readonly string[])[]): JsonValue {
  const pointers = [...UNCOMPARED.map((text) => parsePointer(text) ?? []), ...ignored];
  return pointers.reduce((value, pointer) => withPointer(value, pointer, undefined), json(object));
}

/** Objects of a manifest and of a server's answer are JSON. */
function json(object: Unstructured): JsonValue {
  return object as JsonValue;
}
