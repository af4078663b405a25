/** Request and response bodies: JSON both ways, one read of the whole stream. */
import { decodeJson, encodeJson, type JsonValue } from '@kindred/machinery';

/** Reads a body to its end. */
export async function readAll(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** Any value made of JSON parts as bytes; members that are undefined are left out. */
export function encodeBody(value: unknown): Uint8Array {
  return encodeJson(value);
}

/** @throws DecodeError when the bytes are not one JSON document */
export function decodeBody(bytes: Uint8Array): JsonValue {
  return decodeJson(bytes).value;
}

/** A string of an answer; empty when it is missing or something else. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
