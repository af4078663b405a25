/**
 * Who owns whom: the graph of ownerReferences among all objects that were seen, as the garbage collector needs it.
 *
 * Pure bookkeeping. Objects are known by uid; an owner that was never seen has its dependents recorded all the same, so
 * they are found when the owner turns out to be gone.
 */
import type { KindRef, KubeObject, ObjectMeta, OwnerReference } from '@kindred/machinery';

export interface GraphNode {
  readonly uid: string;
  readonly kind: KindRef<KubeObject>;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  owners: readonly OwnerReference[];
  finalizers: readonly string[];
  isBeingDeleted: boolean;
}

const none: ReadonlySet<string> = new Set();
/** Most objects have no owners and no finalizers: one empty list for all of them. */
const noOwners: readonly OwnerReference[] = [];
const noFinalizers: readonly string[] = [];

export class ObjectGraph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #dependents = new Map<string, Set<string>>();
  /** The namespace seen last. Every object brings its own text of it: one for all is enough. */
  #namespace = '';

  get size(): number {
    return this.#nodes.size;
  }

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  /** Of all objects of this kind. Looks at every object. */
  uidsOf(kind: KindRef<KubeObject>): string[] {
    const uids: string[] = [];
    for (const node of this.#nodes.values()) if (node.kind === kind) uids.push(node.uid);
    return uids;
  }

  dependentsOf(uid: string): GraphNode[] {
    const found: GraphNode[] = [];
    for (const dependent of this.#dependents.get(uid) ?? none) {
      const node = this.#nodes.get(dependent);
      if (node !== undefined) found.push(node);
    }
    return found;
  }

  /** Records the object's present state; `before` is what was known of it. */
  put(
    kind: KindRef<KubeObject>,
    metadata: ObjectMeta & { uid: string; name: string },
  ): { readonly before: GraphNode | undefined; readonly now: GraphNode } {
    const before = this.#nodes.get(metadata.uid);
    const { namespace = '' } = metadata;
    if (namespace !== this.#namespace) this.#namespace = namespace;
    const node: GraphNode = {
      uid: metadata.uid,
      kind,
      namespace: this.#namespace,
      name: metadata.name,
      owners: metadata.ownerReferences ?? noOwners,
      finalizers: metadata.finalizers ?? noFinalizers,
      isBeingDeleted: metadata.deletionTimestamp !== undefined,
    };
    this.#nodes.set(node.uid, node);
    for (const { uid } of before?.owners ?? noOwners) this.#unlink(uid, node.uid);
    for (const { uid } of node.owners) this.#link(uid, node.uid);
    return { before, now: node };
  }

  /** Forgets the object; its dependents stay recorded under its uid. */
  remove(uid: string): void {
    for (const owner of this.#nodes.get(uid)?.owners ?? noOwners) this.#unlink(owner.uid, uid);
    this.#nodes.delete(uid);
  }

  #link(owner: string, dependent: string): void {
    const set = this.#dependents.get(owner);
    if (set === undefined) this.#dependents.set(owner, new Set([dependent]));
    else set.add(dependent);
  }

  #unlink(owner: string, dependent: string): void {
    const set = this.#dependents.get(owner);
    set?.delete(dependent);
    if (set?.size === 0) this.#dependents.delete(owner);
  }
}
