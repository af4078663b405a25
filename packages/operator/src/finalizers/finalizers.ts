/**
 * Finalizers (Kubernetes documentation, 'Finalizers'): an object with one is not removed until it is taken off. A controller
 * touches only its own entry, and only on top of the version that it has seen.
 */
import type { Client } from '@kindred/client';
import type { KindRef, KubeObject, Observed } from '@kindred/machinery';

export interface FinalizerOptions {
  readonly client: Client;
  readonly finalizer: string;
  readonly signal?: AbortSignal;
}

export function hasFinalizer(object: KubeObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) === true;
}

/** Adds the finalizer when it is missing. @throws StatusError Conflict when the object has changed meanwhile */
export async function addFinalizer<T extends KubeObject>(
  kind: KindRef<T>,
  object: Observed<T>,
  { client, finalizer, signal }: FinalizerOptions,
): Promise<Observed<T>> {
  if (hasFinalizer(object, finalizer)) return object;
  return writeFinalizers(kind, object, [...(object.metadata.finalizers ?? []), finalizer], { client, signal });
}

/** Takes the finalizer off when it is there. @throws StatusError Conflict when the object has changed meanwhile */
export async function removeFinalizer<T extends KubeObject>(
  kind: KindRef<T>,
  object: Observed<T>,
  { client, finalizer, signal }: FinalizerOptions,
): Promise<Observed<T>> {
  if (!hasFinalizer(object, finalizer)) return object;
  const others = (object.metadata.finalizers ?? []).filter((each) => each !== finalizer);
  return writeFinalizers(kind, object, others, { client, signal });
}

function writeFinalizers<T extends KubeObject>(
  kind: KindRef<T>,
  { metadata }: Observed<T>,
  finalizers: string[],
  { client, signal }: { client: Client; signal: AbortSignal | undefined },
): Promise<Observed<T>> {
  // The version makes sure that nobody's entry is lost: a merge patch replaces the whole list.
  const patch = { metadata: { finalizers, resourceVersion: metadata.resourceVersion } };
  return client.mergePatch(kind, metadata, patch, { signal });
}
