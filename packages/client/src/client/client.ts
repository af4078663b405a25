/**
 * The client: typed by the KindRef it is given, dynamic when that is a KindRef of Unstructured.
 *
 * The patch type is part of a method's name, so it can't be forgotten. Everything that a server answers with an error
 * status is thrown as a StatusError (`isStatusError(error, 'NotFound')`); a broken connection as what the transport throws.
 */
import type { Clock, KindRef, KubeObject, Observed } from '@kindred/machinery';
import { systemClock } from '@kindred/machinery';
import type { Transport, TransportRequest, TransportResponse } from '../transport.ts';
import { type ImpersonatedUser, impersonationHeaders } from './impersonation.ts';
import { listAll, listPage, type ObjectPage, type ObservedList } from './list.ts';
import type {
  ApplyOptions,
  CollectionAddress,
  DeleteOptions,
  GetOptions,
  JsonPatchOperation,
  ListOptions,
  ObjectAddress,
  PatchOptions,
  RequestOptions,
  SelectorOptions,
  WatchOptions,
  WriteOptions,
} from './options.ts';
import { createRequester, type Requester } from './requester.ts';
import { formatQuery, type QueryValue, resourcePath } from './resource-path.ts';

export interface ClientOptions {
  /** Sent as `User-Agent`; audit logs and managed fields show it. */
  readonly userAgent?: string;
  /** Owner of the fields that this client writes, unless a call names another. Apply needs one. */
  readonly fieldManager?: string;
  readonly clock?: Clock;
  /** How often a request is sent again when the server asks for it (429, Retry-After). 10 when not given. */
  readonly maxRetries?: number;
  readonly onWarning?: (text: string) => void;
}

/** An object as a writer hands it in: the KindRef has apiVersion and kind, so they may be left out. */
export type Draft<T extends KubeObject> = Omit<T, 'apiVersion' | 'kind'> & { apiVersion?: string; kind?: string };

/** What may be created: the kind's own input type where it has one (`defineKind`: fields with defaults may be missing). */
export type Manifest<K extends KindRef<KubeObject>, T extends KubeObject> = K extends { readonly inputType?: infer I }
  ? 'inputType' extends keyof K
    ? NonNullable<I>
    : Draft<T>
  : Draft<T>;

/** What is sent as it stands to a path: for what no method here covers. */
export interface RawRequest extends RequestOptions {
  readonly method: TransportRequest['method'];
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
}

export interface Client {
  readonly fieldManager: string;
  /** @throws StatusError NotFound */
  get<T extends KubeObject>(kind: KindRef<T>, at: ObjectAddress, options?: GetOptions): Promise<Observed<T>>;
  /** Everything that the selectors match, fetched page by page. */
  list<T extends KubeObject>(kind: KindRef<T>, at?: CollectionAddress, options?: ListOptions): Promise<ObservedList<T>>;
  /** One page; pass its `continue` on to get the next. */
  listPage<T extends KubeObject>(
    kind: KindRef<T>,
    at: CollectionAddress,
    options: ListOptions & { readonly continue?: string | undefined },
  ): Promise<ObjectPage<T>>;
  /** The namespace comes from the object's metadata. @throws StatusError AlreadyExists, Invalid */
  create<T extends KubeObject, K extends KindRef<T> = KindRef<T>>(
    kind: K & KindRef<T>,
    object: Manifest<K, T>,
    options?: WriteOptions,
  ): Promise<Observed<T>>;
  /** Fails with Conflict when the object's resourceVersion isn't the stored one. */
  update<T extends KubeObject>(kind: KindRef<T>, object: Draft<T>, options?: WriteOptions): Promise<Observed<T>>;
  updateStatus<T extends KubeObject>(kind: KindRef<T>, object: Draft<T>, options?: WriteOptions): Promise<Observed<T>>;
  delete(kind: KindRef<KubeObject>, at: ObjectAddress, options?: DeleteOptions): Promise<void>;
  deleteCollection(
    kind: KindRef<KubeObject>,
    at: CollectionAddress,
    options?: DeleteOptions & SelectorOptions,
  ): Promise<void>;
  /** Server-side apply: the object lists the fields that this manager wants, and no others. */
  apply<T extends KubeObject>(kind: KindRef<T>, object: ApplyIntent, options?: ApplyOptions): Promise<Observed<T>>;
  applyStatus<T extends KubeObject>(
    kind: KindRef<T>,
    object: ApplyIntent,
    options?: ApplyOptions,
  ): Promise<Observed<T>>;
  /** RFC 7386: null removes a member, lists are replaced. */
  mergePatch<T extends KubeObject>(
    kind: KindRef<T>,
    at: ObjectAddress,
    patch: object,
    options?: PatchOptions,
  ): Promise<Observed<T>>;
  jsonPatch<T extends KubeObject>(
    kind: KindRef<T>,
    at: ObjectAddress,
    patch: readonly JsonPatchOperation[],
    options?: PatchOptions,
  ): Promise<Observed<T>>;
  /** Kubernetes' own patch with lists merged by key; built-in kinds only. */
  strategicPatch<T extends KubeObject>(
    kind: KindRef<T>,
    at: ObjectAddress,
    patch: object,
    options?: PatchOptions,
  ): Promise<Observed<T>>;
  /** GET of a subresource such as `scale`. */
  getSubresource<T extends KubeObject = KubeObject>(
    kind: KindRef<KubeObject>,
    at: ObjectAddress & { readonly subresource: string },
    options?: RequestOptions,
  ): Promise<T>;
  /** POST to a subresource such as `eviction`, `binding`, `token`. */
  createSubresource<T extends KubeObject = KubeObject>(
    kind: KindRef<KubeObject>,
    at: ObjectAddress & { readonly subresource: string },
    body: object,
    options?: WriteOptions,
  ): Promise<T>;
  /** PUT of a subresource such as `scale`. */
  updateSubresource<T extends KubeObject = KubeObject>(
    kind: KindRef<KubeObject>,
    at: ObjectAddress & { readonly subresource: string },
    body: object,
    options?: WriteOptions,
  ): Promise<T>;
  /** Opens a watch; `list-watch` decodes its stream. */
  openWatch(kind: KindRef<KubeObject>, at: CollectionAddress, options: WatchOptions): Promise<TransportResponse>;
  /** Any path, answer read as JSON. */
  raw(request: RawRequest): Promise<unknown>;
  /** Any path, answer as a stream (logs). */
  rawStream(request: RawRequest): Promise<TransportResponse>;
  /** The same client, writing as another field manager. */
  as(fieldManager: string): Client;
  /** The same client, acting as another user (Kubernetes documentation, "User impersonation"): the server must allow it. */
  impersonating(user: string | ImpersonatedUser): Client;
}

/** A partial object for apply: only the named fields are owned. */
export interface ApplyIntent {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: { readonly name?: string; readonly namespace?: string };
}

const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';

const patchTypes = {
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

/**
 * @example
 * const client = createClient(transport, { userAgent: 'website-controller', fieldManager: 'website-controller' });
 * const site = await client.get(Website, { namespace: 'default', name: 'kubia' });
 */
export function createClient(transport: Transport, options: ClientOptions = {}): Client {
  const requester = createRequester(transport, {
    clock: options.clock ?? systemClock,
    userAgent: options.userAgent ?? 'kindred',
    maxRetries: options.maxRetries ?? 10,
    onWarning: options.onWarning,
  });
  return clientOf(requester, options.fieldManager ?? options.userAgent ?? 'kindred');
}

function clientOf(requester: Requester, fieldManager: string): Client {
  // The server's answer is taken at its word: it serves the kind that the path names.
  const send = async <T extends KubeObject>(request: Parameters<Requester['json']>[0]): Promise<Observed<T>> =>
    (await requester.json(request)) as Observed<T>;

  const writeQuery = (write: WriteOptions): Record<string, QueryValue> => ({
    fieldManager: write.fieldManager ?? fieldManager,
    fieldValidation: write.fieldValidation,
    dryRun: write.dryRun ? 'All' : undefined,
  });

  const put = <T extends KubeObject>(kind: KindRef<T>, object: Draft<T>, subresource: string, write: WriteOptions) =>
    send<T>({
      method: 'PUT',
      path: resourcePath(kind, { ...addressOf(kind, object), subresource }, writeQuery(write)),
      body: withType(kind, object),
      signal: write.signal,
    });

  const patch = <T extends KubeObject>(
    kind: KindRef<T>,
    at: ObjectAddress,
    body: { readonly type: keyof typeof patchTypes; readonly value: unknown },
    write: ApplyOptions,
  ) =>
    send<T>({
      method: 'PATCH',
      path: resourcePath(
        kind,
        { namespace: at.namespace, name: at.name, subresource: write.subresource },
        { ...writeQuery(write), force: write.force },
      ),
      body: body.value,
      contentType: patchTypes[body.type],
      signal: write.signal,
    });

  const applyTo = <T extends KubeObject>(kind: KindRef<T>, object: ApplyIntent, write: ApplyOptions) =>
    patch(kind, addressOf(kind, object), { type: 'apply', value: withType(kind, object) }, write);

  const subresourceCall = async <T extends KubeObject>(
    method: 'POST' | 'PUT',
    kind: KindRef<KubeObject>,
    at: ObjectAddress & { readonly subresource: string },
    { body, write }: { body: object; write: WriteOptions },
  ): Promise<T> => send<T>({ method, path: resourcePath(kind, at, writeQuery(write)), body, signal: write.signal });

  const rawRequest = ({ path, query, ...rest }: RawRequest) => ({ ...rest, path: path + formatQuery(query ?? {}) });

  return {
    fieldManager,
    get: (kind, at, { signal, resourceVersion } = {}) =>
      send({ method: 'GET', path: resourcePath(kind, at, { resourceVersion }), signal }),
    list: (kind, at = {}, list = {}) => listAll(requester, kind, at, list),
    listPage: (kind, at, list) => listPage(requester, kind, at, list),
    create(kind, object, write = {}) {
      // Input types differ by kind; metadata is in all of them.
      const { metadata } = object as { readonly metadata: KubeObject['metadata'] };
      const path = resourcePath(kind, { namespace: metadata.namespace }, writeQuery(write));
      return send({ method: 'POST', path, body: withType(kind, object as object), signal: write.signal });
    },
    update: (kind, object, write = {}) => put(kind, object, '', write),
    updateStatus: (kind, object, write = {}) => put(kind, object, 'status', write),
    async delete(kind, at, options = {}) {
      await requester.json({ method: 'DELETE', path: resourcePath(kind, at), ...deleteBody(options) });
    },
    async deleteCollection(kind, at, { labelSelector, fieldSelector, ...options } = {}) {
      const path = resourcePath(kind, { namespace: at.namespace }, { labelSelector, fieldSelector });
      await requester.json({ method: 'DELETE', path, ...deleteBody(options) });
    },
    apply: (kind, object, write = {}) => applyTo(kind, object, write),
    applyStatus: (kind, object, write = {}) => applyTo(kind, object, { ...write, subresource: 'status' }),
    mergePatch: (kind, at, value, write = {}) => patch(kind, at, { type: 'merge', value }, write),
    jsonPatch: (kind, at, value, write = {}) => patch(kind, at, { type: 'json', value }, write),
    strategicPatch: (kind, at, value, write = {}) => patch(kind, at, { type: 'strategic', value }, write),
    getSubresource: <T extends KubeObject>(
      kind: KindRef<KubeObject>,
      at: ObjectAddress & { readonly subresource: string },
      { signal }: RequestOptions = {},
    ) => send<T>({ method: 'GET', path: resourcePath(kind, at), signal }),
    createSubresource: (kind, at, body, write = {}) => subresourceCall('POST', kind, at, { body, write }),
    updateSubresource: (kind, at, body, write = {}) => subresourceCall('PUT', kind, at, { body, write }),
    openWatch: (kind, at, { signal, projection, takesMessages = false, ...watch }) =>
      requester.stream({
        method: 'GET',
        path: resourcePath(kind, { namespace: at.namespace }, { watch: true, ...watch }),
        accept: projection === 'metadata' ? metadataOnly : undefined,
        signal,
        takesMessages,
      }),
    raw: (request) => requester.json(rawRequest(request)),
    rawStream: (request) => requester.stream(rawRequest(request)),
    as: (manager) => clientOf(requester, manager),
    impersonating: (user) =>
      clientOf(
        requester.withHeaders(impersonationHeaders(typeof user === 'string' ? { username: user } : user)),
        fieldManager,
      ),
  };
}

function withType(kind: KindRef<KubeObject>, object: object): object {
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  return { ...object, apiVersion, kind: kind.kind };
}

function addressOf(kind: KindRef<KubeObject>, object: { metadata: KubeObject['metadata'] }): ObjectAddress {
  const { name, namespace } = object.metadata;
  if (name === undefined) throw new TypeError(`${kind.kind} to write has no metadata.name`);
  return { name, namespace };
}

function deleteBody({ signal, dryRun, ...options }: DeleteOptions): { body: object; signal?: AbortSignal | undefined } {
  return {
    body: { apiVersion: 'v1', kind: 'DeleteOptions', ...options, ...(dryRun ? { dryRun: ['All'] } : {}) },
    signal,
  };
}
