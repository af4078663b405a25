/**
 * allOf, anyOf, oneOf and not. As in the API server, the summary of a failed junction has no field of its own, and the
 * errors of the alternative that came closest follow it.
 */
import { type FieldError, invalidValue } from '@kindred/machinery';
import { childOf, type LazySchema, type StructuralSchema } from './structural-schema.ts';

/** Validates the junction's value against one of its schemas. Passed in, since validation calls this file. */
export type Validate = (schema: StructuralSchema) => FieldError[];

/** Appends the errors of the node's junctions. */
export function compositionErrors(schema: StructuralSchema, path: string, out: FieldError[], validate: Validate): void {
  if (schema.anyOf.length > 0) anyOfErrors(schema.anyOf, path, out, validate);
  if (schema.oneOf.length > 0) oneOfErrors(schema.oneOf, path, out, validate);
  if (schema.allOf.length > 0) allOfErrors(schema.allOf, path, out, validate);
  if (schema.not !== undefined && errorsOf(schema.not, validate).length === 0) {
    out.push(invalidValue('', '', `"${path}" must not validate the schema (not)`));
  }
}

function anyOfErrors(alternatives: readonly LazySchema[], path: string, out: FieldError[], validate: Validate): void {
  let closest: FieldError[] | undefined;
  for (const alternative of alternatives) {
    const errors = errorsOf(alternative, validate);
    if (errors.length === 0) return;
    if (closest === undefined || errors.length < closest.length) closest = errors;
  }
  out.push(invalidValue('', '', `"${path}" must validate at least one schema (anyOf)`), ...(closest ?? []));
}

function oneOfErrors(alternatives: readonly LazySchema[], path: string, out: FieldError[], validate: Validate): void {
  let closest: FieldError[] | undefined;
  let valid = 0;
  for (const alternative of alternatives) {
    const errors = errorsOf(alternative, validate);
    if (errors.length === 0) valid++;
    else if (closest === undefined || errors.length < closest.length) closest = errors;
  }
  if (valid === 1) return;
  const count = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`;
  out.push(invalidValue('', '', `"${path}" must validate one and only one schema (oneOf). ${count}`));
  if (valid === 0) out.push(...(closest ?? []));
}

function allOfErrors(schemas: readonly LazySchema[], path: string, out: FieldError[], validate: Validate): void {
  let valid = 0;
  for (const schema of schemas) {
    const errors = errorsOf(schema, validate);
    if (errors.length === 0) valid++;
    out.push(...errors);
  }
  if (valid === schemas.length) return;
  const none = valid === 0 ? '. None validated' : '';
  out.push(invalidValue('', '', `"${path}" must validate all the schemas (allOf)${none}`));
}

function errorsOf(schema: LazySchema, validate: Validate): FieldError[] {
  const compiled = childOf(schema);
  return compiled === undefined ? [] : validate(compiled);
}
