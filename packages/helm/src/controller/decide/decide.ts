/**
 * The next step for a release: a pure function of what is recorded, wanted, and known. It is asked again after each step
 * until it says `none`, `wait` or `stalled`; it never looks at what has happened, only at what is.
 */
import type { Remediation } from '../intent/release-intent.ts';
import type { Observation, RecordedRevision, ReleaseInputs } from './observation.ts';

export type Decision =
  | { readonly type: 'none' }
  /** Somebody else is at work. */
  | { readonly type: 'wait' }
  /** A record that its writer has left pending is brought to an end. */
  | { readonly type: 'recover'; readonly isInstall: boolean }
  | { readonly type: 'adopt'; readonly external: boolean }
  /** Says what an install or upgrade would do, and waits. */
  | { readonly type: 'plan'; readonly isInstall: boolean }
  | { readonly type: 'install' }
  | { readonly type: 'upgrade'; readonly because: string }
  | { readonly type: 'test' }
  | { readonly type: 'rollback'; readonly to: number }
  | { readonly type: 'uninstall' }
  | { readonly type: 'correctDrift' }
  /** No attempt is left; something must change first. */
  | { readonly type: 'stalled'; readonly reason: 'RetriesExceeded' | 'MissingRollbackTarget' };

export function decide(observation: Observation): Decision {
  const decision = nextStep(observation);
  if (!observation.isUnapproved || (decision.type !== 'install' && decision.type !== 'upgrade')) return decision;
  return { type: 'plan', isInstall: decision.type === 'install' };
}

function nextStep(observation: Observation): Decision {
  const latest = observation.history[0];
  if (latest?.status.startsWith('pending-')) {
    if (observation.pendingIsAlive) return { type: 'wait' };
    return { type: 'recover', isInstall: latest.status === 'pending-install' };
  }
  if (latest?.status === 'uninstalling') return { type: 'uninstall' };
  if (latest === undefined || latest.status === 'uninstalled') return attempt('install', '', observation);
  if (observation.forced) return { type: 'upgrade', because: 'an upgrade was asked for' };
  return isOwn(latest, observation) ? decideOwn(latest, observation) : decideForeign(latest, observation);
}

/** Whether the latest record is the one that the controller made or took over last. */
function isOwn(latest: RecordedRevision, { progress: { made } }: Observation): boolean {
  return made !== undefined && made.revision === latest.revision && made.digest === latest.digest;
}

function decideForeign(latest: RecordedRevision, observation: Observation): Decision {
  const { inputs, progress, settings } = observation;
  const isWanted =
    latest.status === 'deployed' &&
    latest.chartName === inputs.chartName &&
    latest.chartVersion === inputs.chartVersion &&
    latest.configDigest === inputs.configDigest;
  // Also without any memory: a restored backup, a release that was there before, a step that ended after its maker.
  if (isWanted) return { type: 'adopt', external: false };
  if (progress.made === undefined) return attempt('upgrade', 'it differs from what is wanted', observation);
  const because = `revision ${latest.revision} was made by somebody else`;
  if (settings.externalChanges === 'revert') return { type: 'upgrade', because };
  if (latest.status !== 'deployed') return { type: 'upgrade', because: `${because} and is ${latest.status}` };
  return { type: 'adopt', external: true };
}

function decideOwn(latest: RecordedRevision, observation: Observation): Decision {
  const { progress, settings, inputs } = observation;
  if (progress.attempted === undefined || !sameInputs(progress.attempted.inputs, inputs)) {
    const isRenamed = latest.chartName !== inputs.chartName && settings.upgrade.reinstallRenamed === true;
    if (isRenamed && !observation.isUnapproved) return { type: 'uninstall' };
    return { type: 'upgrade', because: changeOf(progress.attempted?.inputs, inputs) };
  }
  const { made, failures } = progress;
  const remediation = settings[progress.attempted.action].remediation;
  if (made?.action === 'rollback') return attempt('upgrade', 'the last attempt failed', observation);
  if (latest.status === 'failed') return afterFailure(latest, remediation, observation);
  if (latest.status !== 'deployed')
    return { type: 'upgrade', because: `revision ${latest.revision} is ${latest.status}` };
  if (settings.test.enable && made?.tests === 'none' && made.action !== 'adopt') return { type: 'test' };
  if (failures > 0) return afterFailure(latest, remediation, observation);
  if (observation.drifted && settings.driftDetection.mode === 'enabled') return { type: 'correctDrift' };
  return { type: 'none' };
}

/** The latest revision failed, itself or in its tests. */
function afterFailure(latest: RecordedRevision, remediation: Remediation, observation: Observation): Decision {
  const { progress, history } = observation;
  const isLast = progress.failures > remediation.retries;
  if (remediation.strategy === 'retry') return { type: 'upgrade', because: 'the last attempt failed' };
  if (isLast && !remediation.remediateLastFailure) return { type: 'stalled', reason: 'RetriesExceeded' };
  if (progress.attempted?.action === 'install' || remediation.strategy === 'uninstall') return { type: 'uninstall' };
  const target = history.find(
    ({ revision, status }) =>
      revision < latest.revision &&
      (status === 'deployed' || status === 'superseded') &&
      !progress.untrusted.includes(revision),
  );
  if (target !== undefined) return { type: 'rollback', to: target.revision };
  // Nothing to go back to: another attempt goes over what is there.
  return isLast
    ? { type: 'stalled', reason: 'MissingRollbackTarget' }
    : { type: 'upgrade', because: 'the last attempt failed' };
}

/** Another attempt, unless all that are allowed have been made with the same inputs. */
function attempt(
  action: 'install' | 'upgrade',
  because: string,
  { progress, settings, inputs }: Observation,
): Decision {
  const { attempted, failures } = progress;
  const isExhausted =
    attempted !== undefined &&
    sameInputs(attempted.inputs, inputs) &&
    failures > settings[attempted.action].remediation.retries;
  if (isExhausted) return { type: 'stalled', reason: 'RetriesExceeded' };
  return action === 'install' ? { type: 'install' } : { type: 'upgrade', because };
}

/** The digest covers the chart's name. */
export function sameInputs(a: ReleaseInputs, b: ReleaseInputs): boolean {
  return (
    a.chartVersion === b.chartVersion &&
    a.chartDigest === b.chartDigest &&
    a.configDigest === b.configDigest &&
    a.postRenderersDigest === b.postRenderersDigest
  );
}

function changeOf(before: ReleaseInputs | undefined, now: ReleaseInputs): string {
  if (before === undefined) return 'it differs from what is wanted';
  if (before.chartVersion !== now.chartVersion) {
    return `the chart changed from ${before.chartVersion} to ${now.chartVersion}`;
  }
  if (before.chartDigest !== now.chartDigest) return 'the content of the chart changed';
  return before.configDigest === now.configDigest ? 'the post-renderers changed' : 'the values changed';
}
