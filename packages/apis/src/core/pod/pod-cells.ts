/** Cells of pods and pod templates. */
import type { Pod, PodTemplate } from '../../gen/types/core/v1.ts';
import { ageOf } from '../../printing/age.ts';
import { containerCells, labelsCell, none, orNone } from '../../printing/cell-text.ts';
import { summarizePod } from './pod-status-reason.ts';

export function podCells(pod: Pod, now: number): unknown[] {
  const { metadata, spec, status } = pod;
  const { reason, readyContainers, totalContainers, restarts, lastRestart } = summarizePod(pod);
  return [
    metadata.name ?? '',
    `${readyContainers}/${totalContainers}`,
    reason,
    restarts > 0 && lastRestart !== undefined ? `${restarts} (${ageOf(lastRestart, now)} ago)` : String(restarts),
    ageOf(metadata.creationTimestamp, now),
    orNone(status?.podIPs?.[0]?.ip ?? status?.podIP),
    orNone(spec?.nodeName),
    orNone(status?.nominatedNodeName),
    readinessGatesCell(pod),
  ];
}

export function podTemplateCells({ metadata, template }: PodTemplate): unknown[] {
  return [metadata.name ?? '', ...containerCells(template?.spec), labelsCell(template?.metadata?.labels)];
}

function readinessGatesCell({ spec, status }: Pod): string {
  const gates = spec?.readinessGates ?? [];
  if (gates.length === 0) return none;
  const passed = gates.filter(({ conditionType }) =>
    (status?.conditions ?? []).some(({ type, status: value }) => type === conditionType && value === 'True'),
  );
  return `${passed.length}/${gates.length}`;
}
