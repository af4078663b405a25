/**
 * What the server does to metadata on a write, whatever the kind: system fields, generation, deletion fields
 * (`k8s.io/apimachinery` ObjectMeta; `k8s.io/apiserver` registry/rest).
 */
import type { KindDefinition } from '@kindred/apis';
import {
  badRequest,
  deepEqual,
  formatTime,
  type ObjectMeta,
  type OwnerReference,
  type Unstructured,
} from '@kindred/machinery';

export interface SystemFields {
  readonly uid: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Gives a new object its identity and clears what only the server sets. */
export function setSystemFields(object: Unstructured, definition: KindDefinition, fields: SystemFields): void {
  const { metadata } = object;
  clear(metadata, 'deletionTimestamp');
  clear(metadata, 'deletionGracePeriodSeconds');
  clear(metadata, 'selfLink');
  clear(metadata, 'resourceVersion');
  metadata.uid = fields.uid;
  metadata.creationTimestamp = formatTime(fields.now);
  if (definition.hasGeneration) metadata.generation = 1;
  else clear(metadata, 'generation');
}

/** Nearly always there is nothing to delete, and looking for it costs a tenth of deleting nothing. */
function clear(metadata: ObjectMeta, field: keyof ObjectMeta): void {
  if (metadata[field] !== undefined) delete metadata[field];
}

/**
 * Makes the namespace of a new object that of the path. Cluster-scoped objects lose theirs: charts give one to everything.
 *
 * @throws StatusError 400 when the body names another one.
 */
export function settleNamespace(metadata: ObjectMeta, namespaced: boolean, namespace: string): void {
  const given = metadata.namespace ?? '';
  if (!namespaced) {
    clear(metadata, 'namespace');
    return;
  }
  if (given !== '' && given !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  metadata.namespace = namespace;
}

/**
 * Holds the names in a changed object against those of the path.
 *
 * @throws StatusError 400 when the body names another object, or none.
 */
export function demandSameName(metadata: ObjectMeta, name: string, namespace: string): void {
  const { name: given = '', namespace: givenNamespace = '' } = metadata;
  if (given === '') {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  if (given !== name) throw badRequest(otherName(given, name));
  if (namespace !== '' && givenNamespace !== '' && givenNamespace !== namespace) {
    throw badRequest(
      `the namespace of the object (${givenNamespace}) does not match the namespace on the request (${namespace})`,
    );
  }
}

function otherName(given: string, name: string): string {
  return `the name of the object (${given}) does not match the name on the URL (${name})`;
}

/**
 * Makes the object's name that of the path.
 *
 * @throws StatusError 400 when the body names another one.
 */
export function settleName(metadata: ObjectMeta, name: string): void {
  const given = metadata.name ?? '';
  if (given === '') metadata.name = name;
  else if (given !== name) throw badRequest(otherName(given, name));
}

/** Fields of metadata that no update may change keep their stored value when the body leaves them out. */
export function keepSystemFields(object: Unstructured, old: Unstructured): void {
  const { metadata } = object;
  const before = old.metadata;
  if (metadata.uid === undefined || metadata.uid === '') setOrDelete(metadata, 'uid', before.uid);
  if (metadata.creationTimestamp === undefined || metadata.creationTimestamp === null) {
    setOrDelete(metadata, 'creationTimestamp', before.creationTimestamp);
  }
  setOrDelete(metadata, 'deletionTimestamp', before.deletionTimestamp);
  setOrDelete(metadata, 'deletionGracePeriodSeconds', before.deletionGracePeriodSeconds);
  setOrDelete(metadata, 'generation', before.generation);
  clear(metadata, 'selfLink');
}

/** Bumps the generation when anything but metadata (and status, where that is a subresource) has changed. */
export function settleGeneration(object: Unstructured, old: Unstructured, definition: KindDefinition): void {
  if (!definition.hasGeneration) return;
  const statusApart = definition.subresources.some(({ name }) => name === 'status');
  if (sameDesire(object, old, statusApart)) return;
  object.metadata.generation = Number(old.metadata.generation ?? 0) + 1;
}

function sameDesire(object: Unstructured, old: Unstructured, statusApart: boolean): boolean {
  for (const field of new Set([...Object.keys(object), ...Object.keys(old)])) {
    if (field === 'metadata' || field === 'apiVersion' || field === 'kind') continue;
    if (statusApart && field === 'status') continue;
    if (!deepEqual(object[field], old[field])) return false;
  }
  return true;
}

/** Drops repeated owner references; true when there were any. */
export function dropRepeatedOwners(metadata: ObjectMeta): boolean {
  const owners = metadata.ownerReferences;
  if (owners === undefined || owners.length < 2) return false;
  const kept: OwnerReference[] = [];
  for (const owner of owners) if (!kept.some((other) => deepEqual(other, owner))) kept.push(owner);
  if (kept.length === owners.length) return false;
  metadata.ownerReferences = kept;
  return true;
}

function setOrDelete<K extends keyof ObjectMeta>(
  metadata: ObjectMeta,
  field: K,
  value: ObjectMeta[K] | undefined,
): void {
  if (value === undefined) clear(metadata, field);
  else metadata[field] = value;
}
