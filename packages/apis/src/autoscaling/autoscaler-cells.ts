/** Cells of HorizontalPodAutoscalers: what is measured against what is aimed at. */
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from '../gen/types/autoscaling/v2.ts';
import { ageOf } from '../printing/age.ts';

/** Targets that fit into the cell. */
const maximumTargets = 2;

export function autoscalerCells({ metadata, spec, status }: HorizontalPodAutoscaler, now: number): unknown[] {
  return [
    metadata.name ?? '',
    `${spec?.scaleTargetRef?.kind ?? ''}/${spec?.scaleTargetRef?.name ?? ''}`,
    targetsCell(spec?.metrics ?? [], status?.currentMetrics ?? []),
    spec?.minReplicas ?? '<unset>',
    spec?.maxReplicas ?? 0,
    status?.currentReplicas ?? 0,
    ageOf(metadata.creationTimestamp, now),
  ];
}

function targetsCell(metrics: readonly MetricSpec[], current: readonly MetricStatus[]): string {
  if (metrics.length === 0) return '<none>';
  const texts = metrics.slice(0, maximumTargets).map((metric, index) => targetText(metric, current[index]));
  const more = metrics.length - maximumTargets;
  return more > 0 ? `${texts.join(', ')} + ${more} more...` : texts.join(', ');
}

interface Target {
  readonly averageUtilization?: number;
  readonly averageValue?: string | number;
  readonly value?: string | number;
}

function targetText(metric: MetricSpec, status: MetricStatus | undefined): string {
  const named = metric.resource ?? metric.containerResource;
  const prefix = named === undefined ? '' : `${named.name}: `;
  const aim = (named ?? metric.pods ?? metric.object ?? metric.external)?.target;
  const now = (status?.resource ?? status?.containerResource ?? status?.pods ?? status?.object ?? status?.external)
    ?.current;
  return `${prefix}${valueText(now, aim)}/${valueText(aim, aim)}`;
}

/** Which of the three figures shows is decided by what the target names. */
function valueText(value: Target | undefined, aim: Target | undefined): string {
  if (aim?.averageUtilization !== undefined) {
    return value?.averageUtilization === undefined ? '<unknown>' : `${value.averageUtilization}%`;
  }
  if (aim?.averageValue !== undefined) return `${value?.averageValue ?? '<unknown>'}`;
  return `${value?.value ?? '<unknown>'}`;
}
