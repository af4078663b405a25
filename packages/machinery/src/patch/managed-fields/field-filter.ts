/**
 * Which fields a request can own: writes through the main resource leave `status` alone, writes through `/status`
 * leave everything else alone. Upstream calls these reset fields.
 */
import type { FieldsV1 } from '../../object/meta.ts';
import { LEAF, recursiveDifferenceOf } from './field-set.ts';

export type FieldFilter =
  /** All but these paths and what is below them. */
  | { readonly exclude: FieldsV1 }
  /** Only what is below these paths. */
  | { readonly include: FieldsV1 };

/** For the main resource of a kind with a status subresource. */
export const exceptStatus: FieldFilter = { exclude: { 'f:status': LEAF } };

/** For the status subresource. */
export const onlyStatus: FieldFilter = { include: { 'f:status': LEAF } };

/** The paths of the set that a request behind this filter can own. */
export function filterFieldSet(set: FieldsV1, filter: FieldFilter | undefined): FieldsV1 {
  if (filter === undefined) return set;
  if ('exclude' in filter) return recursiveDifferenceOf(set, filter.exclude);
  return recursiveDifferenceOf(set, recursiveDifferenceOf(set, filter.include));
}
