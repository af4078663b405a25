/** Scale of workloads whose replicas stand at the usual places and whose selector is a LabelSelector. */
import type { Unstructured } from '@kindred/machinery';
import type { LabelSelector } from '../gen/types/meta/v1.ts';
import type { ScaleMapping } from '../kind-definition.ts';
import { formatLabelMap, formatLabelSelector } from '../meta/label-selector.ts';

const paths = { specReplicasPath: ['spec', 'replicas'], statusReplicasPath: ['status', 'replicas'] } as const;

export const workloadScale: ScaleMapping = {
  ...paths,
  labelSelector: (object) => formatLabelSelector(specOf<LabelSelector>(object)?.selector),
};

/** Replication controllers select by a plain map of labels. */
export const replicationControllerScale: ScaleMapping = {
  ...paths,
  labelSelector: (object) => formatLabelMap(specOf<Record<string, string>>(object)?.selector),
};

function specOf<Selector>(object: Unstructured): { selector?: Selector } | undefined {
  // The object has passed `decodeObject`, so its spec has the type's shape.
  return object['spec'] as { selector?: Selector } | undefined;
}
