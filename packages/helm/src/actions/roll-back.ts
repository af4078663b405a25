/** The work of a rollback: a new revision with the content of an older one. */
import { errorText } from '@kindred/machinery';
import type { OperationSettings } from '../release/journal.ts';
import { OperationRecord } from '../release/operation-record.ts';
import { type Release, withInfo } from '../release/release.ts';
import { ReleaseError } from '../release/release-error.ts';
import { deleteResources } from '../resources/delete.ts';
import { type ActionContext, clusterOf, timestamp } from './action-context.ts';
import { DeployError, type Deployment, deploy, prepareChange } from './deploy.ts';
import { cleanupContext, OperationError, recordFailure } from './operation-failure.ts';
import { record as recordRelease, supersede } from './supersede.ts';

export interface RollbackPlan {
  /** The newest revision. */
  readonly current: Release;
  /** The revision to go back to. */
  readonly previous: Release;
  /** Further revisions whose objects may be in the cluster. */
  readonly interrupted: readonly Release[];
  readonly settings: OperationSettings;
  readonly historyMax: number;
}

/** The new revision, before anything is done. */
export function rolledBack(context: ActionContext, { current, previous, settings }: RollbackPlan): Release {
  return {
    name: current.name,
    namespace: current.namespace,
    revision: current.revision + 1,
    info: {
      firstDeployed: current.info.firstDeployed,
      lastDeployed: timestamp(context),
      deleted: '',
      description: settings.description === '' ? `Rollback to ${previous.revision}` : settings.description,
      status: 'pending-rollback',
      notes: previous.info.notes,
    },
    chart: previous.chart,
    config: previous.config,
    manifest: previous.manifest,
    hooks: previous.hooks,
    applyMethod: settings.serverSide ? 'ssa' : 'csa',
    labels: previous.labels,
  };
}

/** @throws OperationError when it failed and the record says so */
export async function rollBack(context: ActionContext, plan: RollbackPlan): Promise<Release> {
  const { current, settings, interrupted } = plan;
  const bases = [current, ...interrupted];
  const release = rolledBack(context, plan);
  const journal = { kind: 'rollback', bases: bases.map(({ revision }) => revision), settings, done: [] } as const;
  const record = new OperationRecord(context.storage, release, journal);
  await record.create(plan.historyMax);
  return runRollback(context, { record, settings, bases });
}

/** The steps after the record; also those that are left of an interrupted rollback. */
export async function runRollback(
  context: ActionContext,
  work: { readonly record: OperationRecord; readonly settings: OperationSettings; readonly bases: readonly Release[] },
): Promise<Release> {
  const { record, settings, bases } = work;
  const [current] = bases;
  const { release } = record;
  try {
    const change = await prepareChange(context, 'rollback', release, { bases, takeOwnership: false, strict: false });
    await deploy(context, { kind: 'rollback', record, settings, change });
  } catch (error) {
    return failRollback(context, { record, settings }, current, error);
  }
  const deployed = await context.storage.inStatus(release.name, 'deployed');
  await supersede(
    context,
    deployed.filter(({ revision }) => revision !== release.revision),
  );
  await record.finish({ status: 'deployed' });
  return record.release;
}

async function failRollback(
  context: ActionContext,
  { record, settings }: Pick<Deployment, 'record' | 'settings'>,
  current: Release | undefined,
  error: unknown,
): Promise<never> {
  const cleanup = cleanupContext(context);
  const { name } = record.release;
  const text = errorText(error);
  const step = error instanceof DeployError ? error.step : 'hooks';
  const description = step === 'wait' ? `Release "${name}" failed: ${text}` : `Rollback "${name}" failed: ${text}`;
  if (step === 'apply' && current !== undefined)
    await recordRelease(cleanup, withInfo(current, { status: 'superseded' }));
  await recordFailure(cleanup, record, description);
  if (settings.cleanupOnFail && error instanceof DeployError && error.created.length > 0) {
    const { errors } = await deleteResources(clusterOf(cleanup), error.created);
    if (errors.length > 0) {
      const problems = errors.map(({ message }) => message).join(', ');
      throw new ReleaseError(
        'Failed',
        `an error occurred while cleaning up resources. original rollback error: unable to cleanup resources: ${problems}`,
        { cause: error },
      );
    }
  }
  throw new OperationError(record.release, step === 'wait' ? `release ${name} failed: ${text}` : text, error);
}
