/**
 * Owner references: which object manages which, and what garbage collection follows (Kubernetes documentation, 'Owners and
 * Dependents'). An object has at most one owner with `controller: true`.
 */
import {
  formatGroupVersion,
  type GroupKind,
  type KindRef,
  type KubeObject,
  type Observed,
  type OwnerReference,
  parseGroupVersion,
} from '@kindred/machinery';

/** The reference with `controller: true`, or undefined. */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((reference) => reference.controller === true);
}

export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return owner.metadata.uid !== undefined && controllerOf(object)?.uid === owner.metadata.uid;
}

/** True when the reference names that kind, in whichever version. */
export function refersToKind(reference: OwnerReference, kind: GroupKind): boolean {
  return reference.kind === kind.kind && parseGroupVersion(reference.apiVersion).group === kind.group;
}

/** The reference that makes `owner` the controller of an object. */
export function controllerRef<T extends KubeObject>(kind: KindRef<T>, owner: Observed<T>): OwnerReference {
  return {
    apiVersion: formatGroupVersion(kind),
    kind: kind.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Another controller manages the object already. */
export class AlreadyOwnedError extends Error {
  override readonly name = 'AlreadyOwnedError';
  readonly owner: OwnerReference;

  constructor(object: KubeObject, owner: OwnerReference) {
    const { namespace, name } = object.metadata;
    super(
      `Object ${namespace ? `${namespace}/` : ''}${name} is already owned by another ${owner.kind} controller ${owner.name}`,
    );
    this.owner = owner;
  }
}

/**
 * The object with `owner` as its controller; the object given is not changed.
 *
 * @throws AlreadyOwnedError when another controller owns it
 * @throws TypeError when the owner is namespaced and the object is not in its namespace: garbage collection would take it
 *   for an orphan
 */
export function withControllerRef<T extends KubeObject, O extends KubeObject>(
  object: T,
  kind: KindRef<O>,
  owner: Observed<O>,
): T {
  requireReachable(object, kind, owner);
  const reference = controllerRef(kind, owner);
  const existing = controllerOf(object);
  if (existing !== undefined && existing.uid !== reference.uid) throw new AlreadyOwnedError(object, existing);
  const others = (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== reference.uid);
  return { ...object, metadata: { ...object.metadata, ownerReferences: [...others, reference] } };
}

function requireReachable(object: KubeObject, kind: KindRef<KubeObject>, owner: KubeObject): void {
  if (kind.scope === 'Cluster') return;
  const { namespace } = owner.metadata;
  if (!object.metadata.namespace) {
    throw new TypeError(
      `Cluster-scoped resource must not have a namespace-scoped owner, owner's namespace ${namespace}`,
    );
  }
  if (object.metadata.namespace !== namespace) {
    throw new TypeError(
      `Cross-namespace owner references are disallowed, owner's namespace ${namespace}, obj's namespace ${object.metadata.namespace}`,
    );
  }
}
