/**
 * An install or upgrade that is ready to be done: everything is rendered, checked and known, nothing is changed yet. What
 * prepares it (`install`, `upgrade`, a plan that was read from a file) and what does it come together here.
 */
import { Namespace } from '@kindred/apis/core/v1';
import type { OperationSettings } from '../release/journal.ts';
import { OperationRecord } from '../release/operation-record.ts';
import { type Release, type StoredChart, withInfo } from '../release/release.ts';
import { FIELD_MANAGER } from '../resources/cluster.ts';
import type { CrdFile } from '../resources/crds/apply-crds.ts';
import type { ActionContext } from './action-context.ts';
import type { Change } from './deploy.ts';
import { withLock } from './operation-lock.ts';
import type { ReleaseGenerators } from './release-generators.ts';
import { reportSize } from './report-size.ts';
import { runInstall } from './run-install.ts';
import { runUpgrade } from './run-upgrade.ts';

export interface Operation {
  readonly kind: 'install' | 'upgrade';
  /** The new revision, pending. */
  readonly release: Release;
  /** What is kept of its chart; evaluated when it is recorded. */
  readonly recordedChart: () => StoredChart | undefined;
  /** The chart's definitions, which are sent before. */
  readonly crds: () => readonly CrdFile[];
  readonly settings: OperationSettings;
  /** Of an upgrade: the revision that is replaced, then interrupted ones. */
  readonly bases: readonly Release[];
  /** Of an install: the newest revision that had the name before. */
  readonly replaced: Release | undefined;
  readonly change: Change;
  /** Revisions that are kept; 0 keeps all. */
  readonly historyMax: number;
  readonly createNamespace: boolean;
  readonly generators: ReleaseGenerators | undefined;
}

/** @throws OperationError with the revision that failed; ReleaseError */
export async function performOperation(context: ActionContext, operation: Operation): Promise<Release> {
  const { kind, release, settings, bases, change, generators } = operation;
  if (operation.createNamespace) await createNamespace(context);
  return withLock(context, release.name, async (locked) => {
    const revision = await supersedeReplaced(locked, operation);
    const journal = { kind, bases: bases.map((base) => base.revision), settings, done: [] };
    const recorded = { ...release, revision, chart: operation.recordedChart() };
    const record = new OperationRecord(locked.storage, recorded, journal);
    reportSize(locked, record.release);
    await generators?.save();
    await record.create(operation.historyMax);
    const done =
      kind === 'install'
        ? await runInstall(locked, { record, settings, change })
        : await runUpgrade(locked, { record, settings, bases, change });
    await generators?.settle();
    return done;
  });
}

/** The revision of the new release. */
async function supersedeReplaced({ storage }: ActionContext, { replaced, release }: Operation): Promise<number> {
  if (replaced === undefined) return release.revision;
  if (replaced.info.status !== 'failed') {
    await storage.update(withInfo(replaced, { status: 'superseded', description: 'superseded by new release' }));
  }
  return replaced.revision + 1;
}

async function createNamespace({ client, namespace, signal }: ActionContext): Promise<void> {
  const object = { metadata: { name: namespace, labels: { name: namespace } } };
  await client.apply(Namespace, object, { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', signal });
}
