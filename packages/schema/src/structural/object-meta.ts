/**
 * The metadata of custom and embedded objects: it follows ObjectMeta whatever the schema says. Which fields there are,
 * and of which JSON type; the rules about names and labels are the API server's.
 */
import { type FieldError, invalidValue, isJsonObject, type JsonObject } from '@kindred/machinery';

type Shape =
  | 'string'
  | 'integer'
  | 'strings'
  | 'stringMap'
  | 'any'
  | { readonly listOf: Readonly<Record<string, Shape>> };

const ownerReference: Readonly<Record<string, Shape>> = {
  apiVersion: 'string',
  kind: 'string',
  name: 'string',
  uid: 'string',
  controller: 'any',
  blockOwnerDeletion: 'any',
};

const managedFieldsEntry: Readonly<Record<string, Shape>> = {
  manager: 'string',
  operation: 'string',
  apiVersion: 'string',
  time: 'any',
  fieldsType: 'string',
  fieldsV1: 'any',
  subresource: 'string',
};

const objectMeta: Readonly<Record<string, Shape>> = {
  name: 'string',
  generateName: 'string',
  namespace: 'string',
  selfLink: 'string',
  uid: 'string',
  resourceVersion: 'string',
  generation: 'integer',
  creationTimestamp: 'string',
  deletionTimestamp: 'string',
  deletionGracePeriodSeconds: 'integer',
  labels: 'stringMap',
  annotations: 'stringMap',
  ownerReferences: { listOf: ownerReference },
  finalizers: 'strings',
  managedFields: { listOf: managedFieldsEntry },
};

/** Whether `pruneMetadata` would leave the metadata as it is. Owners and managed fields, which are lists, are not looked into. */
export function knowsMetadata(metadata: JsonObject): boolean {
  for (const name in metadata) {
    const shape = Object.hasOwn(objectMeta, name) ? objectMeta[name] : undefined;
    if (shape === undefined || typeof shape === 'object') return false;
  }
  return true;
}

/** Removes fields that ObjectMeta doesn't have; their paths are appended to `pruned`. */
export function pruneMetadata(metadata: JsonObject, path: string, pruned: string[]): void {
  pruneByShape(metadata, objectMeta, path, pruned);
}

/** Appends an error for every metadata field of the wrong JSON type. `null` counts as absent. */
export function metadataShapeErrors(metadata: JsonObject, path: string, out: FieldError[]): void {
  for (const name of Object.keys(metadata)) {
    const shape = Object.hasOwn(objectMeta, name) ? objectMeta[name] : undefined;
    const value = metadata[name];
    if (shape === undefined || value === null || value === undefined) continue;
    const problem = shapeProblem(shape, value);
    if (problem !== undefined) out.push(invalidValue(`${path}.${name}`, value, problem));
  }
}

function pruneByShape(
  object: JsonObject,
  fields: Readonly<Record<string, Shape>>,
  path: string,
  pruned: string[],
): void {
  for (const name of Object.keys(object)) {
    const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (shape === undefined) {
      pruned.push(`${path}.${name}`);
      delete object[name];
      continue;
    }
    const value = object[name];
    if (typeof shape !== 'object' || !Array.isArray(value)) continue;
    value.forEach((element, index) => {
      if (isJsonObject(element)) pruneByShape(element, shape.listOf, `${path}.${name}[${index}]`, pruned);
    });
  }
}

function shapeProblem(shape: Shape, value: unknown): string | undefined {
  if (shape === 'any') return undefined;
  if (shape === 'string') return typeof value === 'string' ? undefined : 'must be a string';
  if (shape === 'integer') {
    return typeof value === 'bigint' || Number.isInteger(value) ? undefined : 'must be an integer';
  }
  if (shape === 'stringMap') {
    const fits = isJsonObject(value) && Object.values(value).every((member) => typeof member === 'string');
    return fits ? undefined : 'must be a map of strings';
  }
  if (shape === 'strings') {
    return Array.isArray(value) && value.every((element) => typeof element === 'string')
      ? undefined
      : 'must be a list of strings';
  }
  return Array.isArray(value) && value.every(isJsonObject) ? undefined : 'must be a list of objects';
}
