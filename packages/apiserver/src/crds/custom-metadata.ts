/**
 * Metadata of a custom resource: it is that of every object, whatever the schema says.
 */
import { decodeObject } from '@kindred/apis';
import type { Unstructured } from '@kindred/machinery';
import type { FieldFindings } from '../resources/served-kind.ts';

const objectMetaType = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** Drops what ObjectMeta doesn't have, and what is null; tells what it found. */
export function fitMetadata(object: Unstructured): FieldFindings {
  const { errors, unknownFields } = decodeObject(objectMetaType, object.metadata);
  return { errors, unknownFields: unknownFields.map((path) => `metadata.${path}`) };
}
