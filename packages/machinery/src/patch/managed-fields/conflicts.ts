/**
 * Conflicts of an apply: fields that it would change although other managers own them, and the texts for the client.
 */
import type { FieldsV1 } from '../../object/meta.ts';
import { forEachPath, formatPath } from './field-set.ts';
import type { FieldManager } from './managers.ts';

export interface ApplyConflict {
  /** The other manager's name. */
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** Empty for the main resource. */
  readonly subresource: string;
  /** When that manager changed its fields last, RFC 3339. */
  readonly time?: string;
  /** `.spec.containers[name="web"].image` */
  readonly path: string;
}

/** One conflict for each path of the set that the manager owns. */
export function conflictsWith(manager: FieldManager, set: FieldsV1): ApplyConflict[] {
  const conflicts: ApplyConflict[] = [];
  forEachPath(set, (path) => {
    conflicts.push({
      manager: manager.name,
      operation: manager.operation,
      apiVersion: manager.apiVersion,
      subresource: manager.subresource,
      ...(manager.time === undefined ? {} : { time: manager.time }),
      path: formatPath(path),
    });
  });
  return conflicts;
}

/** `"kubectl" with subresource "scale" using apps/v1`: the manager as conflict messages name it. */
export function formatConflictManager(conflict: ApplyConflict): string {
  const subresource = conflict.subresource === '' ? '' : ` with subresource ${JSON.stringify(conflict.subresource)}`;
  const version = conflict.operation === 'Update' ? ` using ${conflict.apiVersion}` : '';
  return `${JSON.stringify(conflict.manager)}${subresource}${version}`;
}

/**
 * The message of the 409 Status. With a description of the object (`deployments.apps "web" in namespace "prod"`) it
 * says which one of many applied objects it is about.
 */
export function applyConflictMessage(conflicts: readonly ApplyConflict[], object?: string): string {
  const subject = object === undefined ? '' : ` for ${object}`;
  const [only] = conflicts;
  if (conflicts.length === 1 && only !== undefined) {
    return `Apply failed with 1 conflict${subject}: conflict with ${formatConflictManager(only)}: ${only.path}`;
  }
  const managers = [...new Set(conflicts.map(formatConflictManager))].toSorted();
  const lines = managers.flatMap((manager) => [
    `conflicts with ${manager}:`,
    ...conflicts.filter((conflict) => formatConflictManager(conflict) === manager).map(({ path }) => `- ${path}`),
  ]);
  return `Apply failed with ${conflicts.length} conflicts${subject}: ${lines.join('\n')}`;
}

/** `details.causes` of the 409 Status, one a conflict. */
export function applyConflictCauses(
  conflicts: readonly ApplyConflict[],
): { reason: 'FieldManagerConflict'; message: string; field: string }[] {
  return conflicts.map((conflict) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${formatConflictManager(conflict)}`,
    field: conflict.path,
  }));
}
