/**
 * Subresources that functions serve: `POST releases/web/rollback`, `GET releases/web/values`. A body is an object of the
 * subresource's kind; the answer is an object of whatever kind, or bytes of another media type.
 */
import { deepCopy, invalid, type KubeObject, methodNotSupported, type Unstructured } from '@kindred/machinery';
import { valueResponse } from '../negotiation/encode.ts';
import type { ApiResponse } from '../request/api-response.ts';
import { acceptObject, incomingObject } from '../resources/incoming-object.ts';
import { settleName, settleNamespace } from '../resources/metadata-rules.ts';
import { applyPatchDocument, patchKindOf, readPatch } from '../resources/patch-documents.ts';
import type { ServedRequest } from '../resources/resource-request.ts';
import type { ServedKind } from '../resources/served-kind.ts';
import { ServedResource } from '../resources/served-resource.ts';
import { readWriteOptions, type WriteOptions } from '../resources/write-options.ts';
import { answeredObject, typedObject } from './virtual-objects.ts';

/** Bytes that are no object: a log, a file. */
export interface RawAnswer {
  readonly contentType: string;
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array>;
}

export type SubresourceAnswer = Partial<KubeObject> | RawAnswer;

export interface SubresourceWrite {
  /** Undefined for a request without a body. */
  readonly object: Unstructured | undefined;
  readonly options: WriteOptions;
}

type Awaitable<T> = T | Promise<T>;

export interface VirtualSubresource {
  /** The kind of the body, and of the answer where that is an object; the resource's own when not given. */
  readonly kind?: ServedKind;
  get?(request: ServedRequest): Awaitable<SubresourceAnswer>;
  create?(request: ServedRequest, write: SubresourceWrite): Awaitable<SubresourceAnswer>;
  update?(request: ServedRequest, write: SubresourceWrite): Awaitable<SubresourceAnswer>;
  delete?(request: ServedRequest): Awaitable<SubresourceAnswer>;
}

/** @throws StatusError 400, 405, 415, 422, and what the functions throw. */
export async function answerSubresource(request: ServedRequest, subresource: VirtualSubresource): Promise<ApiResponse> {
  const { verb } = request.exchange.info;
  const form = formOf(request, subresource);
  if (verb === 'get' && subresource.get) return answer(form, await subresource.get(request));
  if (verb === 'delete' && subresource.delete) return answer(form, await subresource.delete(request));
  if (verb === 'patch' && subresource.get && subresource.update) {
    const { get, update } = subresource;
    return answer(form, await update(request, await patched(form, await get(request))));
  }
  const write = verb === 'create' ? subresource.create : verb === 'update' ? subresource.update : undefined;
  if (write === undefined) throw methodNotSupported(request.resource.groupResource, verb);
  const options = readWriteOptions(verb === 'create' ? 'CreateOptions' : 'UpdateOptions', request.exchange.request);
  const bytes = await request.exchange.request.body();
  const object = bytes.byteLength === 0 ? undefined : checked(form, incomingObject(form, options, bytes).object);
  return answer(form, await write(request, { object, options }), verb === 'create' ? 201 : 200);
}

/** The request as one for the subresource's kind. */
function formOf(request: ServedRequest, { kind }: VirtualSubresource): ServedRequest {
  if (kind === undefined) return request;
  return { ...request, resource: new ServedResource(kind, request.server.apiStorage) };
}

/** The body is about the object of the path, also when it doesn't say so. */
function checked({ resource, namespace, name }: ServedRequest, object: Unstructured): Unstructured {
  const { definition } = resource;
  settleName(object.metadata, name);
  settleNamespace(object.metadata, namespace !== '', namespace);
  const errors = definition.validate(object);
  if (errors.length > 0) throw invalid({ group: definition.group, kind: definition.kind }, name, errors);
  return object;
}

async function patched(form: ServedRequest, current: SubresourceAnswer): Promise<SubresourceWrite> {
  const { resource, exchange, name } = form;
  const kind = patchKindOf(exchange.request.headers['content-type'], resource);
  // Bytes have no fields, and who owns which isn't known here.
  if (kind === 'apply' || isRaw(current)) throw methodNotSupported(resource.groupResource, 'patch');
  const document = readPatch(kind, await exchange.request.body());
  const options = readWriteOptions('PatchOptions', exchange.request);
  const before = typedObject({ metadata: { name }, ...current }, form);
  const after = applyPatchDocument(document, before, resource);
  return { object: checked(form, acceptObject(form, options, deepCopy(after), document.duplicateFields)), options };
}

function isRaw(answered: SubresourceAnswer): answered is RawAnswer {
  return 'contentType' in answered && 'body' in answered;
}

function answer(form: ServedRequest, answered: SubresourceAnswer, status = 200): ApiResponse | Promise<ApiResponse> {
  if (!isRaw(answered)) return valueResponse(form.exchange.request, answeredObject(answered, form.resource), status);
  const { contentType, body } = answered;
  const headers = { 'content-type': contentType, 'x-content-type-options': 'nosniff' };
  if (typeof body === 'string') return { status, headers, body: Buffer.from(body) };
  if (body instanceof Uint8Array) return { status, headers, body };
  return {
    status,
    headers,
    async body(writer) {
      for await (const chunk of body) {
        if (writer.closed) return;
        if (!writer.write(chunk)) await writer.drained();
      }
    },
  };
}
