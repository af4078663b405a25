/** A rule of our own about charts: what helm accepts without a word and its users then search for hours. */
import type { Chart } from '../../chart/chart.ts';
import type { GoMap } from '../../go/value.ts';
import type { TemplateUsage } from '../../inference/analyse-templates.ts';
import { chartUsage } from '../../inference/chart-usage.ts';
import type { RenderedChart } from '../../render/render-chart.ts';

export type Severity = 'info' | 'warning' | 'error';

export interface Finding {
  /** Name of the rule. */
  readonly rule: string;
  readonly severity: Severity;
  /** Relative to the chart: `values.yaml`, `templates/a.yaml`. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  readonly message: string;
}

export interface LintSubject {
  /** As it was loaded. */
  readonly chart: Chart;
  /** The text of Chart.yaml. */
  readonly chartYaml?: string;
  /** The values that templates see. */
  readonly values: GoMap;
  /** Missing when the chart can't be rendered. */
  readonly rendered?: RenderedChart;
  /** How the chart's templates use its values; found out when it is missing. */
  readonly usage?: () => TemplateUsage;
}

export function usageOf({ chart, usage }: LintSubject): TemplateUsage {
  return usage === undefined ? chartUsage(chart) : usage();
}

export interface LintRule {
  readonly name: string;
  /** What it looks for and why, in a sentence. */
  readonly description: string;
  readonly check: (subject: LintSubject) => Finding[];
}
