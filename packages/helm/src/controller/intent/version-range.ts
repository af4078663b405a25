/** Versions that sources ask for: a range that can't be read would never be found. */
import { type FieldError, invalidValue } from '@kindred/machinery';
import { parseConstraints } from '../../semver/constraint.ts';

/** Empty or absent: any version. */
export function rangeErrors(path: string, text: string | undefined): FieldError[] {
  if (text === undefined || text === '' || parseConstraints(text) !== undefined) return [];
  return [invalidValue(path, text, 'must be a version, or a range of versions')];
}
