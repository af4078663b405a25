/**
 * Writes to a resource without storage: the body or the patch becomes an object of its kind, checked as the objects of a
 * custom resource are; what becomes of it is the source's business.
 */
import {
  badRequest,
  deepCopy,
  type FieldError,
  type GroupKind,
  invalid,
  isStatusError,
  type Unstructured,
} from '@kindred/machinery';
import type { ApiResponse } from '../request/api-response.ts';
import { appliedConfiguration, demandMayCreate, mergeApplied } from '../resources/apply.ts';
import { generateName } from '../resources/generate-name.ts';
import { acceptObject, incomingObject } from '../resources/incoming-object.ts';
import {
  demandSameName,
  keepSystemFields,
  setSystemFields,
  settleName,
  settleNamespace,
} from '../resources/metadata-rules.ts';
import { objectResponse } from '../resources/object-response.ts';
import { applyPatchDocument, type PatchDocument, patchKindOf, readPatch } from '../resources/patch-documents.ts';
import { demandUid, demandVersion } from '../resources/preconditions.ts';
import type { ServedRequest } from '../resources/resource-request.ts';
import { readWriteOptions, type WriteOptions } from '../resources/write-options.ts';
import { demandObject } from './read-virtual.ts';
import { typedObject } from './virtual-objects.ts';
import type { SourceObject, VirtualSource } from './virtual-source.ts';

type Create = NonNullable<VirtualSource['create']>;
/** What an update needs: PUT and patches are about what `get` finds. */
export type UpdatableSource = VirtualSource & Required<Pick<VirtualSource, 'get' | 'update'>>;

/** Times that a patch is worked out anew when the source says Conflict. */
const attempts = 5;

/** POST. @throws StatusError 400, 415, 422, and what the source throws. */
export async function createVirtual(request: ServedRequest, create: Create): Promise<ApiResponse> {
  const { request: incoming } = request.exchange;
  const options = readWriteOptions('CreateOptions', incoming);
  const { object } = incomingObject(request, options, await incoming.body());
  return objectResponse(request, await created(request, options, object, create), 201);
}

async function created(
  request: ServedRequest,
  options: WriteOptions,
  object: Unstructured,
  create: Create,
): Promise<Unstructured> {
  const { resource, server } = request;
  const { definition } = resource;
  const { metadata } = object;
  if ((metadata.resourceVersion ?? '') !== '')
    throw badRequest('resourceVersion should not be set on objects to be created');
  settleNamespace(metadata, definition.namespaced, request.namespace);
  if (request.name !== '') settleName(metadata, request.name);
  if ((metadata.name ?? '') === '' && (metadata.generateName ?? '') !== '')
    metadata.name = generateName(metadata.generateName ?? '', server.random);
  setSystemFields(object, definition, { uid: server.randomUuid(), now: server.clock.now() });
  definition.prepareForCreate(object);
  demandValid(definition, object, definition.validate(object));
  warnOf(request, object);
  return typedObject(await create(request, { object, options }), request);
}

/** PUT. @throws StatusError 404, 409, 422, and what the source throws. */
export async function updateVirtual(request: ServedRequest, source: UpdatableSource): Promise<ApiResponse> {
  const { request: incoming } = request.exchange;
  const options = readWriteOptions('UpdateOptions', incoming);
  const bytes = await incoming.body();
  const current = await demandObject(request, source.get);
  const { object } = incomingObject(request, options, bytes);
  demandUid(request.resource.groupResource, request.name, object.metadata.uid, current.metadata.uid);
  return objectResponse(request, await updated(request, options, { object, current, source }));
}

/** PATCH of every kind, apply included. @throws StatusError 400, 404, 409, 415, 422, and what the source throws. */
export async function patchVirtual(request: ServedRequest, source: UpdatableSource): Promise<ApiResponse> {
  const { request: incoming } = request.exchange;
  const kind = patchKindOf(incoming.headers['content-type'], request.resource);
  const document = readPatch(kind, await incoming.body());
  if (kind === 'apply') return applyVirtual(request, source, document);
  const options = readWriteOptions('PatchOptions', incoming);
  return retried(async () => {
    const current = await demandObject(request, source.get);
    const patched = applyPatchDocument(document, typedObject(current, request), request.resource);
    // The result shares parts with the source's object.
    const object = acceptObject(request, options, deepCopy(patched), document.duplicateFields);
    return objectResponse(request, await updated(request, options, { object, current, source }));
  });
}

/** Ownership of fields is known for as long as the source keeps `metadata.managedFields`. */
async function applyVirtual(
  request: ServedRequest,
  source: UpdatableSource,
  document: PatchDocument,
): Promise<ApiResponse> {
  const options = readWriteOptions('PatchOptions', request.exchange.request, { apply: true });
  const applied = appliedConfiguration(request, options, document);
  return retried(async () => {
    const current = await source.get(request);
    if (current !== undefined) {
      const { object } = mergeApplied(request, options, applied, typedObject(current, request));
      return objectResponse(request, await updated(request, options, { object, current, source }));
    }
    // Without `create`, what isn't there can't be applied.
    if (source.create === undefined) await demandObject(request, source.get);
    await demandMayCreate(request, applied);
    const { object } = mergeApplied(request, options, applied, undefined);
    const create: Create = (...given) => source.create?.(...given) ?? demandObject(request, source.get);
    return objectResponse(request, await created(request, options, object, create), 201);
  });
}

interface Update {
  readonly object: Unstructured;
  readonly current: SourceObject;
  readonly source: UpdatableSource;
}

async function updated(
  request: ServedRequest,
  options: WriteOptions,
  { object, current, source }: Update,
): Promise<Unstructured> {
  const { resource, exchange } = request;
  const { definition, kind } = resource;
  const old = typedObject(deepCopy(current), request);
  demandSameName(object.metadata, request.name, request.namespace);
  settleNamespace(object.metadata, definition.namespaced, request.namespace);
  demandVersion(resource.groupResource, request.name, object.metadata.resourceVersion, old.metadata.resourceVersion);
  keepSystemFields(object, old);
  if (old.metadata.resourceVersion !== undefined) object.metadata.resourceVersion = old.metadata.resourceVersion;
  definition.prepareForUpdate(object, old, '');
  const errors = kind.validateChange?.(object, old, (text) => exchange.warn(text)) ?? definition.validate(object);
  demandValid(definition, object, errors);
  warnOf(request, object);
  return typedObject(await source.update(request, { object, options, current }), request);
}

function demandValid(kind: GroupKind, object: Unstructured, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: kind.group, kind: kind.kind }, object.metadata.name ?? '', errors);
}

function warnOf({ exchange, resource }: ServedRequest, object: Unstructured): void {
  for (const text of resource.definition.warnings(object)) exchange.warn(text);
}

/** Another writer came between: the patch is worked out on what they left, as for stored objects. */
async function retried(attempt: () => Promise<ApiResponse>): Promise<ApiResponse> {
  for (let count = 1; ; count++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isConflictOfVersions(error) || count === attempts) throw error;
    }
  }
}

/** Conflicts over who owns a field name the fields: trying again doesn't help with them. */
function isConflictOfVersions(error: unknown): boolean {
  return isStatusError(error, 'Conflict') && (error.status.details.causes ?? []).length === 0;
}
