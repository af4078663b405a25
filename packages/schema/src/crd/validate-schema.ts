/**
 * Rules that a CustomResourceDefinition's schema must keep beyond being structural: keywords that are not supported, list
 * and map types that fit, where defaults may stand, the form of validation rules
 * (`apiextensions-apiserver/pkg/apis/apiextensions/validation`).
 */
import {
  childPath,
  type FieldError,
  forbiddenField,
  indexPath,
  invalidValue,
  keyPath,
  notSupported,
  required,
} from '@kindred/machinery';
import { isSchemaList, itemsSchemaOf, type JSONSchemaProps } from '../structural/json-schema-props.ts';
import { ruleErrors } from './validate-rules.ts';

/** Where in the object the schema applies, as far as rules depend on it. */
interface Place {
  readonly isRoot: boolean;
  readonly insideResourceMeta: boolean;
  /** Set where defaults are forbidden: the reason, added to `must not be set`. */
  readonly forbiddenDefaults?: string;
}

const schemaTypes = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** All violations in the schema and below it, outer ones first. */
export function schemaErrors(schema: JSONSchemaProps, path: string): FieldError[] {
  const errors: FieldError[] = [];
  visit(schema, path, { isRoot: true, insideResourceMeta: false }, errors);
  return errors;
}

function visit(schema: JSONSchemaProps, path: string, place: Place, out: FieldError[]): void {
  keywordErrors(schema, path, place, out);
  visitChildren(schema, path, place, out);
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    const at = childPath(path, 'x-kubernetes-preserve-unknown-fields');
    out.push(invalidValue(at, false, 'must be true or undefined'));
  }
  mapTypeErrors(schema, path, out);
  listTypeErrors(schema, path, out);
  schema['x-kubernetes-validations']?.forEach((rule, index) => {
    out.push(...ruleErrors(rule, indexPath(childPath(path, 'x-kubernetes-validations'), index)));
  });
}

const unsupportedKeywords = [
  'id',
  'additionalItems',
  'patternProperties',
  'definitions',
  'dependencies',
  '$ref',
] as const;

function keywordErrors(schema: JSONSchemaProps, path: string, place: Place, out: FieldError[]): void {
  const { type = '' } = schema;
  if (type !== '' && !schemaTypes.includes(type)) out.push(notSupported(childPath(path, 'type'), type, schemaTypes));
  if (schema.default !== undefined && place.forbiddenDefaults !== undefined) {
    out.push(forbiddenField(childPath(path, 'default'), `must not be set ${place.forbiddenDefaults}`));
  }
  for (const keyword of unsupportedKeywords) {
    if (schema[keyword] !== undefined)
      out.push(forbiddenField(childPath(path, keyword), `${keyword} is not supported`));
  }
  if (type === 'null') {
    const detail = 'type cannot be set to null, use nullable as an alternative';
    out.push(forbiddenField(childPath(path, 'type'), detail));
  }
  if (schema.items !== undefined && isSchemaList(schema.items)) {
    out.push(forbiddenField(childPath(path, 'items'), 'items must be a schema object and not an array'));
  }
  if (place.insideResourceMeta && schema['x-kubernetes-embedded-resource'] === true) {
    const at = childPath(path, 'x-kubernetes-embedded-resource');
    out.push(forbiddenField(at, 'must not be used inside of resource meta'));
  }
  if (schema.uniqueItems === true) {
    const detail = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    out.push(forbiddenField(childPath(path, 'uniqueItems'), detail));
  }
}

function visitChildren(schema: JSONSchemaProps, path: string, place: Place, out: FieldError[]): void {
  visitAdditional(schema, path, place, out);
  const isResource = place.isRoot || schema['x-kubernetes-embedded-resource'] === true;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const inMeta = isResource && ['metadata', 'kind', 'apiVersion'].includes(name);
    const inner: Place = {
      ...below(place),
      ...(inMeta ? { insideResourceMeta: true } : {}),
      ...(inMeta && place.isRoot ? { forbiddenDefaults: `in top-level ${name}` } : {}),
    };
    visit(property, keyPath(childPath(path, 'properties'), name), inner, out);
  }
  const inner = below(place);
  if (schema.not !== undefined) visit(schema.not, childPath(path, 'not'), inner, out);
  for (const junction of ['allOf', 'oneOf', 'anyOf'] as const) {
    schema[junction]?.forEach((part, i) => visit(part, indexPath(childPath(path, junction), i), inner, out));
  }
  const items = itemsSchemaOf(schema);
  if (items !== undefined) visit(items, childPath(path, 'items'), inner, out);
}

function visitAdditional(schema: JSONSchemaProps, path: string, place: Place, out: FieldError[]): void {
  const additional = schema.additionalProperties;
  if (additional === undefined) return;
  const at = childPath(path, 'additionalProperties');
  if (Object.keys(schema.properties ?? {}).length > 0 && additional !== true) {
    out.push(forbiddenField(at, 'additionalProperties and properties are mutual exclusive'));
  }
  if (typeof additional !== 'object') return;
  const reason = 'inside additionalProperties applying to object metadata';
  const inner = place.insideResourceMeta ? { ...below(place), forbiddenDefaults: reason } : below(place);
  visit(additional, at, inner, out);
}

function below(place: Place): Place {
  return place.isRoot ? { ...place, isRoot: false } : place;
}

function mapTypeErrors(schema: JSONSchemaProps, path: string, out: FieldError[]): void {
  const mapType = schema['x-kubernetes-map-type'];
  if (mapType === undefined) return;
  typeMustBe('object', 'x-kubernetes-map-type', schema, path, out);
  if (mapType !== 'atomic' && mapType !== 'granular') {
    out.push(notSupported(childPath(path, 'x-kubernetes-map-type'), mapType, ['atomic', 'granular']));
  }
}

function typeMustBe(type: string, keyword: string, schema: JSONSchemaProps, path: string, out: FieldError[]): void {
  if (schema.type === type) return;
  const detail = `must be ${type} if ${keyword} is specified`;
  const at = childPath(path, 'type');
  out.push((schema.type ?? '') === '' ? required(at, detail) : invalidValue(at, schema.type, detail));
}

function listTypeErrors(schema: JSONSchemaProps, path: string, out: FieldError[]): void {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const at = childPath(path, 'x-kubernetes-list-type');
  const items = itemsSchemaOf(schema);
  if (listType !== undefined) {
    typeMustBe('array', 'x-kubernetes-list-type', schema, path, out);
    if (schema.type === 'array' && listType === 'set' && items !== undefined) setItemErrors(items, path, out);
    if (!['atomic', 'set', 'map'].includes(listType)) out.push(notSupported(at, listType, ['atomic', 'set', 'map']));
  }
  if (keys.length > 0 && listType !== 'map') {
    const detail = 'must be map if x-kubernetes-list-map-keys is non-empty';
    out.push(listType === undefined ? required(at, detail) : invalidValue(at, listType, detail));
  }
  if (listType === 'map') mapListErrors(schema, keys, path, out);
  if ((listType === 'map' || listType === 'set') && items?.nullable === true) {
    const nullable = childPath(childPath(path, 'items'), 'nullable');
    out.push(forbiddenField(nullable, `cannot be nullable when x-kubernetes-list-type is ${listType}`));
  }
}

/** Elements of a set are compared as a whole: nobody may own a part of one. */
function setItemErrors(items: JSONSchemaProps, path: string, out: FieldError[]): void {
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const at = (keyword: string) => childPath(childPath(path, 'items'), keyword);
  const listType = items['x-kubernetes-list-type'];
  const mapType = items['x-kubernetes-map-type'];
  if (items.type === 'array' && listType !== undefined && listType !== 'atomic') {
    out.push(invalidValue(at('x-kubernetes-list-type'), listType, detail));
  }
  if (items.type === 'object' && mapType !== 'atomic') {
    out.push(invalidValue(at('x-kubernetes-map-type'), mapType ?? null, detail));
  }
}

function mapListErrors(schema: JSONSchemaProps, keys: readonly string[], path: string, out: FieldError[]): void {
  const keysPath = childPath(path, 'x-kubernetes-list-map-keys');
  const itemsPath = childPath(path, 'items');
  if (keys.length === 0) out.push(required(keysPath, 'must not be empty if x-kubernetes-list-type is map'));
  const items = itemsSchemaOf(schema);
  if (items === undefined) {
    if (schema.items === undefined) {
      out.push(required(itemsPath, 'must have a schema if x-kubernetes-list-type is map'));
    } else {
      const detail = 'must only have a single schema if x-kubernetes-list-type is map';
      out.push(invalidValue(itemsPath, schema.items, detail));
    }
    return;
  }
  if (items.type !== 'object') {
    const detail = "must be object if parent array's x-kubernetes-list-type is map";
    out.push(invalidValue(childPath(itemsPath, 'type'), items.type ?? '', detail));
    return;
  }
  keys.forEach((key, index) => {
    if (keys.indexOf(key) < index) out.push(invalidValue(keysPath, keys, 'must not contain duplicate entries'));
    keyErrors(items, key, keys, path, out);
  });
}

function keyErrors(
  items: JSONSchemaProps,
  key: string,
  keys: readonly string[],
  path: string,
  out: FieldError[],
): void {
  const properties = items.properties ?? {};
  const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
  const at = keyPath(childPath(childPath(path, 'items'), 'properties'), key);
  if (property === undefined) {
    const keysPath = childPath(path, 'x-kubernetes-list-map-keys');
    out.push(invalidValue(keysPath, keys, 'entries must all be names of item properties'));
    return;
  }
  if (property.type === 'array' || property.type === 'object') {
    const detail = "must be a scalar type if parent array's x-kubernetes-list-type is map";
    out.push(invalidValue(childPath(at, 'type'), property.type, detail));
  }
  if (items.required?.includes(key) !== true && property.default === undefined) {
    const detail =
      'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
    out.push(required(childPath(at, 'default'), detail));
  }
  if (property.nullable === true) {
    const detail = 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable';
    out.push(forbiddenField(childPath(at, 'nullable'), detail));
  }
}
