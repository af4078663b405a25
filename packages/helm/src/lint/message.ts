/** What lint has to say of a chart, as helm prints it. */

export type Severity = 'info' | 'warning' | 'error';

export interface LintMessage {
  readonly severity: Severity;
  /** The file that it is about, relative to the chart; empty for the whole chart. */
  readonly path: string;
  readonly text: string;
}

/** Gathers messages; a problem that is undefined is none. */
export class LintReport {
  readonly messages: LintMessage[] = [];

  /** Whether there was no problem. */
  check(severity: Severity, path: string, problem: string | undefined): boolean {
    if (problem !== undefined) this.messages.push({ severity, path, text: problem });
    return problem === undefined;
  }
}

const LABELS: Readonly<Record<Severity, string>> = { info: 'INFO', warning: 'WARNING', error: 'ERROR' };

export function lintMessageText({ severity, path, text }: LintMessage): string {
  return `[${LABELS[severity]}] ${path}: ${text}`;
}

export function isSerious({ severity }: LintMessage, isStrict: boolean): boolean {
  return severity === 'error' || (isStrict && severity === 'warning');
}
