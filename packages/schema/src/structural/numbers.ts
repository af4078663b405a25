/**
 * Bounds of numbers: maximum, minimum, multipleOf, and the width that `format` asks for.
 *
 * 64-bit integers that a JavaScript number cannot hold come as bigint; comparisons between the two are exact.
 */
import { type FieldError, invalidValue } from '@kindred/machinery';
import type { JSONSchemaProps } from './json-schema-props.ts';

const maxInt64 = (1n << 63n) - 1n;
const minInt64 = -(1n << 63n);

/** Errors of a number against the bounds of its schema, in the order the API server reports them. */
export function numberErrors(schema: JSONSchemaProps, value: number | bigint, path: string, out: FieldError[]): void {
  const width = widthError(schema, value, path);
  if (width !== undefined) out.push(width);
  const { multipleOf, maximum, minimum } = schema;
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) {
    out.push(invalidValue(path, value, `${path} in body should be a multiple of ${multipleOf}`));
  }
  if (maximum !== undefined) {
    const exclusive = schema.exclusiveMaximum === true;
    if (exclusive ? value >= maximum : value > maximum) {
      out.push(invalidValue(path, value, `${path} in body should be less than ${orEqual(exclusive)}${maximum}`));
    }
  }
  if (minimum !== undefined) {
    const exclusive = schema.exclusiveMinimum === true;
    if (exclusive ? value <= minimum : value < minimum) {
      out.push(invalidValue(path, value, `${path} in body should be greater than ${orEqual(exclusive)}${minimum}`));
    }
  }
}

/** Does the value fit what its format promises? The API server reports this one without a field. */
function widthError(schema: JSONSchemaProps, value: number | bigint, path: string): FieldError | undefined {
  const { type, format = '' } = schema;
  if (type === 'integer') {
    const fits = format === 'int32' ? value >= -2147483648 && value <= 2147483647 : fitsInt64(value);
    if (!fits) return outOfRange(type, format, path);
  }
  if (type === 'number' && format === 'float' && Math.abs(Number(value)) > 3.4028234663852886e38) {
    return outOfRange(type, format, path);
  }
  return undefined;
}

function fitsInt64(value: number | bigint): boolean {
  return value >= minInt64 && value <= maxInt64;
}

function outOfRange(type: string, format: string, path: string): FieldError {
  const kind = format === '' ? `type ${type} (default format)` : `type ${type} with format ${format}`;
  return invalidValue('', '', `Checked value must be of ${kind} in ${path}`);
}

function orEqual(exclusive: boolean): string {
  return exclusive ? '' : 'or equal to ';
}

function isMultiple(value: number | bigint, factor: number | bigint): boolean {
  if (typeof value === 'bigint' && Number.isInteger(Number(factor))) return value % BigInt(factor) === 0n;
  const quotient = Number(value) / Number(factor);
  return Number.isInteger(Math.abs(quotient - Math.round(quotient)) < 1e-9 ? Math.round(quotient) : quotient);
}
