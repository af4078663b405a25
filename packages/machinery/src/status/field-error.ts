/**
 * Validation errors: one for each field that is wrong, as `k8s.io/apimachinery/pkg/util/validation/field` words them.
 *
 * Validation collects a list and never stops at the first. `field` is a path such as `spec.containers[0].name` or
 * `metadata.labels[app]`.
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
  /** Absent for Required, Forbidden, TooLong and TooMany, which never show a value. */
  readonly badValue?: unknown;
}
