/**
 * Metadata of a custom resource: it is that of every object, whatever the schema says.
 */
import { decodeObject } from '@kindred/apis';
import { isJsonObject, type JsonObject, type Unstructured } from '@kindred/machinery';
import type { FieldFindings } from '../resources/served-kind.ts';

const objectMetaType = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** Drops what ObjectMeta doesn't have, what is null and which maps are empty; tells what it found. */
export function fitMetadata(object: Unstructured): FieldFindings {
  if (isJsonObject(object.metadata) && isPlain(object.metadata)) return { errors: [], unknownFields: [] };
  const { errors, unknownFields } = decodeObject(objectMetaType, object.metadata);
  return { errors, unknownFields: unknownFields.map((path) => `metadata.${path}`) };
}

const plainFields: ReadonlySet<string> = new Set(['name', 'namespace', 'generateName', 'uid', 'resourceVersion']);

/** Names, labels and annotations alone, as nearly all new objects have them: nothing is unknown, wrong, null or empty. */
function isPlain(metadata: JsonObject): boolean {
  for (const name in metadata) {
    const value = metadata[name];
    if (typeof value === 'string' ? !plainFields.has(name) : !isTextMap(name, value)) return false;
  }
  return true;
}

function isTextMap(name: string, value: unknown): boolean {
  if ((name !== 'labels' && name !== 'annotations') || !isJsonObject(value)) return false;
  let isEmpty = true;
  for (const key in value) {
    if (typeof value[key] !== 'string') return false;
    isEmpty = false;
  }
  return !isEmpty;
}
