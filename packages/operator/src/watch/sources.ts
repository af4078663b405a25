/** The informers that one controller reads from, by kind. */
import type { AnyInformer, Informer, Lister, SelectorOptions } from '@kindred/client';
import type { GroupKind, KindRef, KubeObject } from '@kindred/machinery';

export class Sources {
  readonly #byKind = new Map<string, { readonly informer: AnyInformer; readonly complete: boolean }>();

  add(kind: KindRef<KubeObject>, informer: AnyInformer, { complete }: { readonly complete: boolean }): void {
    const known = this.#byKind.get(kindKey(kind));
    // A complete view is the better one to read from and to wait for.
    if (known === undefined || (!known.complete && complete)) this.#byKind.set(kindKey(kind), { informer, complete });
  }

  /** The informer that sees every object of the kind; undefined when the controller has none. */
  completeInformer({ kind }: { readonly kind: GroupKind }): AnyInformer | undefined {
    const source = this.#byKind.get(kindKey(kind));
    return source?.complete ? source.informer : undefined;
  }

  lister<K extends KubeObject>(kind: KindRef<K>): Lister<K> {
    const source = this.#byKind.get(kindKey(kind));
    if (source === undefined) {
      throw new TypeError(`${kind.kind} is neither watched nor owned: declare it, or read it through the client`);
    }
    // Made from a KindRef of the same group and plural, so it holds the same type.
    return (source.informer as Informer<K>).lister;
  }
}

/** True when a scope leaves no object of its namespace out. */
export function isComplete(scope: SelectorOptions): boolean {
  return scope.labelSelector === undefined && scope.fieldSelector === undefined;
}

function kindKey(kind: GroupKind): string {
  return `${kind.group}/${kind.kind}`;
}
