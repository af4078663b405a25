/** Rollbacks by kubectl: a patch of `spec.rollbackTo`, or a body posted to the subresource `rollback`. */
import { deepEqual, type FieldError, forbiddenField, invalid, invalidValue, parseDuration } from '@kindred/machinery';
import { type RollbackOptions, rollback } from '../../actions/rollback.ts';
import { Release } from '../kinds/release.ts';
import type { ReleaseRollback } from '../kinds/release-actions.ts';
import { revisionContent } from '../objects/revision-content.ts';
import { reading } from '../reading.ts';
import { findRecords } from '../records/read-releases.ts';
import { actionFailure, RELEASES } from './action-failure.ts';
import { type ActionCall, type ActionKit, actOn, contextOf, currentRelease } from './release-action.ts';

export interface UpdateOfRelease {
  /** As it is to be. */
  readonly object: Release;
  readonly current: Release;
  readonly dryRun: boolean;
}

/** What a write of a release asks for: a rollback or nothing. @throws StatusError Invalid for any other change */
export async function updateRelease(
  kit: ActionKit,
  call: ActionCall,
  { object, current, dryRun }: UpdateOfRelease,
): Promise<Release> {
  const errors = changesBeyondRollback(object, current);
  if (errors.length > 0) throw invalid(Release, call.name, errors);
  const { rollbackTo } = object.spec;
  if (rollbackTo === undefined) return current;
  const revision = rollbackTo.revision ?? 0;
  const wanted = { options: { revision }, dryRun, field: 'spec.rollbackTo.revision' };
  const release = await rollBackTo(kit, call, wanted);
  // What is only previewed has no version of its own.
  return dryRun
    ? { ...release, metadata: { ...current.metadata, generation: release.metadata.generation ?? 0 } }
    : release;
}

export function postedRollback(
  kit: ActionKit,
  call: ActionCall,
  { spec, dryRun }: { readonly spec: ReleaseRollback['spec']; readonly dryRun: boolean },
): Promise<Release> {
  const { timeout, ...rest } = spec;
  const options = { ...rest, timeoutMilliseconds: timeout === undefined ? undefined : parseDuration(timeout) };
  return rollBackTo(kit, call, { options, dryRun, field: 'spec.revision' });
}

interface WantedRollback {
  readonly options: Omit<RollbackOptions, 'name' | 'dryRun'>;
  readonly dryRun: boolean;
  /** What says the revision. */
  readonly field: string;
}

async function rollBackTo(kit: ActionKit, call: ActionCall, wanted: WantedRollback): Promise<Release> {
  const { options, dryRun, field } = wanted;
  const { name } = call;
  await demandRevision(call, options.revision ?? 0, field);
  if (dryRun) return previewRollback(kit, call, options);
  const done = await actOn(kit, call, { verb: 'rollback', act: (context) => rollback(context, { ...options, name }) });
  if (done === undefined) throw actionFailure(name, new Error('the release is gone since it was rolled back'));
  return done;
}

/** @throws StatusError Invalid when there is no such revision */
async function demandRevision(call: ActionCall, revision: number, field: string): Promise<void> {
  const { caller: client, namespace, name, signal } = call;
  const { records } = await reading(RELEASES, name, () =>
    findRecords({ client, namespace, signal }, { release: name }),
  );
  // A release that isn't there is told of by what follows.
  if (records.length === 0 || records.some((record) => record.revision === revision)) return;
  if (revision === 0 && records.length > 1) return;
  const detail = revision === 0 ? 'release has only one revision' : `release has no ${revision} version`;
  throw invalid(Release, name, [invalidValue(field, revision, detail)]);
}

async function previewRollback(kit: ActionKit, call: ActionCall, options: WantedRollback['options']): Promise<Release> {
  const { name, namespace, signal, warn } = call;
  const current = await currentRelease(call);
  try {
    const context = contextOf(kit, call, { current, stopped: signal, warn });
    const release = await rollback(context, { ...options, name, dryRun: 'server' });
    const metadata = { name, namespace, generation: release.revision };
    return { apiVersion: Release.apiVersion, kind: Release.kind, metadata, ...revisionContent(release, namespace) };
  } catch (error) {
    throw actionFailure(name, error);
  }
}

const UNCHANGEABLE =
  'only rollbackTo can be set: charts and values are changed by helm, or by the HelmRelease that keeps it';

function changesBeyondRollback(object: Release, current: Release): FieldError[] {
  const { rollbackTo: _, ...spec } = object.spec;
  const errors: FieldError[] = [];
  if (!deepEqual(spec, current.spec)) errors.push(forbiddenField('spec', UNCHANGEABLE));
  if (!deepEqual(object.status, current.status)) errors.push(forbiddenField('status', UNCHANGEABLE));
  for (const field of ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const) {
    const [wanted, present] = [object.metadata[field] ?? {}, current.metadata[field] ?? {}];
    if (!deepEqual(wanted, present)) errors.push(forbiddenField(`metadata.${field}`, UNCHANGEABLE));
  }
  return errors;
}
