/**
 * The patch of client-side apply: three-way strategic merge for kinds that helm is compiled with, for all others a JSON
 * merge patch from the old manifest to the new one, which looks at nothing that is in the cluster (so that drift of custom
 * resources stays, as with helm).
 */
import { mergeSchemaOf, typeTable } from '@kindred/apis';
import {
  createMergePatch,
  createThreeWayMergePatch,
  type JsonObject,
  type KindRef,
  PatchError,
  type Unstructured,
} from '@kindred/machinery';
import type { Resource } from './resource.ts';
import { wrapped } from './resource-error.ts';

export interface ClientSidePatch {
  readonly type: 'strategic' | 'merge';
  readonly value: JsonObject;
}

/**
 * The patch, or undefined when there is nothing to send.
 *
 * @throws ResourceError when the objects can't be compared: an element of a list without its merge key
 */
export function clientSidePatch(
  original: Unstructured,
  target: Resource,
  live: Unstructured,
): ClientSidePatch | undefined {
  const typeName = typeNameOf(target.kind);
  if (typeName === undefined) {
    const value = createMergePatch(original, target.object);
    return value === undefined ? undefined : { type: 'merge', value };
  }
  try {
    const versions = { original: asJson(original), modified: asJson(target.object), live: asJson(live) };
    const value = createThreeWayMergePatch(versions, mergeSchemaOf(typeName));
    return value === undefined ? undefined : { type: 'strategic', value };
  } catch (error) {
    if (error instanceof PatchError) throw wrapped('failed to create patch', error);
    throw error;
  }
}

/** The type of a kind that has one; helm isn't compiled with those of the aggregation layer. */
function typeNameOf(kind: KindRef): string | undefined {
  return kind.group === 'apiregistration.k8s.io' ? undefined : typeTable.typeNameOf(kind);
}

/** Objects of manifests and of the server come out of a decoder, so they are JSON. */
function asJson(object: Unstructured): JsonObject {
  return object as JsonObject;
}
