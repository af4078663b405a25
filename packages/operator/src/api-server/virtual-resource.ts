/**
 * A resource without storage: handlers over any source answer its requests, and the verbs that discovery shows are those
 * that have a handler. Decoding, schemas, defaults, patches, selectors, Tables and every encoding are the library's work.
 */
import type { RawAnswer } from '@kindred/apiserver';
import type { Draft } from '@kindred/client';
import type { FieldError, KubeObject, ObjectMeta } from '@kindred/machinery';
import type { CustomKind } from '@kindred/schema';
import type { CreateCall, DeleteCall, ListCall, NamedCall, UpdateCall, WatchCall, WriteCall } from './call.ts';

type Awaitable<T> = T | Promise<T>;

/** A list with what a client needs to go on from it; a plain array is a list that nobody can go on from. */
export interface ListAnswer<T extends KubeObject> {
  readonly items: readonly Draft<T>[];
  /** The state that the list shows: a watch from it misses nothing. */
  readonly resourceVersion?: string;
  /** Token of the next page. */
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** One event of a watch; those of `@kindred/client` are of this form. */
export type ServedEvent<T extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Draft<T> }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd?: boolean };

/**
 * The verbs. A handler throws a StatusError to refuse (`notFound`, `conflict`, `invalid` of `@kindred/machinery`); whatever
 * else it throws is logged, and a 500 for the client.
 */
export interface VirtualHandlers<T extends KubeObject> {
  list?(call: ListCall): Awaitable<readonly Draft<T>[] | ListAnswer<T>>;
  /** Undefined: there is no such object (404). */
  get?(call: NamedCall): Awaitable<Draft<T> | undefined>;
  /** Ends when `signal` aborts, which it does at the client's time limit; a StatusError becomes an ERROR event. */
  watch?(call: WatchCall): AsyncIterable<ServedEvent<T>>;
  /** Gives back what has been made. */
  create?(call: CreateCall<T>): Awaitable<Draft<T>>;
  /** PUT, and every kind of patch. Needs `get`: a patch is worked out on what that answers. */
  update?(call: UpdateCall<T>): Awaitable<Draft<T>>;
  /**
   * Gives back the object when it goes on living for a while; nothing when it is gone. Where there is `get`, it has found the
   * object, and the client's preconditions hold. With `list` too, collections can be deleted.
   */
  delete?(call: DeleteCall): Awaitable<Draft<T> | undefined>;
}

/** What `kubectl get` shows, in place of the columns of the kind. */
export interface TableOptions<T extends KubeObject> {
  readonly columns: readonly {
    readonly name: string;
    readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'date';
    readonly description?: string;
    /** Above 0: only with `-o wide`. */
    readonly priority?: number;
  }[];
  /** One cell for each column; the name is put in front of them. `now` is in milliseconds, for ages. */
  cells(object: T, now: number): readonly (string | number | boolean | null)[];
}

export interface SubresourceCall<B> extends WriteCall {
  readonly name: string;
  /** The body, checked and defaulted when the subresource has a kind; undefined when the request has none. */
  readonly body: B | undefined;
}

/** An object of whatever kind (one that says none gets the subresource's), or bytes. */
export type SubresourceAnswer =
  | KubeObject
  | { readonly metadata: ObjectMeta; readonly [field: string]: unknown }
  | RawAnswer;

/** A door beside the object: `POST releases/web/rollback`, `GET releases/web/values`. */
export interface SubresourceOptions<B extends KubeObject> {
  /** The kind of the body, and of the answer where that is an object. The resource's own when not given. */
  readonly kind?: CustomKind<B, unknown>;
  get?(call: NamedCall): Awaitable<SubresourceAnswer>;
  create?(call: SubresourceCall<B>): Awaitable<SubresourceAnswer>;
  /** PUT, and patches where there is `get`. */
  update?(call: SubresourceCall<B>): Awaitable<SubresourceAnswer>;
  delete?(call: NamedCall): Awaitable<SubresourceAnswer>;
}

/** A subresource of any kind, for those who serve it. */
export interface Subresource extends Omit<SubresourceOptions<KubeObject>, 'kind'> {
  readonly kind?: CustomKind<KubeObject, unknown>;
}

export interface VirtualOptions<T extends KubeObject> extends VirtualHandlers<T> {
  readonly table?: TableOptions<T>;
  /** What is wrong with an object beyond its schema; asked before `create` and `update`. */
  validate?(object: T): readonly FieldError[];
  /** By field name: what field selectors may name beside metadata.name and metadata.namespace. */
  readonly selectableFields?: Readonly<Record<string, (object: T) => string>>;
  readonly subresources?: Readonly<Record<string, Subresource>>;
}

/** A resource without storage, of any kind. */
export interface VirtualResource extends VirtualOptions<KubeObject> {
  readonly type: 'virtual';
  readonly kind: CustomKind<KubeObject, unknown>;
}

/**
 * @example
 * virtual(PodMetrics, {
 *   list: ({ namespace }) => samples.of(namespace),
 *   get: ({ namespace, name }) => samples.find(namespace, name),
 * })
 * @throws TypeError when `update` is there without `get`
 */
export function virtual<T extends KubeObject, I>(
  kind: CustomKind<T, I>,
  options: VirtualOptions<NoInfer<T>>,
): VirtualResource {
  if (options.update !== undefined && options.get === undefined)
    throw new TypeError(`${kind.plural}: update needs get, to say what is replaced`);
  // The server hands to each resource objects of its own kind only.
  return { ...(options as VirtualOptions<KubeObject>), type: 'virtual', kind: kind as CustomKind<KubeObject, unknown> };
}

/** @example subresources: { rollback: subresource({ kind: Rollback, create: ({ name, body }) => rollBack(name, body) }) } */
export function subresource<B extends KubeObject = KubeObject>(options: SubresourceOptions<B>): Subresource {
  return options as Subresource;
}
