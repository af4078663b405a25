/** How a chart is linted. */
import type { GoMap } from '../go/value.ts';
import type { RenderChartOptions } from '../render/render-chart.ts';

export interface LintOptions extends Omit<RenderChartOptions, 'release'> {
  readonly namespace: string;
  /** What the user sets beside values.yaml. */
  readonly values: GoMap;
  /** Minor version of Kubernetes 1.x whose deprecations count. */
  readonly kubeMinor: number;
  /** Rules of our own too. */
  readonly ownRules?: boolean;
}
