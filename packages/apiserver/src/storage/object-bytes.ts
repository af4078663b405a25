/**
 * An object's JSON bytes, as stored and as served. Both begin `{"kind":…,"apiVersion":…,"metadata":{`; the stored ones
 * have no resourceVersion, since the store alone knows it, and the served ones have it as the first field of metadata.
 * So serving an object needs no parsing: the version is spliced in once for each write.
 */
import { encodeJsonText, type ObjectMeta, type Unstructured } from '@kindred/machinery';

const metadataStart = Buffer.from('"metadata":{');
const versionStart = Buffer.from('"resourceVersion":"');
const openingBrace = 0x7b;
const closingBrace = 0x7d;
const backslash = 0x5c;
const quote = 0x22;
const comma = 0x2c;

/** The bytes to store: the canonical order of the first fields, and no resourceVersion. The object isn't changed. */
export function encodeStored(object: Unstructured): Uint8Array {
  const { kind, apiVersion, metadata } = object;
  let text = `{"kind":${encodeJsonText(kind)},"apiVersion":${encodeJsonText(apiVersion)},"metadata":${metadataText(metadata)}`;
  // Part by part: a copy of the object in that order costs more than its parts' own calls.
  for (const field in object) {
    const value = object[field];
    if (field === 'kind' || field === 'apiVersion' || field === 'metadata' || value === undefined) continue;
    text += `,${encodeJsonText(field)}:${encodeJsonText(value)}`;
  }
  return Buffer.from(`${text}}`);
}

function metadataText(metadata: ObjectMeta): string {
  if (metadata.resourceVersion === undefined) return encodeJsonText(metadata);
  const { resourceVersion: _known, ...stored } = metadata;
  return encodeJsonText(stored);
}

/** The bytes to serve: `stored` with this revision as resourceVersion. */
export function spliceResourceVersion(stored: Uint8Array, revision: number): Uint8Array {
  const at = metadataOffset(stored);
  const version = `"resourceVersion":"${revision}"${stored[at] === closingBrace ? '' : ','}`;
  return replaced(stored, at, at, version);
}

/** Served bytes with another revision in place of theirs. */
export function replaceResourceVersion(served: Uint8Array, revision: number): Uint8Array {
  const from = metadataOffset(served) + versionStart.byteLength;
  return replaced(served, from, served.indexOf(quote, from), String(revision));
}

/** The JSON of the metadata within served or stored bytes: a view of them, not a copy. */
export function metadataBytes(bytes: Uint8Array): Uint8Array {
  const start = metadataOffset(bytes) - 1;
  return bytes.subarray(start, endOfObject(bytes, start));
}

/** Whether `served` is `stored` with some resourceVersion spliced in: then writing `stored` would change nothing. */
export function sameContent(served: Uint8Array, stored: Uint8Array): boolean {
  const from = metadataOffset(served);
  let to = served.indexOf(quote, from + versionStart.byteLength) + 1;
  if (served[to] === comma) to++;
  if (served.byteLength - (to - from) !== stored.byteLength) return false;
  return (
    Buffer.compare(served.subarray(0, from), stored.subarray(0, from)) === 0 &&
    Buffer.compare(served.subarray(to), stored.subarray(from)) === 0
  );
}

/** Offset of the first byte inside metadata's braces. Quotes in strings are escaped, so the first match is the field. */
function metadataOffset(bytes: Uint8Array): number {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = view.indexOf(metadataStart);
  if (at < 0) throw new TypeError('stored object has no metadata');
  return at + metadataStart.byteLength;
}

/** Offset behind the brace that closes the object which opens at `start`. The bytes are valid JSON. */
function endOfObject(bytes: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) at = endOfString(bytes, at);
    else if (byte === openingBrace) depth++;
    else if (byte === closingBrace && --depth === 0) return at + 1;
  }
  throw new TypeError('stored object ends within its metadata');
}

/** Offset of the quote that closes the string which opens at `start`. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = bytes.indexOf(quote, start + 1);
  while (isEscaped(bytes, at)) at = bytes.indexOf(quote, at + 1);
  return at;
}

/** Whether an odd number of backslashes stands before. */
function isEscaped(bytes: Uint8Array, at: number): boolean {
  let first = at;
  while (bytes[first - 1] === backslash) first--;
  return (at - first) % 2 === 1;
}

function replaced(bytes: Uint8Array, from: number, to: number, text: string): Uint8Array {
  // Not from Buffer's pool: these bytes live long and would keep whole pool pages alive.
  const result = Buffer.allocUnsafeSlow(bytes.byteLength - (to - from) + text.length);
  result.set(bytes.subarray(0, from), 0);
  result.write(text, from, 'latin1');
  result.set(bytes.subarray(to), from + text.length);
  return result;
}
