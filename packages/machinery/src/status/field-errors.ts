/**
 * Makes and prints field errors in the words of `k8s.io/apimachinery/pkg/util/validation/field`:
 * `spec.x: Invalid value: "v": detail`.
 */
import { goQuote } from '../codec/go-quote.ts';
import type { FieldError, FieldErrorType } from './field-error.ts';
import type { StatusCause } from './status.ts';

/** The field must be set. */
export function required(field: string, detail = ''): FieldError {
  return { type: 'Required', field, detail };
}

/** The value breaks a rule that `detail` states. */
export function invalidValue(field: string, badValue: unknown, detail: string): FieldError {
  return { type: 'Invalid', field, detail, badValue };
}

/** The value isn't one of the allowed ones. */
export function notSupported(field: string, badValue: unknown, allowed: readonly unknown[]): FieldError {
  const list = allowed.map((value) => goQuote(String(value))).join(', ');
  return { type: 'NotSupported', field, detail: list === '' ? '' : `supported values: ${list}`, badValue };
}

/** The field may not be set, or not be changed, here. */
export function forbiddenField(field: string, detail: string): FieldError {
  return { type: 'Forbidden', field, detail };
}

/** The value must be unique and isn't. */
export function duplicate(field: string, badValue: unknown): FieldError {
  return { type: 'Duplicate', field, detail: '', badValue };
}

/** What the field names doesn't exist. */
export function valueNotFound(field: string, badValue: unknown): FieldError {
  return { type: 'NotFound', field, detail: '', badValue };
}

/** More than `max` bytes. */
export function tooLong(field: string, max: number): FieldError {
  return { type: 'TooLong', field, detail: `may not be more than ${max} bytes` };
}

/** `actual` items where at most `max` may be. */
export function tooMany(field: string, actual: number, max: number): FieldError {
  return {
    type: 'TooMany',
    field,
    detail: `must have at most ${max} ${max === 1 ? 'item' : 'items'}`,
    badValue: actual,
  };
}

/** The value has the wrong JSON type. */
export function typeInvalid(field: string, badValue: unknown, detail: string): FieldError {
  return { type: 'TypeInvalid', field, detail, badValue };
}

/** `spec` + `replicas` → `spec.replicas`; an empty base gives the name alone. */
export function childPath(base: string, name: string): string {
  return base === '' ? name : `${base}.${name}`;
}

/** `spec.containers` + 0 → `spec.containers[0]`. */
export function indexPath(base: string, index: number): string {
  return `${base}[${index}]`;
}

/** `metadata.labels` + `app` → `metadata.labels[app]`. */
export function keyPath(base: string, key: string): string {
  return `${base}[${key}]`;
}

const TITLES: Readonly<Record<FieldErrorType, string>> = {
  Required: 'Required value',
  Invalid: 'Invalid value',
  Duplicate: 'Duplicate value',
  NotFound: 'Not found',
  NotSupported: 'Unsupported value',
  Forbidden: 'Forbidden',
  TooLong: 'Too long',
  TooMany: 'Too many',
  TooShort: 'Too short',
  InternalError: 'Internal error',
  TypeInvalid: 'Invalid value',
};

/** The whole text: field, kind of error, value, detail. */
export function formatFieldError(error: FieldError): string {
  return `${error.field === '' ? '<nil>' : error.field}: ${fieldErrorBody(error)}`;
}

/** The text without the field: what `details.causes[].message` holds. */
export function fieldErrorBody(error: FieldError): string {
  const title = TITLES[error.type];
  const value = error.badValueText ?? ('badValue' in error ? formatBadValue(error.badValue) : undefined);
  const head = value === undefined ? title : `${title}: ${value}`;
  return error.detail === '' ? head : `${head}: ${error.detail}`;
}

/** The cause that states this error in a Status. */
export function fieldErrorCause(error: FieldError): StatusCause {
  const reason = error.type === 'InternalError' ? error.type : `FieldValue${error.type}`;
  return { reason, message: fieldErrorBody(error), field: error.field };
}

function formatBadValue(value: unknown): string {
  // Go tells an absent value from an absent map or list: the first is printed as text, the second as JSON.
  if (value === null) return '"null"';
  if (value === undefined) return 'null';
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'bigint') return value.toString();
  return JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? Number(member) : member));
}
