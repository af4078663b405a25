/** The controller's memory is the object's status: what it knows of its own doings, read from there and written there. */
import { NO_PROGRESS } from '../decide/advance.ts';
import type { Progress, ReleaseAction, TestOutcome } from '../decide/observation.ts';
import type { RecordedDetails } from './recorded.ts';
import type { ReleaseStatus, Snapshot } from './release-object.ts';

const ACTIONS: ReadonlySet<string> = new Set(['install', 'upgrade', 'rollback', 'adopt'] satisfies ReleaseAction[]);

export function progressOf(status: ReleaseStatus | undefined): Progress {
  if (status === undefined) return NO_PROGRESS;
  const history = status.history ?? [];
  const made = history.find((snapshot) => isAction(snapshot.action));
  const action = status.lastAttemptedReleaseAction;
  return {
    made:
      made === undefined || !isAction(made.action)
        ? undefined
        : { revision: made.version, digest: made.digest, action: made.action, tests: testsOf(made) },
    attempted:
      action === 'install' || action === 'upgrade'
        ? {
            action,
            inputs: {
              chartName: '',
              chartVersion: status.lastAttemptedRevision ?? '',
              chartDigest: status.lastAttemptedRevisionDigest ?? '',
              configDigest: status.lastAttemptedConfigDigest ?? '',
              postRenderersDigest: status.observedPostRenderersDigest ?? '',
            },
          }
        : undefined,
    failures: status.failures ?? 0,
    untrusted: history.filter((snapshot) => testsOf(snapshot) === 'failed').map(({ version }) => version),
  };
}

/** The part of the status that `progressOf` reads. */
export function statusOf(
  progress: Progress,
  recorded: readonly RecordedDetails[],
  before: ReleaseStatus | undefined,
  release: { readonly name: string; readonly namespace: string },
): ReleaseStatus {
  const { attempted, failures } = progress;
  return {
    ...(recorded.length === 0
      ? {}
      : { history: recorded.map((details) => snapshotOf(details, progress, before?.history ?? [], release)) }),
    ...(failures === 0 ? {} : { failures }),
    ...(attempted === undefined
      ? {}
      : {
          lastAttemptedReleaseAction: attempted.action,
          lastAttemptedRevision: attempted.inputs.chartVersion,
          lastAttemptedRevisionDigest: attempted.inputs.chartDigest,
          lastAttemptedConfigDigest: attempted.inputs.configDigest,
          observedPostRenderersDigest: attempted.inputs.postRenderersDigest,
          ...(failures === 0 ? {} : { [`${attempted.action}Failures`]: failures }),
        }),
  };
}

function snapshotOf(
  details: RecordedDetails,
  { made }: Progress,
  before: readonly Snapshot[],
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Snapshot {
  const known = before.find(({ version, digest }) => version === details.revision && digest === details.digest);
  const isMade = made?.revision === details.revision && made.digest === details.digest;
  const action = isMade ? made.action : known?.action;
  const testHooks = isMade && made.tests !== 'none' ? testHooksOf(details, made.tests) : known?.testHooks;
  return {
    name,
    namespace,
    version: details.revision,
    status: details.status,
    chartName: details.chartName,
    chartVersion: details.chartVersion,
    digest: details.digest,
    configDigest: details.configDigest,
    ...(details.appVersion === '' ? {} : { appVersion: details.appVersion }),
    ...(details.firstDeployed === '' ? {} : { firstDeployed: details.firstDeployed }),
    ...(details.lastDeployed === '' ? {} : { lastDeployed: details.lastDeployed }),
    ...(details.deleted === '' ? {} : { deleted: details.deleted }),
    ...(action === undefined ? {} : { action }),
    ...(testHooks === undefined ? {} : { testHooks }),
  };
}

/** An empty list is the outcome of a chart without tests. */
function testHooksOf(details: RecordedDetails, outcome: TestOutcome): NonNullable<Snapshot['testHooks']> {
  const isGood = ({ phase }: { readonly phase: string }): number => (phase === 'Succeeded' ? 1 : 0);
  // Objects of different kinds may have one name: it stands for the one that failed.
  const ran = details.tests.filter(({ started }) => started !== '').toSorted((a, b) => isGood(b) - isGood(a));
  const hooks = Object.fromEntries(
    ran.map(({ name, phase, started, completed }) => [
      name,
      {
        phase,
        ...(started === '' ? {} : { lastStarted: started }),
        ...(completed === '' ? {} : { lastCompleted: completed }),
      },
    ]),
  );
  const isTold = ran.some(({ phase }) => phase !== 'Succeeded');
  // A test may fail before it has run.
  if (outcome !== 'failed' || isTold) return hooks;
  return { ...hooks, [details.tests.find(({ started }) => started === '')?.name ?? 'tests']: { phase: 'Failed' } };
}

function testsOf({ testHooks }: Snapshot): TestOutcome {
  if (testHooks === undefined) return 'none';
  return Object.values(testHooks).every(({ phase }) => phase === 'Succeeded') ? 'succeeded' : 'failed';
}

function isAction(action: string | undefined): action is ReleaseAction {
  return action !== undefined && ACTIONS.has(action);
}
