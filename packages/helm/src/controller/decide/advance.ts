/** What the controller knows after a step: the other half of `decide`, as pure. */
import { type Decision, sameInputs } from './decide.ts';
import type { Observation, Progress, RecordedRevision } from './observation.ts';

/** What came of a step. */
export interface StepResult {
  readonly succeeded: boolean;
  /** The newest record afterwards. */
  readonly latest: RecordedRevision | undefined;
}

export const NO_PROGRESS: Progress = { made: undefined, attempted: undefined, failures: 0, untrusted: [] };

/** A step that left no record (the templates can't be rendered, the server is away) leaves the progress as it was. */
export function advance(observation: Observation, decision: Decision, { succeeded, latest }: StepResult): Progress {
  const { progress, inputs, settings, history } = observation;
  switch (decision.type) {
    case 'install':
    case 'upgrade':
    case 'recover': {
      const isInstall = decision.type === 'install' || (decision.type === 'recover' && decision.isInstall);
      const action = isInstall ? 'install' : 'upgrade';
      if (latest === undefined || latest.revision === history[0]?.revision) return progress;
      const isRepeated = progress.attempted !== undefined && sameInputs(progress.attempted.inputs, inputs);
      const before = isRepeated ? progress.failures : 0;
      const failures = succeeded ? (settings.test.enable ? before : 0) : before + 1;
      return {
        ...progress,
        made: { revision: latest.revision, digest: latest.digest, action, tests: 'none' },
        attempted: { inputs, action },
        failures,
      };
    }
    case 'test':
      return afterTests(observation, succeeded, latest);
    case 'rollback':
      if (latest === undefined || latest.revision === history[0]?.revision) return progress;
      return {
        ...progress,
        made: { revision: latest.revision, digest: latest.digest, action: 'rollback', tests: 'none' },
        failures: progress.failures + (succeeded ? 0 : 1),
      };
    case 'uninstall':
      return succeeded ? { ...progress, made: undefined, untrusted: [] } : progress;
    case 'adopt':
      if (latest === undefined) return progress;
      return {
        made: { revision: latest.revision, digest: latest.digest, action: 'adopt', tests: 'none' },
        attempted: { inputs, action: 'upgrade' },
        failures: 0,
        untrusted: progress.untrusted,
      };
    default:
      return progress;
  }
}

/** Running tests changes the record (it keeps their phases), and so its digest. */
function afterTests(
  { progress, settings }: Observation,
  succeeded: boolean,
  latest: RecordedRevision | undefined,
): Progress {
  const { made, attempted } = progress;
  if (made === undefined || latest === undefined || attempted === undefined) return progress;
  const isIgnored = settings.test.ignoreFailures || settings[attempted.action].remediation.ignoreTestFailures;
  const tested = { ...made, digest: latest.digest, tests: succeeded ? ('succeeded' as const) : ('failed' as const) };
  if (succeeded || isIgnored) return { ...progress, made: tested, failures: 0 };
  return {
    ...progress,
    made: tested,
    failures: progress.failures + 1,
    untrusted: [...progress.untrusted, made.revision],
  };
}
