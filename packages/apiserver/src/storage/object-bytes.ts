/**
 * An object's JSON bytes, as stored and as served. Both begin `{"kind":…,"apiVersion":…,"metadata":{`; the stored ones
 * have no resourceVersion, since the store alone knows it, and the served ones have it as the first field of metadata.
 * So serving an object needs no parsing: the version is spliced in once for each write.
 */
import { encodeJsonText, type ObjectMeta, sharedManagersText, type Unstructured } from '@kindred/machinery';

const metadataStart = '"metadata":{';
const metadataName = '"metadata":';
const firstMembers = ['"apiVersion":', '"kind":', metadataName];
const versionStart = Buffer.from('"resourceVersion":"');
const openingBrace = 0x7b;
const closingBrace = 0x7d;
const backslash = 0x5c;
const newline = 0x0a;
const quote = 0x22;
const digitZero = 0x30;
const comma = 0x2c;

/**
 * The bytes to store: the canonical order of the first fields, and no resourceVersion. The object isn't changed.
 *
 * @param rest what `bytesBehindMetadata` gives for the object's text: spares writing it again.
 */
export function encodeStored(object: Unstructured, rest?: Uint8Array): Uint8Array {
  const { kind, apiVersion, metadata } = object;
  let text = `{"kind":${encodeJsonText(kind)},"apiVersion":${encodeJsonText(apiVersion)},"metadata":${metadataText(metadata)}`;
  if (rest !== undefined) return joined(text, rest);
  // Part by part: a copy of the object in that order costs more than its parts' own calls.
  for (const field in object) {
    const value = object[field];
    if (field === 'kind' || field === 'apiVersion' || field === 'metadata' || value === undefined) continue;
    text += `,${encodeJsonText(field)}:${encodeJsonText(value)}`;
  }
  return Buffer.from(`${text}}`);
}

function joined(text: string, rest: Uint8Array): Uint8Array {
  const length = Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(length + rest.byteLength);
  bytes.write(text, 0);
  bytes.set(rest, length);
  return bytes;
}

/**
 * What stands behind the metadata in the verbatim text of an object (`Decoded` of machinery): the other members,
 * each with the comma before it, and the closing brace. A view, not a copy. Undefined when the text doesn't begin with
 * apiVersion, kind and metadata, in whatever order.
 */
export function bytesBehindMetadata(bytes: Uint8Array): Uint8Array | undefined {
  let at = 1;
  // No member comes twice, so the first three are these three when each is one of them.
  for (let member = 0; member < firstMembers.length; member++, at++) {
    const name = firstMembers.find((first) => startsWith(bytes, at, first));
    if (name === undefined) return undefined;
    at += name.length;
    if (name === metadataName ? bytes[at] !== openingBrace : bytes[at] !== quote) return undefined;
    at = name === metadataName ? endOfObject(bytes, at) : endOfString(bytes, at) + 1;
  }
  const end = bytes[bytes.byteLength - 1] === newline ? bytes.byteLength - 1 : bytes.byteLength;
  return bytes.subarray(at - 1, end);
}

function startsWith(bytes: Uint8Array, from: number, text: string): boolean {
  for (let at = 0; at < text.length; at++) if (bytes[from + at] !== text.charCodeAt(at)) return false;
  return true;
}

function metadataText(metadata: ObjectMeta): string {
  if (metadata.resourceVersion === undefined) return textWithManagers(metadata);
  const { resourceVersion: _known, ...stored } = metadata;
  return encodeJsonText(stored);
}

/** Managers that new objects share have been written before, and are half of the metadata. */
function textWithManagers(metadata: ObjectMeta): string {
  const { managedFields } = metadata;
  const managers = managedFields === undefined ? undefined : sharedManagersText(managedFields);
  if (managers === undefined) return encodeJsonText(metadata);
  // Out of sight for a moment: a copy without them costs as much as is gained.
  const holder: { managedFields?: unknown } = metadata;
  holder.managedFields = undefined;
  try {
    const text = encodeJsonText(metadata);
    return `${text.slice(0, -1)}${text === '{}' ? '' : ','}"managedFields":${managers}}`;
  } finally {
    holder.managedFields = managedFields;
  }
}

/** The bytes to serve: `stored` with this revision as resourceVersion. */
export function spliceResourceVersion(stored: Uint8Array, revision: number): Uint8Array {
  const at = metadataOffset(stored);
  const isOnly = stored[at] === closingBrace;
  const digits = digitsOf(revision);
  const inserted = versionStart.byteLength + digits + (isOnly ? 1 : 2);
  // Every write comes here: all of it is copied, then its short head again, which makes no views of the parts.
  const served = allocate(stored.byteLength + inserted);
  served.set(stored, inserted);
  served.copyWithin(0, inserted, inserted + at);
  served.set(versionStart, at);
  const end = at + versionStart.byteLength + digits;
  for (let place = end - 1, left = revision; place >= end - digits; place--) {
    const rest = Math.floor(left / 10);
    served[place] = digitZero + (left - rest * 10);
    left = rest;
  }
  served[end] = quote;
  if (!isOnly) served[end + 1] = comma;
  return served;
}

/** How many digits a revision has in decimal. */
function digitsOf(revision: number): number {
  let digits = 1;
  for (let left = revision; left >= 10; left = Math.floor(left / 10)) digits++;
  return digits;
}

/** Not from Buffer's pool: these bytes live long and would keep whole pool pages alive. */
function allocate(size: number): Buffer {
  return Buffer.allocUnsafeSlow(size);
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
  // Byte by byte: it begins within the first hundred, and asking natively costs more than they do.
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === quote && startsWith(bytes, at, metadataStart)) return at + metadataStart.length;
  }
  throw new TypeError('stored object has no metadata');
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

/** Offset of the quote that closes the string which opens at `start`. Byte by byte: most strings are short. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (bytes[at] !== quote && at < bytes.length) at += bytes[at] === backslash ? 2 : 1;
  return at;
}

function replaced(bytes: Uint8Array, from: number, to: number, text: string): Uint8Array {
  const result = allocate(bytes.byteLength - (to - from) + text.length);
  result.set(bytes.subarray(0, from), 0);
  result.write(text, from, 'latin1');
  result.set(bytes.subarray(to), from + text.length);
  return result;
}
