/** Fields of a release that other managers own: what server-side apply answers with a conflict. */
import { isStatusError, type JsonValue } from '@kindred/machinery';
import type { Resource } from '../resource.ts';

/** What is done about a conflict: leave the field to its owner, take it over, or stop. */
export type ConflictDecision = 'yield' | 'force' | 'fail';

export interface FieldConflict {
  /** `.spec.replicas` */
  readonly path: string;
  /** The other manager, as the server names it: `"kubectl-edit" using apps/v1`. */
  readonly owner: string;
  /** What the release wants; undefined for a field that holds others. */
  readonly wanted: JsonValue | undefined;
  readonly live: JsonValue | undefined;
  readonly decision: ConflictDecision;
  /** Why: the rule that decided. */
  readonly because: string;
}

export interface ResourceConflicts {
  readonly resource: Resource;
  readonly conflicts: readonly FieldConflict[];
}

/** The conflicts in the server's answer: paths with their owners. */
export function conflictsOf(error: unknown): { readonly path: string; readonly owner: string }[] {
  if (!isStatusError(error, 'Conflict')) return [];
  return (error.status.details?.causes ?? [])
    .filter(({ reason }) => reason === 'FieldManagerConflict')
    .map(({ field = '', message = '' }) => ({ path: field, owner: message.replace(/^conflict with /, '') }));
}

/** One line for each conflict, by object: for an error that shows all of them at once. */
export function formatConflicts(all: readonly ResourceConflicts[]): string {
  return all
    .map(({ resource: { kind, namespace, name }, conflicts }) => {
      const where = namespace === '' ? '' : ` in namespace ${namespace}`;
      const lines = conflicts.map(({ path, owner }) => `  ${path}: owned by ${owner}`);
      return [`${kind.kind} ${name}${where}`, ...lines].join('\n');
    })
    .join('\n');
}
