/**
 * Bytes of an answer, in the encoding that the client wants: compact JSON by default, indented with `pretty`, YAML;
 * gzip for large answers to those who take it.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { decodeJson, encodeJson, encodeYaml, notAcceptable } from '@kindred/machinery';
import type { ApiRequest } from '../request/api-request.ts';
import type { ApiResponse } from '../request/api-response.ts';
import { acceptedMediaTypes, type Negotiated, negotiate } from './accept.ts';

const gzipAsync = promisify(gzip);

/** Compresses at the fastest level. */
export function gzipBytes(bytes: Uint8Array): Promise<Uint8Array> {
  return gzipAsync(bytes, { level: 1 });
}

/** Answers below this size aren't worth compressing. */
export const compressAbove = 128 * 1024;

/** @throws StatusError 406. */
export function negotiateFor(request: ApiRequest): Negotiated {
  const negotiated = negotiate(request.headers['accept']);
  if (negotiated === undefined) throw notAcceptable(acceptedMediaTypes);
  return negotiated;
}

/** True when the client wants indented JSON. */
export function wantsPretty(request: ApiRequest): boolean {
  if (request.rawQuery === '' || !request.rawQuery.includes('pretty')) return false;
  const pretty = request.query.get('pretty');
  return pretty === 'true' || pretty === '1' || pretty === '';
}

export function acceptsGzip(request: ApiRequest): boolean {
  return request.headers['accept-encoding']?.includes('gzip') ?? false;
}

/** An answer out of compact JSON bytes, re-encoded only when the client asks for another form. */
export function jsonResponse(
  request: ApiRequest,
  negotiated: Negotiated,
  bytes: Uint8Array,
  status: number,
): ApiResponse | Promise<ApiResponse> {
  const encoded = reencode(request, negotiated, bytes);
  const headers: Record<string, string> = { 'content-type': `application/${negotiated.encoding}` };
  if (encoded.byteLength <= compressAbove || !acceptsGzip(request)) return { status, headers, body: encoded };
  headers['content-encoding'] = 'gzip';
  headers['vary'] = 'Accept-Encoding';
  return gzipBytes(encoded).then((body) => ({ status, headers, body }));
}

/** An answer out of a value. */
export function valueResponse(request: ApiRequest, value: unknown, status = 200): ApiResponse | Promise<ApiResponse> {
  return jsonResponse(request, negotiateFor(request), encodeJson(value), status);
}

/** The bytes as the client wants them. */
export function reencode(request: ApiRequest, negotiated: Negotiated, bytes: Uint8Array): Uint8Array {
  if (negotiated.encoding === 'yaml') return Buffer.from(encodeYaml(decodeJson(bytes).value));
  if (!wantsPretty(request)) return bytes;
  const { value } = decodeJson(bytes);
  const text = JSON.stringify(
    value,
    (_key, member: unknown) => (typeof member === 'bigint' ? Number(member) : member),
    2,
  );
  return Buffer.from(`${text}\n`);
}
