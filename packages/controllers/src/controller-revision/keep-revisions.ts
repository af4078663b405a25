/** Writes the revisions that `controller-revision.ts` decides on. */
import { ControllerRevision } from '@kindred/apis/apps/v1';
import type { PodTemplateSpec } from '@kindred/apis/core/v1';
import {
  deepEqual,
  isStatusError,
  type JsonValue,
  type KindRef,
  type KubeObject,
  type Observed,
} from '@kindred/machinery';
import { controllerRef, type ReconcileContext } from '@kindred/operator';
import { settled, unlessGone } from '../writes/settled.ts';
import { byNumber, findRevision, newRevision, nextNumber, surplusRevisions } from './controller-revision.ts';

export interface RevisionOwner<T extends KubeObject> {
  readonly kind: KindRef<T>;
  readonly owner: Observed<T>;
  readonly template: PodTemplateSpec;
  readonly collisionCount: number | undefined;
}

export interface KeptRevisions {
  /** The revision of the present template, with the highest number; undefined when it could not be made this time. */
  readonly current: Observed<ControllerRevision> | undefined;
  /** All, in order of their numbers. */
  readonly all: readonly Observed<ControllerRevision>[];
  readonly collisionCount: number | undefined;
}

/** Makes the revision of the present template, or gives an old one that has it the next number. */
export async function keepRevision<T extends KubeObject>(
  { client, owned }: Pick<ReconcileContext<T>, 'client' | 'owned'>,
  { kind, owner, template, collisionCount }: RevisionOwner<T>,
): Promise<KeptRevisions> {
  const revisions = byNumber(owned(ControllerRevision));
  const found = findRevision(template, revisions);
  if (found !== undefined && found === revisions.at(-1)) return { current: found, all: revisions, collisionCount };
  if (found !== undefined) {
    const patch = { revision: nextNumber(revisions), metadata: { uid: found.metadata.uid } };
    const current = await unlessGone(client.mergePatch(ControllerRevision, found.metadata, patch));
    return { current, all: replaced(revisions, found, current), collisionCount };
  }
  const { namespace = '', name } = owner.metadata;
  const numbers = { revision: nextNumber(revisions), collisions: collisionCount ?? 0 };
  const draft = newRevision({ namespace, name }, template, numbers);
  const metadata = { ...draft.metadata, ownerReferences: [controllerRef(kind, owner)] };
  try {
    const current = await client.create(ControllerRevision, { ...draft, metadata });
    return { current, all: [...revisions, current], collisionCount };
  } catch (error) {
    if (!isStatusError(error, 'AlreadyExists')) throw error;
    const existing = await client.get(ControllerRevision, { namespace, name: draft.metadata.name ?? '' });
    const isOurs = existing.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid) === true;
    // Another template has the same hash: the next one gets another name.
    const isSame = isOurs && deepEqual(existing.data as JsonValue, draft.data as JsonValue);
    return {
      current: isSame ? existing : undefined,
      all: revisions,
      collisionCount: isSame ? collisionCount : (collisionCount ?? 0) + 1,
    };
  }
}

/** Deletes old revisions beyond the limit; `used` are the names or hashes of those that pods still have. */
export async function cleanUpRevisions<T extends KubeObject>(
  { client }: Pick<ReconcileContext<T>, 'client'>,
  revisions: readonly Observed<ControllerRevision>[],
  { used, limit }: { readonly used: ReadonlySet<string>; readonly limit: number },
): Promise<void> {
  for (const { metadata } of surplusRevisions(revisions, used, limit)) {
    await settled(client.delete(ControllerRevision, metadata, { preconditions: { uid: metadata.uid } }));
  }
}

function replaced(
  revisions: readonly Observed<ControllerRevision>[],
  old: Observed<ControllerRevision>,
  current: Observed<ControllerRevision> | undefined,
): Observed<ControllerRevision>[] {
  const others = revisions.filter((revision) => revision !== old);
  return current === undefined ? others : [...others, current];
}
