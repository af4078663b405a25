/**
 * From a request's body to an object: decoding by media type, then the checks that the body is of the kind that the path
 * asks for. Everything that can be wrong with the bytes themselves is a 400 that says what and where.
 */
import {
  badRequest,
  DecodeError,
  decodeJson,
  decodeProtobufObject,
  decodeYaml,
  encodeJsonText,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type TypeTable,
  type Unstructured,
} from '@kindred/machinery';
import { bodyEncoding } from './media-type.ts';

export interface DecodeRequest {
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
  /** Types that protobuf bodies are decoded with; undefined refuses protobuf. */
  readonly typeTable: TypeTable | undefined;
  /** Look for fields that are given twice. */
  readonly duplicates: boolean;
}

export interface DecodedBody {
  readonly value: JsonValue;
  /** Paths of fields that came more than once. */
  readonly duplicateFields: readonly string[];
  /** The bytes are what would be written of the value, see `Decoded` of machinery. */
  readonly verbatim?: boolean;
}

/** @throws StatusError 400 for bytes that aren't what their media type says, 415 for an unknown media type. */
export function decodeBody(request: DecodeRequest): DecodedBody {
  const encoding = bodyEncoding(request.contentType, { protobuf: request.typeTable !== undefined });
  try {
    if (encoding === 'json') return decodeJson(request.bytes, { duplicates: request.duplicates });
    if (encoding === 'yaml') return decodeYaml(request.bytes);
    if (request.typeTable === undefined) throw new DecodeError('protobuf is not accepted here');
    return { value: decodeProtobufObject(request.bytes, request.typeTable) as JsonObject, duplicateFields: [] };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw badRequest(`error decoding the request body: ${error.message}`);
  }
}

export interface ExpectedKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * Checks that a decoded body is an object of the expected kind and gives it metadata when it has none. A body that leaves
 * out apiVersion and kind is taken for what the path says.
 *
 * @throws StatusError 400.
 */
export function objectOf(value: unknown, expected: ExpectedKind): Unstructured {
  if (!isJsonObject(value)) {
    throw badRequest(`the request body must be one ${expected.kind} object, found ${describe(value)}`);
  }
  const { apiVersion, kind } = value;
  if (kind === undefined || kind === '') value['kind'] = expected.kind;
  else if (kind !== expected.kind) {
    const version = textOf(apiVersion).split('/').at(-1) ?? '';
    const found = `${textOf(kind)} in version ${JSON.stringify(version)}`;
    throw badRequest(`${found} cannot be handled as a ${expected.kind}: the object provided is unrecognized`);
  }
  if (apiVersion === undefined || apiVersion === '') value['apiVersion'] = expected.apiVersion;
  else if (apiVersion !== expected.apiVersion) {
    throw badRequest(
      `the API version in the data (${textOf(apiVersion)}) does not match the expected API version (${expected.apiVersion})`,
    );
  }
  if (value['metadata'] === undefined || value['metadata'] === null) value['metadata'] = {};
  if (!isJsonObject(value['metadata']))
    throw badRequest(`metadata must be an object, found ${describe(value['metadata'])}`);
  // apiVersion, kind and metadata were just checked; the rest is unknown to the compiler anyway.
  return value as Record<string, unknown> as Unstructured;
}

/** A name as the client wrote it; what isn't even a text as JSON. */
export function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : encodeJsonText(value);
}

function describe(value: unknown): string {
  if (value === null) return 'nothing';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
