/**
 * What an operation notes beside the record that it works on: how it was asked for, and which of its steps are done. If it
 * ends without a result, the next one can go on where it was. Helm neither reads nor keeps the note.
 */
import type { ConflictPolicy } from '../resources/conflicts/conflict-policy.ts';
import type { WaitStrategy } from '../resources/wait/wait.ts';
import type { Release } from './release.ts';

export const JOURNAL_ANNOTATION = 'helm.kindred.dev/operation';

export type OperationKind = 'install' | 'upgrade' | 'rollback';

/** What an operation needs to know to go on; written as JSON. */
export interface OperationSettings {
  readonly serverSide: boolean;
  readonly forceConflicts: boolean;
  readonly forceReplace: boolean;
  /** What client-side apply wrote becomes server-side apply's. */
  readonly upgradeFieldManager: boolean;
  readonly strict: boolean;
  readonly takeOwnership: boolean;
  /** What is done about fields that others own; without it those are decided that are always decided alike. */
  readonly onConflict?: ConflictPolicy;
  readonly wait: WaitStrategy;
  readonly waitForJobs: boolean;
  readonly timeoutMilliseconds: number;
  readonly noHooks: boolean;
  readonly rollbackOnFailure: boolean;
  readonly cleanupOnFail: boolean;
  readonly description: string;
}

export interface Journal {
  readonly kind: OperationKind;
  /** The revisions whose objects are in the cluster when it starts; the first is the one it replaces. */
  readonly bases: readonly number[];
  readonly settings: OperationSettings;
  /** Steps that are done. */
  readonly done: readonly string[];
}

/** The journal of a release; undefined when it has none, or none that this version understands. */
export function readJournal(release: Release): Journal | undefined {
  const text = release.annotations?.[JOURNAL_ANNOTATION];
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJournal(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isJournal(value: unknown): value is Journal {
  if (typeof value !== 'object' || value === null) return false;
  if (!('kind' in value && 'bases' in value && 'settings' in value && 'done' in value)) return false;
  const { kind, bases, settings, done } = value;
  if (kind !== 'install' && kind !== 'upgrade' && kind !== 'rollback') return false;
  if (!Array.isArray(bases) || !bases.every((base) => Number.isSafeInteger(base))) return false;
  if (!Array.isArray(done) || !done.every((step) => typeof step === 'string')) return false;
  return (
    typeof settings === 'object' && settings !== null && 'serverSide' in settings && 'timeoutMilliseconds' in settings
  );
}

export function withJournal(release: Release, journal: Journal): Release {
  return { ...release, annotations: { ...release.annotations, [JOURNAL_ANNOTATION]: JSON.stringify(journal) } };
}

export function withoutJournal(release: Release): Release {
  const { [JOURNAL_ANNOTATION]: _, ...annotations } = release.annotations ?? {};
  const { annotations: __, ...rest } = release;
  return Object.keys(annotations).length === 0 ? rest : { ...rest, annotations };
}
