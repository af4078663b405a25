/**
 * The life of a change, step by step: from the stored object and what the client wants of it, to stored bytes. Update, all
 * patches and the subresources come through here.
 */
import {
  conflict,
  type FieldError,
  forbiddenField,
  invalid,
  invalidValue,
  OBJECT_MODIFIED,
  type Unstructured,
} from '@kindred/machinery';
import type { SubresourceForm } from '../admission/plugin.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { trackFieldManager } from './field-managers.ts';
import { workingResource } from './incoming-object.ts';
import {
  demandSameName,
  dropRepeatedOwners,
  keepSystemFields,
  settleGeneration,
  settleNamespace,
} from './metadata-rules.ts';
import { metadataWarnings } from './metadata-warnings.ts';
import { demandSameUid, demandSameVersion } from './preconditions.ts';
import type { ResourceRequest } from './resource-request.ts';
import { isUnchanged } from './unchanged.ts';
import {
  admissionAttributes,
  lifetimeOf,
  runWriteSteps,
  settle,
  type Write,
  type WriteStep,
  type Written,
} from './write.ts';
import type { WriteOptions } from './write-options.ts';

const updateSteps: readonly WriteStep[] = [
  settleMetadata,
  prepare,
  bumpGeneration,
  trackFieldManager,
  admit,
  validate,
  (write) => write.request.server.admission.validate(admissionAttributes(write)),
  ({ working, object }) => working.kind.settleStatus?.(object),
  sendWarnings,
];

type UpdateWrite = Write & Required<Pick<Write, 'current'>>;

/** Writes of others that a change without a resourceVersion gives way to before it gives up. */
const maxAttempts = 100;

export interface Change {
  /** Empty for the object itself. */
  readonly subresource: string;
  /**
   * What the client wants the object to be, in the working version and owned by the change. Called again when another
   * writer came between. `applied` says that managed fields are settled.
   */
  produce(stored: StoredObject): Desired | Promise<Desired>;
  /** The subresource is a request of its own kind, and one that makes something (`pods/binding`), to those who admit it. */
  readonly form?: SubresourceForm;
  readonly operation?: 'CREATE';
  /** PUT: a kind may demand that the body says which version it replaces. */
  readonly demandVersion: boolean;
  /** The change is this server's own work: there is nothing in it that the client might not do. */
  readonly madeByServer?: boolean;
  /** Attempts when others write at the same time and the client gave no version. */
  readonly attempts?: number;
}

export interface Desired {
  readonly object: Unstructured;
  readonly applied?: boolean;
}

/**
 * Changes the object that the request names; undefined when it doesn't exist.
 *
 * @throws StatusError 409, 422 and what admission throws.
 */
export async function updateObject(
  request: ResourceRequest,
  options: WriteOptions,
  change: Change,
): Promise<Written | undefined> {
  const { storage, namespace, name } = request;
  const working = workingResource(request.resource, (...names) => request.server.registry.get(...names));
  const { subresource, madeByServer = false, form, operation } = change;
  for (let attempt = 1; ; attempt++) {
    const stored = storage.get(namespace, name);
    if (stored === undefined) return undefined;
    const { object, applied = false } = await change.produce(stored);
    const version = object.metadata.resourceVersion ?? '';
    demandVersions(change, working, stored, object);
    const current = { stored, object: working.read(stored) };
    const written = await attemptWrite({
      request,
      options,
      working,
      object,
      current,
      subresource,
      applied,
      madeByServer,
      form,
      operation,
      settled: [],
    });
    if (written !== undefined) return written;
    const retry = version === '' || version === String(stored.revision);
    const giveUp = attempt >= (change.attempts ?? maxAttempts) || (change.demandVersion && version !== '');
    if (!retry || giveUp) throw conflict(working.groupResource, name, OBJECT_MODIFIED);
  }
}

async function attemptWrite(write: UpdateWrite): Promise<Written | undefined> {
  try {
    await runWriteSteps(updateSteps, write);
    return await store(write, write.current.stored, write.current.object);
  } finally {
    settle(write);
  }
}

function demandVersions(change: Change, working: Write['working'], stored: StoredObject, object: Unstructured): void {
  const { metadata } = object;
  const { group, kind, allowUnconditionalUpdate } = working.definition;
  // A patch that changes the uid breaks the rules of its kind instead.
  if (change.demandVersion || change.subresource === 'scale')
    demandSameUid(working.groupResource, stored, metadata.uid);
  if (change.demandVersion && !allowUnconditionalUpdate && (metadata.resourceVersion ?? '') === '') {
    const error = invalidValue('metadata.resourceVersion', 0, 'must be specified for an update');
    throw invalid({ group, kind }, stored.name, [{ ...error, badValueText: '0x0' }]);
  }
  demandSameVersion(working.groupResource, stored, metadata.resourceVersion);
}

function settleMetadata({ request, working, object, current }: Write): void {
  const { metadata } = object;
  demandSameName(metadata, request.name, request.namespace);
  settleNamespace(metadata, working.definition.namespaced, request.namespace);
  if (current === undefined) return;
  keepSystemFields(object, current.object);
  metadata.resourceVersion = String(current.stored.revision);
  dropRepeatedOwners(metadata);
}

function prepare({ working, object, current, subresource, madeByServer }: Write): void {
  if (current === undefined || madeByServer) return;
  working.definition.prepareForUpdate(object, current.object, subresource);
}

function admit(write: Write): Promise<void> | undefined {
  const { request, object, current } = write;
  return request.server.admission.admit(admissionAttributes(write), () => {
    demandSameName(object.metadata, request.name, request.namespace);
    if (current !== undefined) keepSystemFields(object, current.object);
    prepare(write);
    bumpGeneration(write);
  });
}

function bumpGeneration({ working, object, current, subresource }: Write): void {
  if (current !== undefined && subresource !== 'status') settleGeneration(object, current.object, working.definition);
}

function validate({ request, working, object, current, subresource }: Write): void {
  if (current === undefined) return;
  const { definition } = working;
  const errors: FieldError[] = [
    ...newFinalizers(object, current.object),
    ...(working.kind.validateChange?.(object, current.object, (text) => request.exchange.warn(text)) ?? [
      ...definition.validate(object),
      ...definition.validateUpdate(object, current.object, subresource),
    ]),
  ];
  if (errors.length > 0) throw invalid(definition, object.metadata.name ?? '', errors);
}

/** An object in deletion takes no more finalizers. */
function newFinalizers(object: Unstructured, old: Unstructured): FieldError[] {
  if (old.metadata.deletionTimestamp === undefined) return [];
  const before = old.metadata.finalizers ?? [];
  const added = (object.metadata.finalizers ?? []).filter((finalizer) => !before.includes(finalizer));
  if (added.length === 0) return [];
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
  return [forbiddenField('metadata.finalizers', detail)];
}

function sendWarnings({ request, working, object, current }: Write): void {
  for (const text of working.definition.warnings(object)) request.exchange.warn(text);
  for (const text of metadataWarnings(object, current?.object)) request.exchange.warn(text);
}

async function store(write: Write, stored: StoredObject, old: Unstructured): Promise<Written | undefined> {
  const { request, working, object, options } = write;
  if (isFinished(object, old)) return finishDeletion(write, stored);
  if (options.dryRun) return { object };
  if (isUnchanged(object, old)) return { stored };
  const form = working === request.resource && working.kind.custom ? working.toStorage(object) : object;
  const next = await request.storage.replace(stored, form, lifetimeOf(working.kind));
  if (next === undefined) return undefined;
  if (working.kind.stored !== undefined) working.kind.stored(working.read(next));
  return { stored: next };
}

/** True when nothing holds an object in deletion any more. */
function isFinished(object: Unstructured, old: Unstructured): boolean {
  if (old.metadata.deletionTimestamp === undefined) return false;
  if ((object.metadata.finalizers ?? []).length > 0 || (old.metadata.deletionGracePeriodSeconds ?? 0) > 0) return false;
  return !hasNamespaceFinalizers(object);
}

/** A namespace has finalizers of its own in its spec, for what is inside it. */
export function hasNamespaceFinalizers(object: Unstructured): boolean {
  if (object.kind !== 'Namespace' || object.apiVersion !== 'v1') return false;
  // A namespace's spec is an object with a list of finalizers; the type table saw to that.
  const spec = object['spec'] as { finalizers?: readonly string[] } | undefined;
  return (spec?.finalizers ?? []).length > 0;
}

async function finishDeletion({ request, options, object }: Write, stored: StoredObject): Promise<Written | undefined> {
  if (options.dryRun) return { object, deleted: true };
  const removed = await request.storage.remove(stored);
  if (removed === undefined) return undefined;
  object.metadata.resourceVersion = String(removed.revision);
  return { object, deleted: true };
}
