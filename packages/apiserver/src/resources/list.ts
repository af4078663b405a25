/**
 * GET of a collection. The stored bytes of the objects are sent as they are, in chunks, with a head and a tail around
 * them; nothing is parsed or serialised for a plain list.
 */
import { encodeJsonText, notAcceptable } from '@kindred/machinery';
import { acceptedMediaTypes, type Negotiated } from '../negotiation/accept.ts';
import { acceptsGzip, compressAbove, jsonResponse, negotiateFor, wantsPretty } from '../negotiation/encode.ts';
import { streamChunks, streamGzip } from '../negotiation/stream-chunks.ts';
import type { ApiResponse } from '../request/api-response.ts';
import type { ResourceList } from '../storage/resource-storage.ts';
import type { Selection } from '../storage/selection.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { columnDefinitionsJson, includeObjectOf, partialMetadataJson, rowJson } from '../tables/table.ts';
import { continueTokenOf, type ListOptions, readList, readListOptions } from './list-options.ts';
import type { ResourceRequest, ServedRequest } from './resource-request.ts';
import { selectionOf } from './selection-of-request.ts';

const newestWhole: ListOptions = { limit: 0, after: undefined, exactly: undefined, atLeast: 0 };

/** @throws StatusError 400, 406, 410, 422, 504. */
export async function list(request: ResourceRequest): Promise<ApiResponse> {
  const { exchange, storage, server } = request;
  const negotiated = negotiateFor(exchange.request);
  const selection = selectionOf(request);
  const options = exchange.request.rawQuery === '' ? newestWhole : readListOptions(exchange.request.query);
  const found = await readList(storage, server.apiStorage, selection, options);
  const metadata = listMetadata(found, isNarrowed(selection));
  return listResponse(request, negotiated, found.items, metadata);
}

/** Answers with these objects as a list in the form that the client wants. `metadata` as JSON text. */
export function listResponse(
  request: ServedRequest,
  negotiated: Negotiated,
  items: readonly StoredObject[],
  metadata: string,
): ApiResponse | Promise<ApiResponse> {
  const { exchange } = request;
  const shape = shapeOf(request, negotiated, metadata);
  const whole = negotiated.encoding === 'yaml' || wantsPretty(exchange.request);
  const chunks = chunksOf(shape, items);
  if (whole || sizeOf(items) <= compressAbove) {
    return jsonResponse(exchange.request, negotiated, Buffer.concat([...chunks]), 200);
  }
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (!acceptsGzip(exchange.request)) return { status: 200, headers, body: streamChunks(chunks) };
  headers['content-encoding'] = 'gzip';
  headers['vary'] = 'Accept-Encoding';
  return { status: 200, headers, body: streamGzip(chunks) };
}

function isNarrowed({ name, matchesLabels, fields }: Selection): boolean {
  return name !== undefined || matchesLabels !== undefined || fields !== undefined;
}

/** ListMeta as JSON text. How many remain is only known when nothing narrows the list. */
function listMetadata(found: ResourceList, narrowed: boolean): string {
  const token = continueTokenOf(found);
  return encodeJsonText({
    resourceVersion: String(found.revision),
    ...(token === undefined ? {} : { continue: token }),
    ...(token === undefined || narrowed ? {} : { remainingItemCount: found.remaining }),
  });
}

/** The text around the items, and what each item is in it. */
interface ListShape {
  readonly head: string;
  readonly tail: string;
  item(stored: StoredObject): Uint8Array;
}

function shapeOf(request: ServedRequest, { representation, version }: Negotiated, metadata: string): ListShape {
  const { resource, exchange, server } = request;
  const { definition } = resource;
  const meta = `meta.k8s.io/${version}`;
  if (representation === 'object') {
    const head = `{"kind":"${definition.listKind}","apiVersion":"${resource.apiVersion}","metadata":${metadata},"items":[`;
    return { head, tail: ']}\n', item: (stored) => resource.bytes(stored) };
  }
  if (representation === 'PartialObjectMetadataList') {
    const head = `{"kind":"PartialObjectMetadataList","apiVersion":"${meta}","metadata":${metadata},"items":[`;
    const item = (stored: StoredObject) => Buffer.from(partialMetadataJson(resource.read(stored), version));
    return { head, tail: ']}\n', item };
  }
  if (representation !== 'Table') throw notAcceptable(acceptedMediaTypes);
  const include = includeObjectOf(exchange.request.query.get('includeObject'));
  const row = { definition, include, version, now: server.clock.now() };
  return {
    head: `{"kind":"Table","apiVersion":"${meta}","metadata":${metadata},"columnDefinitions":${columnDefinitionsJson(definition)},"rows":[`,
    tail: ']}\n',
    item: (stored) => Buffer.from(rowJson(resource.read(stored), row)),
  };
}

/** Large enough that chunks cost little, small enough that the first one leaves soon. */
const chunkBytes = 64 * 1024;
const comma = Buffer.from(',');

function* chunksOf(shape: ListShape, items: readonly StoredObject[]): Generator<Uint8Array> {
  let parts: Uint8Array[] = [Buffer.from(shape.head)];
  let length = 0;
  let first = true;
  for (const stored of items) {
    const bytes = shape.item(stored);
    if (first) first = false;
    else parts.push(comma);
    parts.push(bytes);
    length += bytes.byteLength + 1;
    if (length < chunkBytes) continue;
    yield Buffer.concat(parts);
    parts = [];
    length = 0;
  }
  parts.push(Buffer.from(shape.tail));
  yield Buffer.concat(parts);
}

function sizeOf(items: readonly StoredObject[]): number {
  let size = 0;
  for (const { bytes } of items) {
    size += bytes.byteLength;
    if (size > compressAbove) break;
  }
  return size;
}
