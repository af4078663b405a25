/**
 * Validation errors: one for each field that is wrong, as `k8s.io/apimachinery/pkg/util/validation/field` words them.
 *
 * Validation collects a list and never stops at the first. `field` is a path such as `spec.containers[0].name` or
 * `metadata.labels[app]`. `field-errors.ts` makes and prints them.
 */
export type FieldErrorType =
  | 'Required'
  | 'Invalid'
  | 'Duplicate'
  | 'NotFound'
  | 'NotSupported'
  | 'Forbidden'
  | 'TooLong'
  | 'TooMany'
  | 'TooShort'
  | 'InternalError'
  | 'TypeInvalid';

export interface FieldError {
  readonly type: FieldErrorType;
  readonly field: string;
  readonly detail: string;
  /** The value found, for types that show one. Absent for Required, Forbidden, TooLong, TooShort and InternalError. */
  readonly badValue?: unknown;
  /** In place of `badValue` in texts, where Go prints the value in another form: `0x0`. */
  readonly badValueText?: string;
}
