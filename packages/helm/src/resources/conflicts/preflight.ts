/**
 * Finds all conflicts of a release before anything is written, by dry runs of server-side apply, and prepares the objects
 * for what is decided: fields that are left to their owners are taken out, objects whose fields are taken over are forced.
 */
import { HorizontalPodAutoscaler } from '@kindred/apis/autoscaling/v2';
import { isStatusError, type JsonObject, parseGroupVersion, type Unstructured } from '@kindred/machinery';
import { type Cluster, FIELD_MANAGER, findLive } from '../cluster.ts';
import { mapInFlight } from '../in-flight.ts';
import { type Resource, resourceKey } from '../resource.ts';
import { ResourceError } from '../resource-error.ts';
import type { ConflictResolver } from '../write-mode.ts';
import { conflictsOf, type FieldConflict, formatConflicts, type ResourceConflicts } from './conflict.ts';
import { type ConflictPolicy, decide } from './conflict-policy.ts';
import { fieldValue, withoutField } from './field-path.ts';

export interface ConflictPlan {
  /** What to write instead of the resources that were given. */
  readonly targets: readonly Resource[];
  /** Keys of those that must be written with force. */
  readonly forced: ReadonlySet<string>;
  /** All conflicts, with what was decided. */
  readonly conflicts: readonly ResourceConflicts[];
}

/**
 * Looks for conflicts and decides them. Objects that don't exist have none; what else a dry run fails with is left to the
 * real write to tell.
 *
 * @throws ResourceError listing all conflicts that the policy doesn't allow, with their owners
 */
export async function planConflicts(
  cluster: Cluster,
  resources: readonly Resource[],
  policy: ConflictPolicy,
): Promise<ConflictPlan> {
  const conflicts = await findConflicts(cluster, resources, policy);
  const refused = conflicts
    .map(({ resource, conflicts: all }) => ({ resource, conflicts: all.filter(({ decision }) => decision === 'fail') }))
    .filter(({ conflicts: all }) => all.length > 0);
  if (refused.length > 0) {
    const count = refused.reduce((sum, { conflicts: all }) => sum + all.length, 0);
    throw new ResourceError(
      `${count} ${count === 1 ? 'field belongs' : 'fields belong'} to other managers:\n${formatConflicts(refused)}`,
    );
  }
  const byKey = new Map(conflicts.map((each) => [resourceKey(each.resource), each.conflicts]));
  const forced = new Set<string>();
  const targets = resources.map((resource) => {
    const decided = byKey.get(resourceKey(resource)) ?? [];
    if (decided.some(({ decision }) => decision === 'force')) forced.add(resourceKey(resource));
    return decided.filter(({ decision }) => decision === 'yield').reduce(yielded, resource);
  });
  return { targets, forced, conflicts };
}

/**
 * Decides conflicts when they turn up, by the two rules that are always right: for a release that goes by no policy, so that
 * one without conflicts costs no request more. Undefined for an object that others own fields of.
 */
export function conflictResolver(cluster: Cluster, resources: readonly Resource[]): ConflictResolver {
  const scaled = autoscaledObjects(cluster, resources);
  return async (resource) => {
    const { conflicts } = await conflictsOfResource(cluster, resource, FAIL, scaled);
    for (const { path, owner, decision, because } of conflicts) {
      cluster.report?.({ type: 'conflict', resource, path, owner, decision, because });
    }
    if (conflicts.some(({ decision }) => decision === 'fail')) return undefined;
    const left = conflicts.filter(({ decision }) => decision === 'yield');
    return { resource: left.reduce(yielded, resource), force: left.length < conflicts.length };
  };
}

const FAIL: ConflictPolicy = { otherwise: 'fail', rules: [] };

/** All conflicts, with what the policy says to each of them. Nothing is written. */
export async function findConflicts(
  cluster: Cluster,
  resources: readonly Resource[],
  policy: ConflictPolicy,
): Promise<ResourceConflicts[]> {
  const scaled = autoscaledObjects(cluster, resources);
  const found = await mapInFlight(resources, (resource) => conflictsOfResource(cluster, resource, policy, scaled));
  return found.filter(({ conflicts }) => conflicts.length > 0);
}

async function conflictsOfResource(
  cluster: Cluster,
  resource: Resource,
  policy: ConflictPolicy,
  scaled: (resource: Resource) => Promise<boolean>,
): Promise<ResourceConflicts> {
  const found = await dryRunConflicts(cluster, resource);
  if (found.length === 0) return { resource, conflicts: [] };
  const live = await findLive(cluster, resource);
  const isAutoscaled = await scaled(resource);
  const conflicts = found.map(({ path, owner }): FieldConflict => {
    const manager = /^"((?:[^"\\]|\\.)*)"/.exec(owner)?.[1] ?? owner;
    const decided = decide(policy, { path, manager, isAutoscaled, ownManager: FIELD_MANAGER });
    const wanted = fieldValue(asJson(resource.object), path);
    // What can't be found in the object can't be left out of it.
    const unknown = decided.decision === 'yield' && wanted === undefined;
    return {
      path,
      owner,
      wanted,
      live: live === undefined ? undefined : fieldValue(asJson(live), path),
      ...(unknown ? { decision: 'fail', because: 'the field is not in the manifest by itself' } : decided),
    };
  });
  return { resource, conflicts };
}

async function dryRunConflicts(cluster: Cluster, { kind, object }: Resource) {
  const { client, signal } = cluster;
  const write = { fieldManager: FIELD_MANAGER, fieldValidation: 'Ignore', force: false, dryRun: true, signal } as const;
  try {
    await client.apply(kind, object, write);
    return [];
  } catch (error) {
    if (isStatusError(error)) return conflictsOf(error);
    throw error;
  }
}

function yielded(resource: Resource, { path }: FieldConflict): Resource {
  const object = withoutField(asJson(resource.object), path);
  return object === undefined ? resource : { ...resource, object: object as Unstructured };
}

/** Objects of manifests and of the server come out of a decoder, so they are JSON. */
function asJson(object: Unstructured): JsonObject {
  return object as JsonObject;
}

/** Whether an autoscaler of the cluster or of the release scales an object; the cluster is asked once a namespace. */
function autoscaledObjects(cluster: Cluster, resources: readonly Resource[]): (resource: Resource) => Promise<boolean> {
  const listed = new Map<string, Promise<HorizontalPodAutoscaler[]>>();
  const own = resources.filter(({ kind }) => kind.kind === 'HorizontalPodAutoscaler');
  return async ({ kind, name, namespace }) => {
    if (namespace === '') return false;
    const known = listed.get(namespace) ?? listAutoscalers(cluster, namespace);
    listed.set(namespace, known);
    const ours = own.filter((each) => each.namespace === namespace).map(({ object }) => object);
    return [...(await known), ...ours].some((autoscaler) => {
      const target = scaleTarget(autoscaler);
      return target.kind === kind.kind && target.name === name && target.group === kind.group;
    });
  };
}

async function listAutoscalers({ client, signal }: Cluster, namespace: string): Promise<HorizontalPodAutoscaler[]> {
  try {
    return (await client.list(HorizontalPodAutoscaler, { namespace }, { signal })).items;
  } catch (error) {
    // A cluster without autoscalers, or a user who may not see them.
    if (isStatusError(error, 'NotFound') || isStatusError(error, 'Forbidden')) return [];
    throw error;
  }
}

function scaleTarget(autoscaler: object): { group: string; kind: string; name: string } {
  const { spec } = autoscaler as Partial<HorizontalPodAutoscaler>;
  const { apiVersion = '', kind = '', name = '' } = spec?.scaleTargetRef ?? {};
  return { group: parseGroupVersion(apiVersion).group, kind, name };
}
