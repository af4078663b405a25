/**
 * The scale subresource: `autoscaling/v1` Scale over whatever fields a kind keeps its replicas in.
 */
import type { ScaleMapping } from '@kindred/apis';
import {
  applyObject,
  deepCopy,
  type FieldError,
  formatTime,
  getPath,
  invalid,
  invalidValue,
  isJsonObject,
  notFound,
  pathNotFound,
  setMember,
  type Unstructured,
} from '@kindred/machinery';
import type { SubresourceForm } from '../../admission/plugin.ts';
import { objectOf } from '../../decoding/decode-object.ts';
import { valueResponse } from '../../negotiation/encode.ts';
import type { ApiResponse } from '../../request/api-response.ts';
import type { StoredObject } from '../../storage/stored-object.ts';
import { outcomeOf } from '../apply.ts';
import { bodyObject } from '../body-object.ts';
import { workingResource } from '../incoming-object.ts';
import { versionConverter } from '../other-versions.ts';
import { applyPatchDocument, patchKindOf, readPatch } from '../patch-documents.ts';
import type { ResourceRequest } from '../resource-request.ts';
import type { ServedResource } from '../served-resource.ts';
import { type Desired, updateObject } from '../update-object.ts';
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
  const options = readWriteOptions('UpdateOptions', request.exchange.request);
  const wanted = await bodyObject(request, scaleKind);
  return changeScale(request, options, () => wanted);
}

async function patchScale(request: ResourceRequest): Promise<ApiResponse> {
  const { exchange, resource } = request;
  const kind = patchKindOf(exchange.request.headers['content-type'], resource);
  if (kind === 'apply') return applyScale(request);
  const options = readWriteOptions('PatchOptions', exchange.request);
  const document = readPatch(kind, await exchange.request.body());
  return changeScale(request, options, (current) => {
    return objectOf(deepCopy(applyPatchDocument(document, current, resource)), scaleKind);
  });
}

/** The Scale that is applied is a small apply to the object itself, by a manager of its own. */
async function applyScale(request: ResourceRequest): Promise<ApiResponse> {
  const { exchange, server } = request;
  const options = readWriteOptions('PatchOptions', exchange.request, { apply: true });
  const { value } = readPatch('apply', await exchange.request.body());
  const applied = objectOf(value, scaleKind);
  const { working, mapping } = scalable(request);
  return writeScale(request, options, (stored) => {
    const result = applyObject({
      live: working.read(stored),
      applied: configurationOf(applied, working, mapping, request.name),
      schema: working.definition.mergeSchema,
      manager: options.fieldManager,
      force: options.force,
      apiVersion: working.apiVersion,
      subresource: 'scale',
      now: formatTime(server.clock.now()),
      convert: versionConverter(server.registry, working),
    });
    return { object: deepCopy(outcomeOf(request, result)), applied: true };
  });
}

function configurationOf(
  scaled: Unstructured,
  { apiVersion, definition }: ServedResource,
  mapping: ScaleMapping,
  name: string,
): Unstructured {
  const { resourceVersion, uid } = scaled.metadata;
  const configuration: Unstructured = {
    apiVersion,
    kind: definition.kind,
    metadata: {
      name,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(uid === undefined ? {} : { uid }),
    },
  };
  const spec = scaled['spec'];
  if (isJsonObject(spec) && (spec['replicas'] ?? undefined) !== undefined) {
    setAt(configuration, mapping.specReplicasPath, replicasOf(scaled, name));
  }
  return configuration;
}

function changeScale(
  request: ResourceRequest,
  options: WriteOptions,
  next: (current: Unstructured) => Unstructured,
): Promise<ApiResponse> {
  const { name } = request;
  const { working, mapping } = scalable(request);
  return writeScale(request, options, (stored) => {
    const current = working.read(stored);
    const wanted = next(scaleOf(current, mapping));
    const replicas = replicasOf(wanted, name);
    const object = deepCopy(current);
    setAt(object, mapping.specReplicasPath, replicas);
    const { resourceVersion, uid } = wanted.metadata;
    if (resourceVersion !== undefined) object.metadata.resourceVersion = resourceVersion;
    if (uid !== undefined) object.metadata.uid = uid;
    return { object };
  });
}

async function writeScale(
  request: ResourceRequest,
  options: WriteOptions,
  produce: (stored: StoredObject) => Desired,
): Promise<ApiResponse> {
  const { exchange, resource, name } = request;
  const { working, mapping } = scalable(request);
  const written = await updateObject(request, options, {
    subresource: 'scale',
    form: scaleForm(mapping, name),
    demandVersion: false,
    produce,
  });
  if (written === undefined) throw notFound(resource.groupResource, name);
  return valueResponse(exchange.request, scaleOf(written.object ?? working.read(written.stored), mapping));
}

/** Who admits a scale sees a Scale, whatever it scales. */
function scaleForm(mapping: ScaleMapping, name: string): SubresourceForm {
  return {
    kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
    view: (object) => scaleOf(object, mapping),
    accept: (object, wanted) => setAt(object, mapping.specReplicasPath, replicasOf(wanted, name)),
  };
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
