/**
 * Deleting an object: at once, or by marking it when its kind grants a grace period or finalizers hold it ("Finalizers",
 * "Garbage Collection", Kubernetes documentation).
 */
import { conflict, formatTime, notFound, OBJECT_MODIFIED, type Unstructured } from '@kindred/machinery';
import type { StoredObject } from '../storage/stored-object.ts';
import { type DeleteOptions, deleteOptionsObject, type PropagationPolicy } from './delete-options.ts';
import { workingResource } from './incoming-object.ts';
import { demandSameUid, demandSameVersion } from './preconditions.ts';
import type { ResourceRequest } from './resource-request.ts';
import type { ServedResource } from './served-resource.ts';
import { hasNamespaceFinalizers } from './update-object.ts';

export interface Deleted {
  /** The last state, in the working version. Shared: never to be changed. */
  readonly object: Unstructured;
  readonly stored: StoredObject | undefined;
  /** False when it is only marked and still there. */
  readonly gone: boolean;
}

const maxAttempts = 100;
const foreground = 'foregroundDeletion';
const orphan = 'orphan';

/**
 * @param isAdmitted the deletion is part of a request that admission has seen: an eviction.
 * @throws StatusError 404, 409 for preconditions, and what admission throws.
 */
export async function deleteObject(
  request: ResourceRequest,
  namespace: string,
  name: string,
  options: DeleteOptions,
  { isAdmitted = false }: { readonly isAdmitted?: boolean } = {},
): Promise<Deleted> {
  const { storage } = request;
  const working = workingResource(request.resource, (...names) => request.server.registry.get(...names));
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const stored = storage.get(namespace, name);
    if (stored === undefined) throw notFound(working.groupResource, name);
    demandSameUid(working.groupResource, stored, options.preconditions.uid);
    demandSameVersion(working.groupResource, stored, options.preconditions.resourceVersion);
    const deleted = isAdmitted
      ? await deleteOnce(request, working, stored, options)
      : await attemptDelete(request, working, stored, options);
    if (deleted !== undefined) return deleted;
  }
  throw conflict(working.groupResource, name, OBJECT_MODIFIED);
}

async function attemptDelete(
  request: ResourceRequest,
  working: ServedResource,
  stored: StoredObject,
  options: DeleteOptions,
): Promise<Deleted | undefined> {
  const settled: (() => void)[] = [];
  try {
    await admit(request, working, stored, { options, settled });
    return await deleteOnce(request, working, stored, options);
  } finally {
    for (const listener of settled) listener();
  }
}

async function admit(
  request: ResourceRequest,
  working: ServedResource,
  stored: StoredObject,
  { options, settled }: { readonly options: DeleteOptions; readonly settled: (() => void)[] },
): Promise<void> {
  const { exchange, server } = request;
  const { group, version, kind, resource } = working.definition;
  const attributes = {
    operation: 'DELETE' as const,
    user: exchange.user,
    resource: { group, version, resource },
    kind: { group, version, kind },
    requested: request.resource,
    working,
    namespace: stored.namespace,
    name: stored.name,
    subresource: '',
    object: undefined,
    oldObject: working.read(stored),
    options: deleteOptionsObject(options),
    dryRun: options.dryRun,
    warn: (text: string) => exchange.warn(text),
    onSettled: (listener: () => void) => void settled.push(listener),
  };
  await server.admission.admit(attributes);
  await server.admission.validate(attributes);
}

async function deleteOnce(
  request: ResourceRequest,
  working: ServedResource,
  stored: StoredObject,
  options: DeleteOptions,
): Promise<Deleted | undefined> {
  const marked = mark(request, working, stored, options);
  if (marked === 'remove') return remove(request, working, stored, options);
  if (marked === 'unchanged') return { object: working.read(stored), stored, gone: false };
  if (options.dryRun) return { object: marked, stored: undefined, gone: false };
  const next = await request.storage.replace(stored, working.kind.custom ? working.toStorage(marked) : marked);
  if (next === undefined) return undefined;
  const object = working.read(next);
  working.kind.stored?.(object);
  return { object, stored: next, gone: false };
}

async function remove(
  { storage }: ResourceRequest,
  working: ServedResource,
  stored: StoredObject,
  options: DeleteOptions,
): Promise<Deleted | undefined> {
  if (options.dryRun) return { object: working.read(stored), stored: undefined, gone: true };
  const removed = await storage.remove(stored);
  return removed === undefined ? undefined : { object: working.read(removed), stored: removed, gone: true };
}

/** The object with its mark, or what else is to be done with it. */
function mark(
  { server }: ResourceRequest,
  working: ServedResource,
  stored: StoredObject,
  options: DeleteOptions,
): Unstructured | 'remove' | 'unchanged' {
  const old = working.read(stored);
  const grace = working.definition.gracePeriodSeconds?.(old, options.gracePeriodSeconds) ?? 0;
  const wasMarked = old.metadata.deletionTimestamp !== undefined;
  const finalizers = finalizersFor(old.metadata.finalizers ?? [], options.propagationPolicy);
  if (!wasMarked) finalizers.push(...missing(working.kind.deletionFinalizers ?? [], finalizers));
  const held = finalizers.length > 0 || hasNamespaceFinalizers(old);
  if (grace === 0 && !held) return 'remove';
  if (wasMarked && !isSooner(old, grace) && sameList(finalizers, old.metadata.finalizers ?? [])) return 'unchanged';
  const object =
    working.kind.custom || working.definition.conversion !== undefined ? structuredClone(old) : stored.decode();
  const { metadata } = object;
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  if (!wasMarked || isSooner(old, grace)) {
    metadata.deletionTimestamp = formatTime(server.clock.now() + grace * 1000);
    metadata.deletionGracePeriodSeconds = grace;
    if (!wasMarked && metadata.generation !== undefined) metadata.generation = Number(metadata.generation) + 1;
  }
  if (object.kind === 'Namespace' && object.apiVersion === 'v1')
    object['status'] = { ...statusOf(object), phase: 'Terminating' };
  return object;
}

/** A later request may shorten the grace period, never lengthen it. */
function isSooner(old: Unstructured, grace: number): boolean {
  return grace < (old.metadata.deletionGracePeriodSeconds ?? 0);
}

/** The policy decides which of the garbage collector's finalizers the object carries; without one they stay. */
function finalizersFor(finalizers: readonly string[], policy: PropagationPolicy | undefined): string[] {
  if (policy === undefined) return [...finalizers];
  const others = finalizers.filter((finalizer) => finalizer !== orphan && finalizer !== foreground);
  if (policy === 'Orphan') others.push(orphan);
  if (policy === 'Foreground') others.push(foreground);
  return others;
}

function missing(wanted: readonly string[], present: readonly string[]): string[] {
  return wanted.filter((finalizer) => !present.includes(finalizer));
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

function statusOf(object: Unstructured): object {
  const status = object['status'];
  return typeof status === 'object' && status !== null ? status : {};
}
