/**
 * Tables: how a list shows on a terminal, one row an object (`meta.k8s.io/v1` Table; "Receiving resources as Tables",
 * Kubernetes documentation).
 */
import type { KindDefinition } from '@kindred/apis';
import { badRequest, encodeJsonText, type Unstructured } from '@kindred/machinery';

const closingBrace = 0x7d;

/** How much of each object comes with its row. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** @throws StatusError 400 for a value that there isn't. */
export function includeObjectOf(text: string | null): IncludeObject {
  if (text === null || text === '') return 'Metadata';
  if (text === 'None' || text === 'Metadata' || text === 'Object') return text;
  throw badRequest(`unrecognized includeObject value: ${JSON.stringify(text)}`);
}

/** The `columnDefinitions` of the kind, as JSON text. */
export function columnDefinitionsJson(definition: KindDefinition): string {
  return encodeJsonText(
    definition.columns.map(({ name, type, format, description, priority }) => ({
      name,
      type,
      format,
      description,
      priority,
    })),
  );
}

export interface RowOptions {
  readonly definition: KindDefinition;
  readonly include: IncludeObject;
  /** Version of meta.k8s.io for the rows' metadata. */
  readonly version: string;
  /** Milliseconds since the epoch, for ages. */
  readonly now: number;
}

/** One row, as JSON text. */
export function rowJson(object: Unstructured, { definition, include, version, now }: RowOptions): string {
  const cells = encodeJsonText(definition.cells(object, now));
  if (include === 'None') return `{"cells":${cells},"object":null}`;
  const shown = include === 'Object' ? encodeJsonText(object) : partialMetadataJson(object, version);
  return `{"cells":${cells},"object":${shown}}`;
}

/** The object's metadata alone, as JSON text of a PartialObjectMetadata. */
export function partialMetadataJson(object: Unstructured, version: string): string {
  const metadata = encodeJsonText(object.metadata);
  return `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${version}","metadata":${metadata}}`;
}

/** The same out of the metadata's JSON, as bytes. */
export function partialMetadataBytes(metadata: Uint8Array, version: string): Uint8Array {
  const head = `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${version}","metadata":`;
  const bytes = Buffer.allocUnsafe(head.length + metadata.byteLength + 1);
  bytes.write(head, 0, 'latin1');
  bytes.set(metadata, head.length);
  bytes[bytes.length - 1] = closingBrace;
  return bytes;
}

/** A whole Table of one row. `columns` as JSON text; a watch sends them in its first event only. */
export function oneRowTableJson(row: string, columns: string, resourceVersion: string, version: string): string {
  const metadata = encodeJsonText({ resourceVersion });
  return `{"kind":"Table","apiVersion":"meta.k8s.io/${version}","metadata":${metadata},"columnDefinitions":${columns},"rows":[${row}]}`;
}
