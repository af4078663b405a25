/**
 * CustomResourceDefinitions as typed values: what the API server reads out of a stored or decoded object.
 */
import { invalid, type Unstructured } from '@kindred/machinery';
import { type CustomResourceDefinition, decodeCustomResourceDefinition } from '@kindred/schema';

export const crdGroup = 'apiextensions.k8s.io';
export const crdKind = 'CustomResourceDefinition';
export const crdResource = 'customresourcedefinitions';

/** Holds a definition back until its instances are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

/** The object as a definition. @throws StatusError 422 when its shape isn't one. */
export function crdOf(object: Unstructured): CustomResourceDefinition {
  const decoded = decodeCustomResourceDefinition(object);
  if ('errors' in decoded) {
    throw invalid({ group: crdGroup, kind: crdKind }, object.metadata.name ?? '', decoded.errors);
  }
  return decoded.crd;
}
