/**
 * The bodies of subresources that take one small object of their own kind: Scale, Binding, Eviction, TokenRequest.
 */
import { badRequest, isJsonObject, type Unstructured } from '@kindred/machinery';
import { decodeBody, type ExpectedKind, objectOf } from '../decoding/decode-object.ts';
import type { ResourceRequest } from './resource-request.ts';

/**
 * Reads the request's body as an object of one of the kinds; what names none of them is taken for the first.
 *
 * @throws StatusError 400, 413, 415.
 */
export async function bodyObject(
  { exchange, server }: Pick<ResourceRequest, 'exchange' | 'server'>,
  kind: ExpectedKind,
  ...others: readonly ExpectedKind[]
): Promise<Unstructured> {
  const bytes = await exchange.request.body();
  if (bytes.byteLength === 0) throw badRequest(`the request body must be one ${kind.kind} object, found nothing`);
  const contentType = exchange.request.headers['content-type'];
  const { value } = decodeBody({ bytes, contentType, typeTable: server.typeTable, duplicates: false });
  const named = others.find(({ apiVersion }) => isJsonObject(value) && value['apiVersion'] === apiVersion);
  return objectOf(value, named ?? kind);
}
