/** Makes field errors in the words of `k8s.io/apimachinery/pkg/util/validation/field`. */
import type { FieldError } from '@kindred/machinery';

export function required(field: string, detail = ''): FieldError {
  return { type: 'Required', field, detail };
}
export function invalidValue(field: string, badValue: unknown, detail: string): FieldError {
  return { type: 'Invalid', field, detail, badValue };
}
export function notSupported(field: string, badValue: unknown, allowed: readonly unknown[]): FieldError {
  const list = allowed.map((value) => JSON.stringify(value)).join(', ');
  return { type: 'NotSupported', field, detail: `supported values: ${list}`, badValue };
}
export function forbiddenField(field: string, detail: string): FieldError {
  return { type: 'Forbidden', field, detail };
}
export function duplicate(field: string, badValue: unknown): FieldError {
  return { type: 'Duplicate', field, detail: '', badValue };
}
export function valueNotFound(field: string, badValue: unknown): FieldError {
  return { type: 'NotFound', field, detail: '', badValue };
}
export function tooLong(field: string, max: number): FieldError {
  return { type: 'TooLong', field, detail: `may not be more than ${max} bytes` };
}
