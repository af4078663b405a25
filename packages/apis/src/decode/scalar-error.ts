/** What is wrong with a scalar value, in the words of Go's decoder or of the type's own parser. */
import { type FieldInfo, isJsonObject, type TypeInfo } from '@kindred/machinery';

/** Either the Go type that the value doesn't fit, or a whole message. */
export type ScalarError = { readonly goType: string } | { readonly goType?: undefined; readonly message: string };

const quantity = /^[+-]?[0-9.]+([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const timestamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** @param type the scalar type of the table that the field names, when it names one. */
export function scalarError(field: FieldInfo, type: TypeInfo | undefined, value: unknown): ScalarError | undefined {
  if (type === undefined) return plainError(field, value);
  if (type.type === 'any') return undefined;
  if (type.format === 'int-or-string') return intOrStringError(value);
  if (type.format === 'date-time') return timeError(value);
  if (field.type.endsWith('.Quantity')) return quantityError(value);
  if (type.type === 'object')
    return isJsonObject(value) || field.type.endsWith('.RawExtension')
      ? undefined
      : { goType: 'map[string]interface {}' };
  return undefined;
}

function plainError({ type, format }: FieldInfo, value: unknown): ScalarError | undefined {
  if (type === 'string') {
    if (typeof value !== 'string') return { goType: format === 'byte' ? '[]uint8' : 'string' };
    return format === 'byte' ? base64Error(value) : undefined;
  }
  if (type === 'boolean') return typeof value === 'boolean' ? undefined : { goType: 'bool' };
  if (type === 'integer') return integerError(format ?? 'int64', value);
  if (type === 'number')
    return typeof value === 'number' || typeof value === 'bigint' ? undefined : { goType: 'float64' };
  return undefined;
}

function integerError(format: string, value: unknown): ScalarError | undefined {
  const isInteger = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
  if (!isInteger) return { goType: format };
  const bound = format === 'int32' ? 2 ** 31 : 2 ** 63;
  return Number(value) >= -bound && Number(value) < bound ? undefined : { goType: format };
}

/** Offset of the first character that base64 doesn't have, as Go's decoder reports it. */
function base64Error(value: string): ScalarError | undefined {
  const text = value.replace(/[\r\n]/g, '');
  const bad = text.search(/[^A-Za-z0-9+/]/);
  const body = bad < 0 ? text.length : bad;
  const padding = text.slice(body);
  if (/^={0,2}$/.test(padding) && (body + padding.length) % 4 === 0) return undefined;
  const offset = bad < 0 ? text.length - (text.length % 4) : bad;
  return { message: `illegal base64 data at input byte ${offset}` };
}

function intOrStringError(value: unknown): ScalarError | undefined {
  if (typeof value === 'string') return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31) return undefined;
  return { message: `json: cannot unmarshal ${nameOfJsonType(value)} into Go value of type int32` };
}

function timeError(value: unknown): ScalarError | undefined {
  if (typeof value !== 'string') {
    return { message: `json: cannot unmarshal ${nameOfJsonType(value)} into Go value of type string` };
  }
  if (timestamp.test(value) && !Number.isNaN(Date.parse(value))) return undefined;
  const layout = '2006-01-02T15:04:05Z07:00';
  return { message: `parsing time "${value}" as "${layout}": cannot parse "${value}" as "2006"` };
}

function quantityError(value: unknown): ScalarError | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return undefined;
  if (typeof value === 'string' && quantity.test(value) && /[0-9]/.test(value)) return undefined;
  return {
    message: "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  };
}

function nameOfJsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' && !Number.isInteger(value)) return `number ${value}`;
  return typeof value;
}
