/**
 * Pruning: dropping the fields that a structural schema doesn't know (Kubernetes documentation, "Field pruning").
 *
 * Objects keep unknown members where `x-kubernetes-preserve-unknown-fields` is set; apiVersion, kind and metadata of the
 * object and of embedded resources always stay, and metadata is pruned by the fields of ObjectMeta.
 */
import { isJsonObject, type JsonObject } from '@kindred/machinery';
import { knowsMetadata, pruneMetadata } from './object-meta.ts';
import { childOf, memberOf, type StructuralSchema } from './structural-schema.ts';

/**
 * Removes unknown fields from the object, in place, and returns their paths in the order they were found. The paths are
 * what strict field validation reports as `unknown field "spec.x"`.
 */
export function prune(schema: StructuralSchema, object: JsonObject): string[] {
  if (knowsObject(schema, object, true)) return [];
  const pruned: string[] = [];
  pruneObject(schema, object, '', { resourceRoot: true, pruned });
  return pruned;
}

/** Whether pruning would leave the object as it is: a look that needs no paths, and nearly always the answer. */
function knowsObject(schema: StructuralSchema, object: JsonObject, resourceRoot: boolean): boolean {
  const isResource = resourceRoot || schema.embeddedResource;
  for (const name in object) {
    const value = object[name];
    if (isResource && isResourceField(name)) {
      if (name === 'metadata' && isJsonObject(value) && !knowsMetadata(value)) return false;
      continue;
    }
    const member = memberOf(schema, name);
    if (member === undefined) {
      if (!schema.preserveUnknownFields) return false;
    } else if (typeof value === 'object' && value !== null && !knowsValue(childOf(member), value)) return false;
  }
  return true;
}

function knowsValue(schema: StructuralSchema | undefined, value: unknown): boolean {
  if (isJsonObject(value)) {
    if (schema !== undefined) return knowsObject(schema, value, false);
    for (const _ in value) return false;
    return true;
  }
  if (!Array.isArray(value)) return true;
  const items = schema?.items === undefined ? undefined : childOf(schema.items);
  if (items === undefined && schema?.preserveUnknownFields === true) return true;
  for (const element of value) {
    if (typeof element === 'object' && element !== null && !knowsValue(items, element)) return false;
  }
  return true;
}

/** Prunes a value that is not a whole resource: a default, or part of an object. */
export function pruneValue(schema: StructuralSchema, value: unknown): string[] {
  const pruned: string[] = [];
  pruneNode(schema, value, '', pruned);
  return pruned;
}

function pruneNode(schema: StructuralSchema | undefined, value: unknown, path: string, pruned: string[]): void {
  if (isJsonObject(value)) {
    if (schema === undefined) pruneAll(value, path, pruned);
    else pruneObject(schema, value, path, { resourceRoot: false, pruned });
  } else if (Array.isArray(value)) {
    const items = schema?.items === undefined ? undefined : childOf(schema.items);
    if (items === undefined && schema?.preserveUnknownFields === true) return;
    for (let i = 0; i < value.length; i++) {
      const element: unknown = value[i];
      if (typeof element === 'object' && element !== null) pruneNode(items, element, `${path}[${i}]`, pruned);
    }
  }
}

function pruneObject(
  schema: StructuralSchema,
  object: JsonObject,
  path: string,
  { resourceRoot, pruned }: { readonly resourceRoot: boolean; readonly pruned: string[] },
): void {
  const isResource = resourceRoot || schema.embeddedResource;
  for (const name of Object.keys(object)) {
    const value = object[name];
    if (isResource && isResourceField(name)) {
      if (name === 'metadata' && isJsonObject(value)) pruneMetadata(value, at(path, name), pruned);
      continue;
    }
    const member = memberOf(schema, name);
    if (member === undefined) {
      if (schema.preserveUnknownFields) continue;
      pruned.push(at(path, name));
      delete object[name];
    } else if (typeof value === 'object' && value !== null) {
      pruneNode(childOf(member), value, at(path, name), pruned);
    }
  }
}

/** Below `additionalProperties: true` nothing is known: lists of lists keep their shape, objects lose every member. */
function pruneAll(object: JsonObject, path: string, pruned: string[]): void {
  for (const name of Object.keys(object)) {
    pruned.push(at(path, name));
    delete object[name];
  }
}

function isResourceField(name: string): boolean {
  return name === 'metadata' || name === 'apiVersion' || name === 'kind';
}

function at(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
