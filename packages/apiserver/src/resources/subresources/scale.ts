/**
 * The scale subresource: `autoscaling/v1` Scale over whatever fields a kind keeps its replicas in.
 */
import type { ScaleMapping } from '@kindred/apis';
import {
  badRequest,
  deepCopy,
  type FieldError,
  getPath,
  invalid,
  invalidValue,
  isJsonObject,
  notFound,
  pathNotFound,
  setMember,
  type Unstructured,
  unsupportedMediaType,
} from '@kindred/machinery';
import { decodeBody, objectOf } from '../../decoding/decode-object.ts';
import { valueResponse } from '../../negotiation/encode.ts';
import type { ApiResponse } from '../../request/api-response.ts';
import { workingResource } from '../incoming-object.ts';
import { applyPatchDocument, patchKindOf, readPatch } from '../patch-documents.ts';
import type { ResourceRequest } from '../resource-request.ts';
import type { ServedResource } from '../served-resource.ts';
import { updateObject } from '../update-object.ts';
import { readWriteOptions, type WriteOptions } from '../write-options.ts';

const scaleKind = { apiVersion: 'autoscaling/v1', kind: 'Scale' } as const;

/** GET, PUT and PATCH of a Scale. @throws StatusError 400, 404, 409, 422. */
export async function scale(request: ResourceRequest): Promise<ApiResponse> {
  const { verb } = request.exchange.info;
  if (verb === 'get') return getScale(request);
  return verb === 'patch' ? patchScale(request) : putScale(request);
}

function getScale(request: ResourceRequest): ApiResponse | Promise<ApiResponse> {
  const { storage, namespace, name, resource, exchange } = request;
  const stored = storage.get(namespace, name);
  if (stored === undefined) throw notFound(resource.groupResource, name);
  const { working, mapping } = scalable(request);
  return valueResponse(exchange.request, scaleOf(working.read(stored), mapping));
}

async function putScale(request: ResourceRequest): Promise<ApiResponse> {
  const { exchange, server } = request;
  const options = readWriteOptions('UpdateOptions', exchange.request);
  const bytes = await exchange.request.body();
  if (bytes.byteLength === 0) throw badRequest('the request body must be one Scale object, found nothing');
  const contentType = exchange.request.headers['content-type'];
  const { value } = decodeBody({ bytes, contentType, typeTable: server.typeTable, duplicates: false });
  const wanted = objectOf(value, scaleKind);
  return changeScale(request, options, () => wanted);
}

async function patchScale(request: ResourceRequest): Promise<ApiResponse> {
  const { exchange, resource } = request;
  const kind = patchKindOf(exchange.request.headers['content-type'], resource);
  if (kind === 'apply') {
    throw unsupportedMediaType(['application/json-patch+json', 'application/merge-patch+json']);
  }
  const options = readWriteOptions('PatchOptions', exchange.request);
  const document = readPatch(kind, await exchange.request.body());
  return changeScale(request, options, (current) => {
    return objectOf(deepCopy(applyPatchDocument(document, current, resource)), scaleKind);
  });
}

async function changeScale(
  request: ResourceRequest,
  options: WriteOptions,
  next: (current: Unstructured) => Unstructured,
): Promise<ApiResponse> {
  const { exchange, resource, name } = request;
  const { working, mapping } = scalable(request);
  const written = await updateObject(request, options, {
    subresource: 'scale',
    demandVersion: false,
    produce(stored) {
      const current = working.read(stored);
      const wanted = next(scaleOf(current, mapping));
      const replicas = replicasOf(wanted, name);
      const object = deepCopy(current);
      setAt(object, mapping.specReplicasPath, replicas);
      const { resourceVersion, uid } = wanted.metadata;
      if (resourceVersion !== undefined) object.metadata.resourceVersion = resourceVersion;
      if (uid !== undefined) object.metadata.uid = uid;
      return { object };
    },
  });
  if (written === undefined) throw notFound(resource.groupResource, name);
  return valueResponse(exchange.request, scaleOf(written.object, mapping));
}

function scalable(request: ResourceRequest): { working: ServedResource; mapping: ScaleMapping } {
  const working = workingResource(request.resource, (...names) => request.server.registry.get(...names));
  const mapping = working.definition.scale;
  if (mapping === undefined) throw pathNotFound();
  return { working, mapping };
}

function scaleOf(object: Unstructured, mapping: ScaleMapping): Unstructured {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = numberAt(object, mapping.specReplicasPath);
  const selector = mapping.labelSelector(object);
  return {
    ...scaleKind,
    metadata: {
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    },
    spec: { replicas },
    status: {
      replicas: numberAt(object, mapping.statusReplicasPath),
      ...(selector === '' ? {} : { selector }),
    },
  };
}

function replicasOf(scaled: Unstructured, name: string): number {
  const spec = scaled['spec'];
  const replicas = isJsonObject(spec) ? (spec['replicas'] ?? 0) : 0;
  if (typeof replicas === 'number' && Number.isInteger(replicas) && replicas >= 0) return replicas;
  const errors: FieldError[] = [invalidValue('spec.replicas', replicas, 'should be a non-negative integer')];
  throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, errors);
}

function numberAt(object: Unstructured, path: readonly string[]): number {
  const value = getPath(object, path);
  return typeof value === 'number' ? value : 0;
}

function setAt(object: Unstructured, path: readonly string[], value: number): void {
  let holder: Record<string, unknown> = object;
  for (const field of path.slice(0, -1)) {
    let next = holder[field];
    if (!isJsonObject(next)) {
      next = {};
      setMember(holder, field, next);
    }
    // Just made or just found to be an object.
    holder = next as Record<string, unknown>;
  }
  setMember(holder, path.at(-1) ?? '', value);
}
