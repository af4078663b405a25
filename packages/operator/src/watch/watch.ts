/**
 * What a controller watches besides its own kind, and which keys of its own kind a change concerns. Declarations are values:
 * the manager connects them to informers, and RBAC rules are derived from them.
 */
import {
  type AnyInformer,
  type IndexFunction,
  type Informer,
  type InformerFactory,
  type InformerScope,
  keyOf,
} from '@kindred/client';
import type { GroupKind, KindRef, KubeObject, Observed } from '@kindred/machinery';
import { controllerOf, refersToKind } from '../owner-references/controller-ref.ts';
import { initialListPriority } from '../queue/work-queue.ts';
import { isComplete } from './sources.ts';

/** Index of all watched and owned kinds: the uid of the controlling owner. */
export const controllerUidIndex = 'controller-uid';

/** Asks for a key of the controller's own kind to be reconciled. */
export type Enqueue = (key: string, options: { readonly priority: number }) => void;

/** The keys (`namespace/name`) that a change of this object concerns. For updates, both states are asked. */
export type Mapper<T extends KubeObject> = (object: Observed<T>, context: MapperContext) => Iterable<string>;

export interface MapperContext {
  /** The informer of the controller's own kind: its lister and indexes. */
  readonly primary: Informer<KubeObject>;
}

export interface WatchOptions<T extends KubeObject> {
  readonly to: Mapper<T>;
  readonly scope?: InformerScope<T>;
  /** Changes that it answers false to are left out. `old` is undefined for additions and deletions. */
  readonly predicate?: (object: Observed<T>, old: Observed<T> | undefined) => boolean;
  /** Indexes that `lister(kind).byIndex` can then be asked by. */
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>>;
}

export interface WatchDeclaration {
  readonly kind: KindRef<KubeObject>;
  /** True when the informer sees every object of the kind (in its namespace): no selectors. */
  readonly complete: boolean;
  connect(informers: InformerFactory, enqueue: Enqueue, context: MapperContext): AnyInformer;
}

/**
 * @example watches: [watch(Pod, { to: ownerOf(ReplicaSet) }), watch(Node, { to: () => [], indexes: { zone } })]
 */
export function watch<T extends KubeObject>(kind: KindRef<T>, options: WatchOptions<T>): WatchDeclaration {
  const { to, scope = {}, predicate = () => true, indexes = {} } = options;
  return {
    kind,
    complete: isComplete(scope),
    connect(informers, enqueue, context) {
      const informer = informers.informer(kind, scope);
      informer.addIndex(controllerUidIndex, controllerUid);
      for (const [name, values] of Object.entries(indexes)) informer.addIndex(name, values);
      const send = (objects: readonly Observed<T>[], priority: number): void => {
        for (const key of new Set(objects.flatMap((object) => [...to(object, context)]))) enqueue(key, { priority });
      };
      informer.addHandler({
        added: (object, { initial }) => {
          if (predicate(object, undefined)) send([object], initial ? initialListPriority : 0);
        },
        updated: (object, old) => {
          if (predicate(object, old)) send([object, old], 0);
        },
        deleted: (object) => {
          if (predicate(object, undefined)) send([object], 0);
        },
      });
      return informer;
    },
  };
}

/** Maps to the owner of that kind: its controller, or any owner. Matched by group and kind, so versions don't matter. */
export function ownerOf(
  kind: GroupKind & Pick<KindRef, 'scope'>,
  options: { readonly any?: boolean } = {},
): Mapper<KubeObject> {
  return (object) => {
    const controller = controllerOf(object);
    const owners = options.any ? (object.metadata.ownerReferences ?? []) : controller === undefined ? [] : [controller];
    const namespace = kind.scope === 'Namespaced' ? object.metadata.namespace : undefined;
    return owners
      .filter((owner) => refersToKind(owner, kind))
      .map(({ name }) => keyOf({ metadata: namespace === undefined ? { name } : { name, namespace } }));
  };
}

/** Maps an object to the key of the same name, in the same namespace. */
export function sameName(object: KubeObject): string[] {
  return [keyOf(object)];
}

/** Maps to every object of the controller's own kind. */
export function everyPrimary(_: KubeObject, { primary }: MapperContext): string[] {
  return primary.lister.list().map(keyOf);
}

// One function for all: an index of the same name must have the same one.
function controllerUid(object: KubeObject): string[] {
  const uid = controllerOf(object)?.uid;
  return uid === undefined ? [] : [uid];
}
