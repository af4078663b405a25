/** What the conditions of a release say after each kind of step; types and reasons are Flux's where it has them. */
import type { Decision } from '../decide/decide.ts';
import type { Conditions } from './status-writer.ts';

type Step = Decision['type'];

const WORDS: Readonly<Partial<Record<Step, readonly [reason: string, words: string]>>> = {
  install: ['Install', 'Helm install'],
  upgrade: ['Upgrade', 'Helm upgrade'],
  recover: ['Upgrade', 'Helm upgrade'],
  rollback: ['Rollback', 'Helm rollback'],
  uninstall: ['Uninstall', 'Helm uninstall'],
  test: ['Test', 'Helm test'],
};

export interface StepReport {
  readonly step: Step;
  readonly succeeded: boolean;
  /** `apps/web.v3 with chart web@1.2.0` */
  readonly subject: string;
  /** Why it failed. */
  readonly error: string;
}

/** The conditions after a step, on top of those before. */
export function afterStep(before: Conditions, { step, succeeded, subject, error }: StepReport): Conditions {
  const [reason, words] = WORDS[step] ?? ['Reconciliation', 'Reconciliation'];
  const state = {
    status: succeeded,
    reason: `${reason}${succeeded ? 'Succeeded' : 'Failed'}`,
    message: `${words} ${succeeded ? 'succeeded' : 'failed'} for release ${subject}${succeeded ? '' : `: ${error}`}`,
  };
  const { Stalled: _, ...kept } = before;
  switch (step) {
    case 'install':
    case 'upgrade':
    case 'recover': {
      const { TestSuccess: __, Remediated: ___, ReleasedExternally: ____, ...others } = kept;
      const { LeftBehind: _____, ...known } = others;
      return { ...(step === 'upgrade' && succeeded ? known : others), Released: state, Ready: state };
    }
    case 'test':
      return { ...kept, TestSuccess: state, Ready: state };
    case 'rollback':
    case 'uninstall':
      // The failure that is remedied stays the reason why it isn't ready.
      return { ...kept, Remediated: state, Ready: { ...state, status: false } };
    default:
      return kept;
  }
}

/** Somebody else's revision is taken for what it is. */
export function afterAdoption(before: Conditions, revision: number, subject: string, isExternal: boolean): Conditions {
  const { Stalled: _, ReleasedExternally: __, Remediated: ___, TestSuccess: ____, ...kept } = before;
  const message = `release ${subject} was found in place`;
  const found = { status: true, reason: 'ReleaseAdopted', message } as const;
  if (!isExternal) return { ...kept, Released: found, Ready: found };
  const external = {
    status: true,
    reason: 'ReleaseChanged',
    message: `revision ${revision} was made by somebody else; it stays until the chart or the values change`,
  } as const;
  return { ...kept, Released: found, Ready: found, ReleasedExternally: external };
}

/** A release of before is still in a cluster that it can't be taken from; the condition goes with the next upgrade. */
export function leftBehind(before: Conditions, message: string | undefined): Conditions {
  const { LeftBehind: _, ...kept } = before;
  if (message === undefined) return kept;
  return { ...kept, LeftBehind: { status: true, reason: 'ReleaseLeftBehind', message } };
}

/** Something keeps the release from being looked at or made. */
export function notReady(before: Conditions, reason: string, message: string, isFinal: boolean): Conditions {
  const { Stalled: _, Reconciling: __, ...kept } = before;
  const state = { status: false, reason, message } as const;
  return { ...kept, Ready: state, ...(isFinal ? { Stalled: { ...state, status: true } } : {}) };
}

/** Nothing is left to do. */
export function atRest(before: Conditions, subject: string): Conditions {
  const { Stalled: _, Reconciling: __, ...kept } = before;
  if (kept['Ready']?.status === true) return kept;
  const cause = kept['Released'];
  const message = cause?.status === true ? (cause.message ?? '') : `release ${subject} is as it should be`;
  return {
    ...kept,
    Ready: { status: true, reason: cause?.status === true ? cause.reason : 'ReconciliationSucceeded', message },
  };
}

/** No attempt is left. */
export function stalled(before: Conditions, reason: string, failures: number): Conditions {
  const { Reconciling: _, ...kept } = before;
  const cause = kept['Released']?.status === false ? kept['Released'] : kept['TestSuccess'];
  const why = cause?.status === false ? `: ${cause.message ?? ''}` : '';
  const message = `gave up after ${failures} failed ${failures === 1 ? 'attempt' : 'attempts'}${why}`;
  return {
    ...kept,
    Ready: { status: false, reason, message },
    Stalled: { status: true, reason, message },
  };
}

/** A step is under way. */
export function working(before: Conditions, message: string): Conditions {
  const { Stalled: _, ...kept } = before;
  const state = { reason: 'Progressing', message } as const;
  return { ...kept, Reconciling: { ...state, status: true }, Ready: { ...state, status: 'Unknown' } };
}

/** What was found to differ from the release; the condition goes when nothing does. */
export function withDrift(before: Conditions, drifts: readonly string[]): Conditions {
  const { Drifted: _, ...kept } = before;
  if (drifts.length === 0) return kept;
  return { ...kept, Drifted: { status: true, reason: 'DriftDetected', message: drifts.join('; ') } };
}
