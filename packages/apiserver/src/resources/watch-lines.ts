/**
 * The lines of a watch: each event as the client's representation shows it, encoded once for all who watch alike.
 */
import { encodeJson, encodeJsonText, notAcceptable, type Status } from '@kindred/machinery';
import { acceptedMediaTypes, type Negotiated } from '../negotiation/accept.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { type BookmarkEvent, encodeEventLine, type ObjectEvent } from '../storage/watch-event.ts';
import {
  columnDefinitionsJson,
  includeObjectOf,
  oneRowTableJson,
  partialMetadataBytes,
  rowJson,
} from '../tables/table.ts';
import type { ServedRequest } from './resource-request.ts';

/** A resource without storage has versions of its own. */
export type ShownBookmark = Omit<BookmarkEvent, 'revision'> & { readonly revision: number | string };

export type LineOf = (event: ObjectEvent | ShownBookmark) => Uint8Array;

/** The function that makes this watch's lines. @throws StatusError 406. */
export function watchLines(request: ServedRequest, negotiated: Negotiated): LineOf {
  const { representation, version } = negotiated;
  if (negotiated.encoding !== 'json') throw notAcceptable(['application/json', 'application/json;stream=watch']);
  if (representation === 'object') return objectLines(request);
  if (representation === 'PartialObjectMetadata') return metadataLines(request, version);
  if (representation === 'Table') return tableLines(request, version);
  throw notAcceptable(acceptedMediaTypes);
}

/** The last line of a watch that failed. */
export function errorLine(status: Status): Uint8Array {
  return encodeEventLine('ERROR', encodeJson(status));
}

function objectLines({ resource }: ServedRequest): LineOf {
  const { kind } = resource.definition;
  return (event) => (event.type === 'BOOKMARK' ? bookmarkLine(event, kind, resource.apiVersion) : resource.line(event));
}

function metadataLines({ resource }: ServedRequest, version: string): LineOf {
  const name = `metadata/${version}/${resource.apiVersion}`;
  const encode = (stored: StoredObject) => partialMetadataBytes(resource.metadata(stored), version);
  return (event) =>
    event.type === 'BOOKMARK'
      ? bookmarkLine(event, 'PartialObjectMetadata', `meta.k8s.io/${version}`)
      : event.lineAs(name, encode);
}

/** Columns are described in the first event only. */
function tableLines({ resource, exchange, server }: ServedRequest, version: string): LineOf {
  const { definition } = resource;
  const include = includeObjectOf(exchange.request.query.get('includeObject'));
  const name = `table/${version}/${include}/${resource.apiVersion}`;
  const table = (stored: StoredObject, columns: string): Uint8Array => {
    const object = resource.read(stored);
    const row = rowJson(object, { definition, include, version, now: server.clock.now() });
    return Buffer.from(oneRowTableJson(row, columns, object.metadata.resourceVersion ?? '', version));
  };
  let first = true;
  return (event) => {
    if (event.type === 'BOOKMARK') return tableBookmark(event, version);
    if (!first) return event.lineAs(name, (stored) => table(stored, 'null'));
    first = false;
    return encodeEventLine(event.type, table(event.stored, columnDefinitionsJson(definition)));
  };
}

function bookmarkLine(event: ShownBookmark, kind: string, apiVersion: string): Uint8Array {
  return encodeEventLine('BOOKMARK', encodeJson({ kind, apiVersion, metadata: bookmarkMetadata(event) }));
}

function tableBookmark(event: ShownBookmark, version: string): Uint8Array {
  const metadata = encodeJsonText({ resourceVersion: String(event.revision) });
  const apiVersion = `meta.k8s.io/${version}`;
  const row = event.initialEventsEnd
    ? `{"cells":[],"object":${encodeJsonText({ kind: 'PartialObjectMetadata', apiVersion, metadata: bookmarkMetadata(event) })}}`
    : '';
  return encodeEventLine(
    'BOOKMARK',
    Buffer.from(
      `{"kind":"Table","apiVersion":"${apiVersion}","metadata":${metadata},"columnDefinitions":null,"rows":[${row}]}`,
    ),
  );
}

function bookmarkMetadata({ revision, initialEventsEnd }: ShownBookmark): object {
  return {
    resourceVersion: String(revision),
    ...(initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  };
}
