/**
 * Rules for the parts of a version: subresources, printer columns, selectable fields, deprecation.
 */
import { childPath, duplicate, type FieldError, indexPath, invalidValue, required, tooMany } from '@kindred/machinery';
import type { JSONSchemaProps } from '../structural/json-schema-props.ts';
import type { AdditionalPrinterColumnV1beta1, CustomResourceDefinitionVersionV1beta1 } from './crd-v1beta1.ts';
import type { CustomResourceSubresources, SelectableField } from './custom-resource-definition.ts';

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const maxSelectableFields = 8;

/** The paths of the scale subresource: below spec, below status, below either. */
export function subresourceErrors(subresources: CustomResourceSubresources | undefined, path: string): FieldError[] {
  const scale = subresources?.scale;
  if (scale === undefined) return [];
  const errors: FieldError[] = [];
  const at = (name: string) => childPath(path, `scale.${name}`);
  requiredPath(scale.specReplicasPath, at('specReplicasPath'), ['.spec.'], errors);
  requiredPath(scale.statusReplicasPath, at('statusReplicasPath'), ['.status.'], errors);
  if ((scale.labelSelectorPath ?? '') !== '') {
    requiredPath(scale.labelSelectorPath, at('labelSelectorPath'), ['.spec.', '.status.'], errors);
  }
  return errors;
}

/** One printer column; from the wire, any of its fields may be missing. */
export function columnErrors(column: Partial<AdditionalPrinterColumnV1beta1>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { name = '', type = '', format = '', JSONPath = '' } = column;
  if (name === '') errors.push(required(childPath(path, 'name')));
  const typeDetail = `must be one of ${columnTypes.join(',')}`;
  if (type === '') errors.push(required(childPath(path, 'type'), typeDetail));
  else if (!columnTypes.includes(type)) errors.push(invalidValue(childPath(path, 'type'), type, typeDetail));
  if (format !== '' && !columnFormats.includes(format)) {
    errors.push(invalidValue(childPath(path, 'format'), format, `must be one of ${columnFormats.join(',')}`));
  }
  const at = childPath(path, 'JSONPath');
  if (JSONPath === '') errors.push(required(at));
  else if (!JSONPath.startsWith('.')) {
    errors.push(invalidValue(at, JSONPath, 'must be a simple json path starting with .'));
  }
  return errors;
}

/** Selectable fields: plain paths to scalars outside of metadata, each once. */
export function selectableFieldErrors(
  fields: readonly Partial<SelectableField>[],
  schema: JSONSchemaProps | undefined,
  path: string,
): FieldError[] {
  if (schema === undefined) {
    const detail = 'selectableFields may only be set when version.schema.openAPIV3Schema is not included';
    return [invalidValue(path, '', detail)];
  }
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  fields.forEach(({ jsonPath = '' }, i) => {
    const at = childPath(indexPath(path, i), 'jsonPath');
    if (jsonPath === '') {
      errors.push(required(at));
      return;
    }
    const found = schemaAt(schema, jsonPath);
    if (found === undefined) {
      errors.push(invalidValue(at, jsonPath, 'is an invalid path: does not refer to a valid field'));
      return;
    }
    if (/^\.metadata(\.|$)/.test(jsonPath))
      errors.push(invalidValue(at, jsonPath, 'must not point to fields in metadata'));
    if (!['string', 'boolean', 'integer'].includes(found.type ?? '')) {
      const detail =
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
      errors.push(invalidValue(at, jsonPath, detail));
    }
    if (seen.has(jsonPath)) errors.push(duplicate(at, jsonPath));
    seen.add(jsonPath);
  });
  if (seen.size > maxSelectableFields) errors.push(tooMany(path, seen.size, maxSelectableFields));
  return errors;
}

/** A warning's text is for deprecated versions, short and printable. */
export function deprecationErrors(version: CustomResourceDefinitionVersionV1beta1, path: string): FieldError[] {
  const warning = version.deprecationWarning;
  if (warning === undefined) return [];
  const at = childPath(path, 'deprecationWarning');
  const bad = (detail: string) => invalidValue(at, warning, detail);
  if (version.deprecated !== true) return [bad('can only be set for deprecated versions')];
  const errors: FieldError[] = [];
  if (Buffer.byteLength(warning) > 256) errors.push(bad('must be <= 256 characters long'));
  if (warning === '') errors.push(bad('must not be an empty string'));
  const unprintable = /[\p{C}]|[^\S ]/u.exec(warning);
  if (unprintable !== null) {
    const index = Buffer.byteLength(warning.slice(0, unprintable.index));
    const detail = `must only contain printable UTF-8 characters; non-printable character found at index ${index}`;
    errors.push(bad(detail));
  }
  return errors;
}

function requiredPath(value: string | undefined, path: string, prefixes: readonly string[], out: FieldError[]): void {
  if (value === undefined || value === '') out.push(required(path));
  else if (!value.startsWith('.')) out.push(invalidValue(path, value, 'must be a simple json path starting with .'));
  else if (!prefixes.some((prefix) => value.startsWith(prefix))) {
    const [first, second] = prefixes.map((prefix) => prefix.slice(0, -1));
    const where = second === undefined ? `under ${first}` : `under either ${first} or ${second}`;
    out.push(invalidValue(path, value, `should be a json path ${where}`));
  }
}

function schemaAt(schema: JSONSchemaProps, jsonPath: string): JSONSchemaProps | undefined {
  if (!jsonPath.startsWith('.')) return undefined;
  let current: JSONSchemaProps | undefined = schema;
  for (const name of jsonPath.slice(1).split('.')) {
    const properties: Readonly<Record<string, JSONSchemaProps>> = current?.properties ?? {};
    current = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (current === undefined) return undefined;
  }
  return current;
}
