/**
 * Warnings about metadata that is allowed and unwise.
 */
import { deepEqual, type Unstructured } from '@kindred/machinery';

const standardFinalizers = new Set(['foregroundDeletion', 'orphan', 'kubernetes']);

/** Texts for `Warning` headers; nothing about what was there before. */
export function metadataWarnings(object: Unstructured, old: Unstructured | undefined): string[] {
  const { finalizers } = object.metadata;
  if (finalizers === undefined || deepEqual(finalizers, old?.metadata.finalizers)) return [];
  return finalizers
    .filter((finalizer) => !finalizer.includes('/') && !standardFinalizers.has(finalizer))
    .map(
      (finalizer) =>
        `metadata.finalizers: "${finalizer}": prefer a domain-qualified finalizer name including a path (/) to avoid ` +
        'accidental conflicts with other finalizer writers',
    );
}
