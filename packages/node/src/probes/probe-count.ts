/** Counts a probe's results against its thresholds (core/v1 Probe). Pure. */

type ProbeOutcome = 'unknown' | 'success' | 'failure';

export interface ProbeCount {
  /** What the probe says after enough equal results. */
  readonly outcome: ProbeOutcome;
  readonly last: boolean | undefined;
  readonly streak: number;
}

export interface ProbeThresholds {
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

export const noResults: ProbeCount = { outcome: 'unknown', last: undefined, streak: 0 };

export function countResult(count: ProbeCount, success: boolean, thresholds: ProbeThresholds): ProbeCount {
  const streak = count.last === success ? count.streak + 1 : 1;
  const enough = streak >= (success ? thresholds.successThreshold : thresholds.failureThreshold);
  return { outcome: enough ? (success ? 'success' : 'failure') : count.outcome, last: success, streak };
}
