/** Taints and tolerations. Source: "Taints and Tolerations", Kubernetes documentation. Pure. */
import type { Node, Pod, Taint, Toleration } from '@kindred/apis/core/v1';

/** The first taint that keeps the pod off the node; undefined when none does. */
export function untoleratedTaint(pod: Pod, node: Node): Taint | undefined {
  return (node.spec?.taints ?? []).find(
    (taint) => taint.effect !== 'PreferNoSchedule' && !isTolerated(taint, pod.spec?.tolerations ?? []),
  );
}

export function isTolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  return tolerations.some((toleration) => tolerates(toleration, taint));
}

function tolerates({ key, operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
  if (key !== undefined && key !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return key !== undefined && key !== '' && value === (taint.value ?? '');
}
