/**
 * The body's media type, from `Content-Type`: which decoder reads it, or which kind of patch it is.
 */
import { unsupportedMediaType } from '@kindred/machinery';

export type BodyEncoding = 'json' | 'yaml' | 'protobuf';

const protobufType = 'application/vnd.kubernetes.protobuf';

/** Lower case, without parameters. */
export function mediaTypeOf(contentType: string | undefined): string {
  const semicolon = contentType?.indexOf(';') ?? -1;
  return (semicolon < 0 ? (contentType ?? '') : (contentType ?? '').slice(0, semicolon)).trim().toLowerCase();
}

/**
 * How an object's body is encoded. No Content-Type means JSON.
 *
 * @throws StatusError 415.
 */
export function bodyEncoding(contentType: string | undefined, accepted: { protobuf: boolean }): BodyEncoding {
  if (contentType === 'application/json') return 'json';
  const type = mediaTypeOf(contentType);
  if (type === '' || type === 'application/json') return 'json';
  if (type === 'application/yaml') return 'yaml';
  if (type === protobufType && accepted.protobuf) return 'protobuf';
  const known = ['application/json', 'application/yaml'];
  throw unsupportedMediaType(accepted.protobuf ? [...known, protobufType] : known);
}
