/**
 * The Status object: how the API answers a failure, and a deletion that left nothing behind
 * (`k8s.io/apimachinery/pkg/apis/meta/v1` Status).
 *
 * Clients read `details` without looking whether it is there, so every Status of ours has one.
 */
import type { ListMeta } from '../object/meta.ts';
import type { StatusReason } from './table.ts';

export interface StatusCause {
  /** `FieldValueInvalid`, `FieldManagerConflict`, `DisruptionBudget`, …; the wire calls it reason. */
  readonly reason?: string;
  readonly message?: string;
  /** Path of the field that caused the failure. */
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  /** The resource name (`websites`), except for Invalid, where it is the kind: as upstream fills it. */
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: ListMeta;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: StatusReason;
  readonly details: StatusDetails;
  /** HTTP status code; absent on success. */
  readonly code?: number;
}

/** The answer to a delete that removed the object at once. */
export function success(details: StatusDetails): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}
