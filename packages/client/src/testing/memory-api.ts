/**
 * A small API server in memory behind the Transport port, for tests of clients and controllers: collections with resource
 * versions, paged lists, label selectors of lists, watches with bookmarks and streaming lists, finalizers, merge patch and a plain form of apply; and
 * the faults that real ones show. It knows no schemas, admission or garbage collection: `@kindred/apiserver` does.
 */
import { decodeJson, encodeJson, formatTime, parseLabelSelector } from '@kindred/machinery';
import type { Transport, TransportRequest, TransportResponse } from '../transport.ts';
import { ByteStream } from './byte-stream.ts';
import { applyIntent, type MemoryObject, mergeInto, pathOf, type RequestPath, withoutNulls } from './memory-object.ts';

interface HistoryEvent {
  readonly version: number;
  readonly collection: string;
  readonly namespace: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: MemoryObject;
}

interface Watcher {
  readonly collection: string;
  readonly namespace: string;
  readonly stream: ByteStream;
}

/** What a test wants to go wrong. Answers a response to send instead, or undefined to let the request through. */
export type Fault = (request: TransportRequest) => TransportResponse | Error | undefined;

export interface MemoryApiOptions {
  /** False behaves as servers before streaming lists do. */
  readonly streamingLists?: boolean;
  /** Milliseconds since the epoch, for creation and deletion times. */
  readonly now?: () => number;
}

export class MemoryApi implements Transport {
  /** Every request, in order. */
  readonly requests: TransportRequest[] = [];
  /** Looked at before each request. */
  fault: Fault | undefined;
  readonly #options: MemoryApiOptions;
  readonly #collections = new Map<string, Map<string, MemoryObject>>();
  readonly #watchers = new Set<Watcher>();
  /** Collections that are held back, with the version since when. */
  readonly #silent = new Map<string, number>();
  #history: HistoryEvent[] = [];
  #oldest = 0;
  #version = 1;

  constructor(options: MemoryApiOptions = {}) {
    this.#options = options;
  }

  get openWatches(): number {
    return this.#watchers.size;
  }

  /** Requests that change something. */
  get writes(): TransportRequest[] {
    return this.requests.filter(({ method }) => method !== 'GET');
  }

  /** Lets everything up to now be forgotten: watches from older versions are answered with 410. */
  compact(): void {
    this.#history = [];
    this.#oldest = this.#version;
  }

  /** Ends all watches, as a server that shuts down, or with the error of a broken connection. */
  dropWatches(error?: Error): void {
    for (const watcher of this.#watchers) watcher.stream.end(error);
    this.#watchers.clear();
  }

  /** Cuts watches off without telling either side: the watcher's stream stays open and silent. */
  silenceWatches(): void {
    this.#watchers.clear();
  }

  /** Holds back what the watches of a collection should be told, until it is resumed. */
  silenceWatchesOf(collection: string): void {
    this.#silent.set(collection, this.#version);
  }

  resumeWatchesOf(collection: string): void {
    const since = this.#silent.get(collection) ?? this.#version;
    this.#silent.delete(collection);
    for (const event of this.#history) if (event.version > since && event.collection === collection) this.#tell(event);
  }

  /** Sends these bytes into all watches. */
  inject(text: string): void {
    for (const watcher of this.#watchers) watcher.stream.push(Buffer.from(text));
  }

  bookmark(): void {
    const object = { kind: 'Bookmark', metadata: { resourceVersion: String(this.#version) } };
    this.inject(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }

  request(request: TransportRequest): Promise<TransportResponse> {
    this.requests.push(request);
    const fault = this.fault?.(request);
    if (fault instanceof Error) return Promise.reject(fault);
    if (fault !== undefined) return Promise.resolve(fault);
    if (request.signal?.aborted) return Promise.reject(request.signal.reason as Error);
    return Promise.resolve(this.#handle(request));
  }

  close(): Promise<void> {
    this.dropWatches();
    return Promise.resolve();
  }

  #handle(request: TransportRequest): TransportResponse {
    const path = pathOf(request.path);
    if (path === undefined) return failure(404, 'NotFound', 'the server could not find the requested resource');
    if (request.method === 'GET' && path.name === undefined) {
      return path.query.get('watch') === 'true' ? this.#watch(path, request.signal) : this.#list(path);
    }
    const body = bodyOf(request);
    switch (request.method) {
      case 'GET':
        return this.#respond(this.#find(path), path);
      case 'POST':
        return this.#create(path, body);
      case 'PUT':
        return this.#update(path, body);
      case 'PATCH':
        return this.#patch(path, body, String(request.headers['content-type'] ?? ''));
      case 'DELETE':
        return this.#delete(path, body);
    }
  }

  #list(path: RequestPath): TransportResponse {
    const selector = parseLabelSelector(path.query.get('labelSelector') ?? '');
    const all = this.#matching(path).filter(({ metadata }) => selector.matches(metadata.labels));
    const limit = Number(path.query.get('limit') ?? 0) || all.length;
    const [version = String(this.#version), start = '0'] = (path.query.get('continue') ?? '')
      .split(':')
      .filter(Boolean);
    if (Number(version) < this.#oldest) return failure(410, 'Expired', 'The provided continue parameter is too old');
    const end = Number(start) + limit;
    const metadata = { resourceVersion: version, ...(end < all.length ? { continue: `${version}:${end}` } : {}) };
    return json(200, { kind: 'List', apiVersion: 'v1', metadata, items: all.slice(Number(start), end) });
  }

  #watch(path: RequestPath, signal: AbortSignal | undefined): TransportResponse {
    const initial = path.query.get('sendInitialEvents') === 'true';
    if (initial && this.#options.streamingLists === false) {
      return failure(422, 'Invalid', 'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch');
    }
    const from = path.query.get('resourceVersion') ?? '';
    if (from !== '' && Number(from) < this.#oldest) return watchError();
    const stream = new ByteStream(() => this.#watchers.delete(watcher));
    const watcher = { collection: path.collection, namespace: path.namespace, stream };
    this.#watchers.add(watcher);
    if (signal?.aborted) stream.end(signal.reason as Error);
    signal?.addEventListener('abort', () => stream.end(signal.reason as Error), { once: true });
    if (from === '') for (const object of this.#matching(path)) stream.push(line('ADDED', object));
    else for (const event of this.#history) if (event.version > Number(from)) send(watcher, event);
    if (initial) {
      const annotations = { 'k8s.io/initial-events-end': 'true' };
      stream.push(
        line('BOOKMARK', { kind: 'Bookmark', metadata: { resourceVersion: String(this.#version), annotations } }),
      );
    }
    return { status: 200, headers: { 'content-type': 'application/json' }, body: stream };
  }

  #create(path: RequestPath, body: MemoryObject): TransportResponse {
    if (path.name !== undefined) return failure(405, 'MethodNotAllowed', 'no such subresource');
    const name = body.metadata.name ?? `${body.metadata.generateName}${this.#version.toString(36)}`;
    const at = { ...path, name };
    if (this.#find(at) !== undefined) {
      return failure(409, 'AlreadyExists', `${path.collection} "${name}" already exists`);
    }
    return json(201, this.#store(at, { ...body, metadata: { ...body.metadata, name } }, undefined));
  }

  #update(path: RequestPath, body: MemoryObject): TransportResponse {
    const old = this.#find(path);
    if (old === undefined) return this.#respond(old, path);
    const { resourceVersion } = body.metadata;
    if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
      return failure(409, 'Conflict', 'the object has been modified; please apply your changes to the latest version');
    }
    const next = path.subresource === 'status' ? { ...old, status: body.status } : { ...body, status: old.status };
    return json(200, this.#store(path, next, old));
  }

  #patch(path: RequestPath, body: MemoryObject, contentType: string): TransportResponse {
    const old = this.#find(path);
    const manager = path.query.get('fieldManager') ?? '';
    if (contentType.startsWith('application/apply-patch')) {
      const merged = applyIntent(old, body, { manager, subresource: path.subresource ?? '' });
      return json(old === undefined ? 201 : 200, this.#store(path, merged, old));
    }
    if (old === undefined) return this.#respond(old, path);
    const wanted = body.metadata.resourceVersion;
    if (wanted !== undefined && wanted !== old.metadata.resourceVersion) {
      return failure(409, 'Conflict', 'the object has been modified; please apply your changes to the latest version');
    }
    return json(200, this.#store(path, mergeInto(old, body), old));
  }

  #delete(path: RequestPath, body: MemoryObject): TransportResponse {
    const old = this.#find(path);
    if (old === undefined) return this.#respond(old, path);
    const wanted = (body as { preconditions?: { uid?: string } }).preconditions?.uid;
    if (wanted !== undefined && wanted !== old.metadata.uid)
      return failure(409, 'Conflict', 'Precondition failed: UID');
    if ((old.metadata.finalizers ?? []).length === 0) return json(200, this.#remove(path, old));
    if (old.metadata.deletionTimestamp !== undefined) return json(200, old);
    const metadata = { ...old.metadata, deletionTimestamp: this.#timestamp() };
    return json(200, this.#store(path, { ...old, metadata }, old));
  }

  #store(path: RequestPath, wanted: MemoryObject, old: MemoryObject | undefined): MemoryObject {
    const object = withoutNulls(wanted);
    const namespace = path.namespace === '' ? {} : { namespace: path.namespace };
    const name = path.name ?? '';
    const changedSpec = JSON.stringify(old?.spec) !== JSON.stringify(object.spec);
    const metadata = {
      ...object.metadata,
      ...namespace,
      name,
      uid: old?.metadata.uid ?? `uid-${this.#version + 1}`,
      creationTimestamp: old?.metadata.creationTimestamp ?? this.#timestamp(),
      generation: (old?.metadata.generation ?? 0) + (changedSpec || old === undefined ? 1 : 0),
    };
    const unchanged = { ...object, metadata: { ...metadata, resourceVersion: old?.metadata.resourceVersion } };
    if (old !== undefined && sorted(unchanged) === sorted(old)) return old;
    const going = metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0;
    if (going) return this.#remove(path, { ...object, metadata });
    const stored = { ...object, metadata: { ...metadata, resourceVersion: String(++this.#version) } };
    this.#collection(path.collection).set(`${path.namespace}/${name}`, stored);
    this.#emit(path, old === undefined ? 'ADDED' : 'MODIFIED', stored);
    return stored;
  }

  #remove(path: RequestPath, old: MemoryObject): MemoryObject {
    const gone = { ...old, metadata: { ...old.metadata, resourceVersion: String(++this.#version) } };
    this.#collection(path.collection).delete(`${path.namespace}/${path.name}`);
    this.#emit(path, 'DELETED', gone);
    return gone;
  }

  #emit(path: RequestPath, type: HistoryEvent['type'], object: MemoryObject): void {
    const event = { version: this.#version, collection: path.collection, namespace: path.namespace, type, object };
    this.#history.push(event);
    if (!this.#silent.has(path.collection)) this.#tell(event);
  }

  #tell(event: HistoryEvent): void {
    for (const watcher of this.#watchers) send(watcher, event);
  }

  #matching({ collection, namespace }: RequestPath): MemoryObject[] {
    const all = [...this.#collection(collection).values()];
    return namespace === '' ? all : all.filter((object) => object.metadata.namespace === namespace);
  }

  #find(path: RequestPath): MemoryObject | undefined {
    return this.#collection(path.collection).get(`${path.namespace}/${path.name}`);
  }

  #respond(object: MemoryObject | undefined, { collection, name }: RequestPath): TransportResponse {
    if (object !== undefined) return json(200, object);
    return failure(404, 'NotFound', `${collection} "${name}" not found`);
  }

  #collection(name: string): Map<string, MemoryObject> {
    const collection = this.#collections.get(name) ?? new Map<string, MemoryObject>();
    this.#collections.set(name, collection);
    return collection;
  }

  #timestamp(): string {
    return formatTime(this.#options.now?.() ?? 0);
  }
}

/** Tests send objects; other bodies (DeleteOptions) are only looked into with care. */
function bodyOf({ body }: TransportRequest): MemoryObject {
  const value: object = body === undefined ? {} : Object(decodeJson(body).value);
  return { metadata: {}, ...value };
}

function send(watcher: Watcher, event: HistoryEvent): void {
  if (watcher.collection !== event.collection) return;
  if (watcher.namespace !== '' && watcher.namespace !== event.namespace) return;
  watcher.stream.push(line(event.type, event.object));
}

function line(type: string, object: object): Buffer {
  return Buffer.concat([encodeJson({ type, object }), Buffer.from('\n')]);
}

function watchError(): TransportResponse {
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    reason: 'Expired',
    code: 410,
    message: 'too old',
  };
  const stream = new ByteStream(() => undefined);
  stream.push(line('ERROR', status));
  stream.end();
  return { status: 200, headers: {}, body: stream };
}

/** A Status answer, also for faults that tests make. */
export function failure(
  code: number,
  reason: string,
  message: string,
  headers: Record<string, string> = {},
): TransportResponse {
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    reason,
    message,
    code,
    details: {},
  };
  return { ...json(code, status), headers };
}

function json(status: number, value: unknown): TransportResponse {
  const stream = new ByteStream(() => undefined);
  stream.push(encodeJson(value));
  stream.end();
  return { status, headers: { 'content-type': 'application/json' }, body: stream };
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
