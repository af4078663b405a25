/**
 * Validation of a value against a structural schema, with the wording and order of the API server
 * (`kube-openapi/pkg/validation/validate` as `apiextensions-apiserver` reports it).
 *
 * One walk checks the schema's keywords, embedded resources and list types. Errors of the three come in this order.
 * On update, what did not change is not judged again (ratcheting): an error is dropped when the value at its node is
 * equal to the one of the old object and the two can be told to belong together.
 */
import { deepEqual, type FieldError, isJsonObject, type JsonObject, required } from '@kindred/machinery';
import { canonicalKey } from './canonical-key.ts';
import { compositionErrors } from './composition.ts';
import { embeddedResourceErrors } from './embedded-resource.ts';
import { enumError, objectSizeError, sizeErrors, stringErrors, typeErrors } from './keyword-errors.ts';
import { keysOfElement, listTypeErrors } from './list-types.ts';
import { numberErrors } from './numbers.ts';
import { childOf, type LazySchema, type StructuralSchema } from './structural-schema.ts';

/** In place of a path: a walk that only finds out whether there are errors. No field is called so. */
const nowhere = '\0';

/** Errors by the pass that the API server finds them in. */
interface Findings {
  readonly schema: FieldError[];
  readonly embedded: FieldError[];
  readonly lists: FieldError[];
}

/**
 * All errors of a value; empty when it is valid. Never throws, whatever the value is.
 *
 * @param path where the value is: '' for a whole object, whose own errors then have an empty `field`.
 * @example validateValue(schema, { spec: { replicas: 0 } }, '')
 *   // spec.replicas: Invalid value: 0: spec.replicas in body should be greater than or equal to 1
 */
export function validateValue(schema: StructuralSchema, value: unknown, path: string): FieldError[] {
  // Nearly every value is valid, and paths are most of what a walk costs.
  const quick = newFindings();
  validateNode(schema, value, undefined, nowhere, quick);
  if (flatten(quick).length === 0) return [];
  const found = newFindings();
  validateNode(schema, value, undefined, path, found);
  return flatten(found);
}

/** As `validateValue`, without the errors of parts that are as they were in the old value. */
export function validateValueUpdate(
  schema: StructuralSchema,
  value: unknown,
  old: unknown,
  path: string,
): FieldError[] {
  const errors = validateValue(schema, value, path);
  // Correlating with the old value costs: only objects with errors pay for it.
  if (errors.length === 0 || old === undefined) return errors;
  const found = newFindings();
  validateNode(schema, value, old, path, found);
  return flatten(found);
}

function newFindings(): Findings {
  return { schema: [], embedded: [], lists: [] };
}

function flatten(found: Findings): FieldError[] {
  if (found.embedded.length === 0 && found.lists.length === 0) return found.schema;
  return [...found.schema, ...found.embedded, ...found.lists];
}

function validateNode(schema: StructuralSchema, value: unknown, old: unknown, path: string, found: Findings): void {
  if (old !== undefined && deepEqual(value, old)) return;
  typeErrors(schema, value, path, found.schema);
  if (value === null || value === undefined) {
    enumError(schema, value, path, found.schema);
    return;
  }
  if (schema.constrained) keywordErrors(schema, value, path, found);
  if (Array.isArray(value)) validateList(schema, value, old, path, found);
  else if (isJsonObject(value)) validateObject(schema, value, old, path, found);
}

function keywordErrors(schema: StructuralSchema, value: unknown, path: string, found: Findings): void {
  if (schema.hasJunctions) {
    compositionErrors(schema, path, found.schema, (alternative) => {
      const inner = newFindings();
      validateNode(alternative, value, undefined, path, inner);
      return inner.schema;
    });
  }
  if (typeof value === 'string') stringErrors(schema, value, path, found.schema);
  else if (typeof value === 'number' || typeof value === 'bigint') {
    numberErrors(schema.source, value, path, found.schema);
  }
  if (!Array.isArray(value)) enumError(schema, value, path, found.schema);
}

function validateList(
  schema: StructuralSchema,
  list: readonly unknown[],
  old: unknown,
  path: string,
  found: Findings,
): void {
  const items = schema.items === undefined ? undefined : childOf(schema.items);
  if (items !== undefined) {
    const oldByKey = old === undefined ? undefined : correlate(schema, old);
    for (let i = 0; i < list.length; i++) {
      const oldElement = oldByKey?.get(canonicalKey(keysOfElement(schema, list[i])));
      validateNode(items, list[i], oldElement, path === nowhere ? nowhere : `${path}[${i}]`, found);
    }
  }
  sizeErrors(schema.source, list, path, found.schema);
  enumError(schema, list, path, found.schema);
  listTypeErrors(schema, list, path, found.lists);
}

/** Only the elements of map lists can be recognised in another version of the list. */
function correlate(schema: StructuralSchema, old: unknown): Map<string, unknown> | undefined {
  if (schema.listType !== 'map' || !Array.isArray(old)) return undefined;
  return new Map(old.map((element: unknown) => [canonicalKey(keysOfElement(schema, element)), element]));
}

function validateObject(
  schema: StructuralSchema,
  object: JsonObject,
  old: unknown,
  path: string,
  found: Findings,
): void {
  if (schema.embeddedResource) embeddedResourceErrors(object, path, found.embedded);
  const sizeError = objectSizeError(schema.source, object, path);
  if (sizeError !== undefined) {
    found.schema.push(sizeError);
    return;
  }
  const oldObject = isJsonObject(old) ? old : undefined;
  if (schema.properties.size > 0 || schema.additional !== undefined) {
    // Objects of JSON inherit nothing that is enumerable.
    for (const name in object) {
      const member: LazySchema | undefined = schema.properties.get(name) ?? schema.additional;
      const value = object[name];
      if (member === undefined || value === undefined) continue;
      const child = childOf(member);
      if (child === undefined) continue;
      const oldMember = oldObject !== undefined && Object.hasOwn(oldObject, name) ? oldObject[name] : undefined;
      validateNode(child, value, oldMember, memberPath(path, name), found);
    }
  }
  for (const name of schema.source.required ?? []) {
    if (Object.hasOwn(object, name) && object[name] !== undefined) continue;
    found.schema.push(required(memberPath(path, name)));
  }
}

function memberPath(path: string, name: string): string {
  if (path === nowhere) return nowhere;
  return path === '' ? name : `${path}.${name}`;
}
