/** Which updates matter: predicates for watches. */
import type { KubeObject } from '@kindred/machinery';

type Predicate = (object: KubeObject, old: KubeObject | undefined) => boolean;

/**
 * Something that a person or another controller asked for has changed: spec (by generation), labels, annotations, deletion,
 * finalizers, owners. A write to status alone is left out. Kinds without a generation change with every write.
 */
export const intentChanged: Predicate = (object, old) => {
  if (old === undefined) return true;
  const [now, before] = [object.metadata, old.metadata];
  return (
    now.generation === undefined ||
    now.generation !== before.generation ||
    now.deletionTimestamp !== before.deletionTimestamp ||
    JSON.stringify([now.labels, now.annotations, now.finalizers, now.ownerReferences]) !==
      JSON.stringify([before.labels, before.annotations, before.finalizers, before.ownerReferences])
  );
};

/** Spec or deletion has changed. */
export const generationChanged: Predicate = (object, old) =>
  old === undefined ||
  object.metadata.generation === undefined ||
  object.metadata.generation !== old.metadata.generation ||
  object.metadata.deletionTimestamp !== old.metadata.deletionTimestamp;
