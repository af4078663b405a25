/** Parameters of the client's calls, in the words of the Kubernetes API: `k8s.io/apimachinery/pkg/apis/meta/v1` *Options. */

/** The object that a call is about. The namespace is required for namespaced kinds. */
export interface ObjectAddress {
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** The collection that a call is about: one namespace, or all when none is given. */
export interface CollectionAddress {
  readonly namespace?: string | undefined;
}

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface SelectorOptions {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** `metadata`: the server sends PartialObjectMetadata, without spec and status. */
export interface ProjectionOptions {
  readonly projection?: 'metadata' | undefined;
}

export interface GetOptions extends RequestOptions {
  readonly resourceVersion?: string | undefined;
}

export interface ListOptions extends RequestOptions, SelectorOptions, ProjectionOptions {
  /** Objects a page; the client fetches page after page. 500 when not given, 0 asks for everything at once. */
  readonly limit?: number | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan' | undefined;
}

export interface WriteOptions extends RequestOptions {
  readonly fieldManager?: string | undefined;
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict' | undefined;
  /** Goes through admission and validation and stores nothing. */
  readonly dryRun?: boolean | undefined;
}

export interface PatchOptions extends WriteOptions {
  /** Patches this subresource (`status`, `scale`) instead of the object. */
  readonly subresource?: string | undefined;
}

export interface ApplyOptions extends PatchOptions {
  /** Takes fields over from other managers instead of failing with a conflict. */
  readonly force?: boolean | undefined;
}

export interface DeleteOptions extends RequestOptions {
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground' | undefined;
  readonly gracePeriodSeconds?: number | undefined;
  readonly preconditions?:
    | { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined }
    | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface WatchOptions extends RequestOptions, SelectorOptions, ProjectionOptions {
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: 'NotOlderThan' | undefined;
  readonly allowWatchBookmarks?: boolean | undefined;
  readonly sendInitialEvents?: boolean | undefined;
  /** The server ends the watch after this many seconds. */
  readonly timeoutSeconds?: number | undefined;
  /** The caller reads `messages` where the answer has them: see TransportRequest. */
  readonly takesMessages?: boolean;
}

/** One operation of a JSON patch (RFC 6902). */
export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}
