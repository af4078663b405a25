/**
 * The kinds of patch, by media type ("Update API Objects in Place Using kubectl patch", Kubernetes documentation), and
 * how each turns the stored object into the wanted one. Apply has a file of its own.
 */
import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  badRequest,
  DecodeError,
  decodeJson,
  decodeYaml,
  failure,
  isJsonObject,
  type JsonValue,
  PatchError,
  type StatusError,
  type Unstructured,
  unsupportedMediaType,
} from '@kindred/machinery';
import { mediaTypeOf } from '../decoding/media-type.ts';
import type { ServedResource } from './served-resource.ts';

export type PatchKind = 'json' | 'merge' | 'strategic' | 'apply';

const kinds: Readonly<Record<string, PatchKind>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** @throws StatusError 415 that lists what this resource takes. */
export function patchKindOf(contentType: string | undefined, resource: ServedResource): PatchKind {
  const kind = kinds[mediaTypeOf(contentType)];
  const strategic = !resource.kind.custom;
  if (kind !== undefined && (kind !== 'strategic' || strategic)) return kind;
  throw unsupportedMediaType(Object.keys(kinds).filter((type) => strategic || kinds[type] !== 'strategic'));
}

export interface PatchDocument {
  readonly kind: PatchKind;
  readonly value: JsonValue;
  readonly duplicateFields: readonly string[];
}

/** @throws StatusError 400 for a body that is no patch of its kind. */
export function readPatch(kind: PatchKind, bytes: Uint8Array): PatchDocument {
  try {
    const { value, duplicateFields } = kind === 'apply' ? decodeYaml(bytes) : decodeJson(bytes, { duplicates: true });
    if (kind === 'json' ? !Array.isArray(value) : !isJsonObject(value)) {
      throw badRequest(`error decoding patch: ${wrongShape(kind, value)}`);
    }
    return { kind, value, duplicateFields };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw badRequest(`error decoding patch: ${error.message}`);
  }
}

/** In Go's words; the type is that of a list of operations, or of an object. */
function wrongShape(kind: PatchKind, value: JsonValue): string {
  const found = Array.isArray(value)
    ? 'array'
    : isJsonObject(value)
      ? 'object'
      : value === null
        ? 'null'
        : typeof value;
  const wanted = kind === 'json' ? 'jsonpatch.Patch' : 'map[string]interface {}';
  return `json: cannot unmarshal ${found} into Go value of type ${wanted}`;
}

/**
 * The object with the patch in it. The result may share parts with both.
 *
 * @throws StatusError 400, 413, 422 for a patch that can't be carried out.
 */
export function applyPatchDocument(document: PatchDocument, object: Unstructured, resource: ServedResource): JsonValue {
  try {
    if (document.kind === 'json') return applyJsonPatch(object, document.value);
    if (document.kind === 'merge') return applyMergePatch(object, document.value);
    return applyStrategicMergePatch(object, document.value, resource.definition.mergeSchema);
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    throw patchFailure(error, object, resource);
  }
}

function patchFailure(error: PatchError, object: Unstructured, { definition }: ServedResource): StatusError {
  const { group, resource } = definition;
  return failure(error.kind, error.message, {
    name: object.metadata.name ?? '',
    ...(group === '' ? {} : { group }),
    kind: resource,
  });
}
