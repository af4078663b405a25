/**
 * What Go's JSON decoder does to an object of a built-in type: values of the wrong JSON type are errors, fields that the
 * type lacks are dropped (and reported, for strict field validation), and `null` is the same as absent, as are lists and
 * maps without members where the type doesn't require them.
 */
import { childPath, type FieldInfo, isJsonObject, type TypeInfo } from '@kindred/machinery';
import { typeTable } from '../type-table.ts';
import { scalarError } from './scalar-error.ts';

export interface DecodeResult {
  /** In Go's words: `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`. */
  readonly errors: string[];
  /** Paths of dropped fields: `spec.template.spec.containers[0].imagee`. */
  readonly unknownFields: string[];
}

/**
 * Checks an object against its type and drops in place what the type lacks.
 *
 * The first entry of `errors` is the one that a Kubernetes API server would answer with, as
 * `Deployment in version "v1" cannot be handled as a Deployment: <error>`; strict validation words the unknown ones
 * `unknown field "<path>"`.
 */
export function decodeObject(typeName: string, object: object): DecodeResult {
  return walk(typeName, object, true);
}

/** As `decodeObject`, without changing the object: just the errors. */
export function decodeErrors(typeName: string, object: object): string[] {
  return walk(typeName, object, false).errors;
}

/** As `decodeObject`, without changing the object: just the fields that the type lacks. */
export function unknownFields(typeName: string, object: object): string[] {
  return walk(typeName, object, false).unknownFields;
}

interface Walk {
  readonly result: DecodeResult;
  readonly prune: boolean;
}

function walk(typeName: string, object: object, prune: boolean): DecodeResult {
  const context: Walk = { result: { errors: [], unknownFields: [] }, prune };
  const type = typeTable.get(typeName);
  if (type !== undefined && isJsonObject(object)) {
    visitObject(context, type, object, { struct: shortName(typeName), goField: '', at: '' });
  }
  return context.result;
}

/** Where a value stands. */
interface Place {
  /** The Go struct that holds the field. */
  readonly struct: string;
  /** Path without list indexes, as Go's decoder counts. */
  readonly goField: string;
  /** Path with list indexes, as strict validation shows it. */
  readonly at: string;
}

/** `place.struct` is the object's own type here. */
function visitObject(context: Walk, { fields = {} }: TypeInfo, object: Record<string, unknown>, place: Place): void {
  for (const name of Object.keys(object)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const value = object[name];
    const at = childPath(place.at, name);
    if (field === undefined) context.result.unknownFields.push(at);
    if (context.prune && (field === undefined || value === null)) delete object[name];
    if (field === undefined || value === null || value === undefined) continue;
    visitField(context, { struct: place.struct, goField: childPath(place.goField, name), at }, field, value);
    if (context.prune && !field.required && isEmptyCollection(field, value)) delete object[name];
  }
}

/** Go's `omitempty`, and protobuf in a Kubernetes' store: an optional list or map without members is as good as absent. */
function isEmptyCollection({ array, map }: FieldInfo, value: unknown): boolean {
  if (array) return Array.isArray(value) && value.length === 0;
  return map === true && isJsonObject(value) && Object.keys(value).length === 0;
}

function visitField(context: Walk, place: Place, field: FieldInfo, value: unknown): void {
  if (field.map) {
    if (!isJsonObject(value)) return wrongType(context, place, value, `map[string]${goElement(field)}`);
    if (context.prune) fillNulls(value, field);
    for (const [key, member] of Object.entries(value)) {
      const memberPlace = { ...place, at: `${place.at}.${key}` };
      if (!field.mapOfArrays) visitElement(context, memberPlace, field, member);
      else if (!Array.isArray(member)) wrongType(context, memberPlace, member, '[]string');
      else for (const element of member) visitElement(context, memberPlace, field, element);
    }
    return;
  }
  if (!field.array) return visitElement(context, place, field, value);
  if (!Array.isArray(value)) return wrongType(context, place, value, `[]${goElement(field)}`);
  if (context.prune) fillNulls(value, field);
  value.forEach((element, index) => {
    visitElement(context, { ...place, at: `${place.at}[${index}]` }, field, element);
  });
}

/** In a list or map `null` is not absent: Go puts the element type's zero value there. */
function fillNulls(holder: unknown[] | Record<string, unknown>, field: FieldInfo): void {
  for (const [key, member] of Object.entries(holder)) {
    if (member === null) Reflect.set(holder, key, field.mapOfArrays ? [] : zeroOf(field));
  }
}

function zeroOf({ type }: FieldInfo): unknown {
  if (type === 'integer' || type === 'number') return 0;
  if (type === 'boolean') return false;
  if (type === 'string') return '';
  return typeTable.get(type)?.fields === undefined ? null : {};
}

function visitElement(context: Walk, place: Place, field: FieldInfo, value: unknown): void {
  if (value === null || value === undefined) return;
  const type = field.type.includes('.') ? typeTable.get(field.type) : undefined;
  if (type?.fields === undefined) {
    const problem = scalarError(field, type, value);
    if (problem?.goType !== undefined) wrongType(context, place, value, problem.goType);
    else if (problem !== undefined) context.result.errors.push(problem.message);
  } else if (isJsonObject(value)) {
    visitObject(context, type, value, { ...place, struct: shortName(field.type) });
  } else wrongType(context, place, value, goElement(field));
}

function wrongType({ result }: Walk, { struct, goField }: Place, value: unknown, goType: string): void {
  result.errors.push(
    `json: cannot unmarshal ${jsonType(value)} into Go struct field ${struct}.${goField} of type ${goType}`,
  );
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`;
  if (typeof value === 'bigint') return `number ${value}`;
  return typeof value === 'string' ? 'string' : 'object';
}

/** `io.k8s.api.core.v1.PodSpec` → `v1.PodSpec`: Go names a type by the last segment of its package. */
function goElement(field: FieldInfo): string {
  if (!field.type.includes('.')) return field.format === 'byte' ? '[]uint8' : goScalar(field);
  return field.type.split('.').slice(-2).join('.');
}

function goScalar({ type, format }: FieldInfo): string {
  if (type === 'boolean') return 'bool';
  return format === 'double' ? 'float64' : (format ?? type);
}

function shortName(typeName: string): string {
  return typeName.slice(typeName.lastIndexOf('.') + 1);
}
