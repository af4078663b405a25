/**
 * The DefaultTolerationSeconds admission plugin: a pod that says nothing of nodes that are not ready or unreachable stays
 * on them for five minutes ("Taints and Tolerations", Kubernetes documentation, 'Taint based Evictions').
 */
import { isJsonObject, type Unstructured } from '@kindred/machinery';
import type { AdmissionPlugin } from './plugin.ts';

const taints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const;
const seconds = 300;

interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  operations: ['CREATE', 'UPDATE'],
  handles: (group, resource, subresource) => group === '' && resource === 'pods' && subresource === '',
  admit({ object, oldObject }) {
    // A pod that runs keeps the tolerations it was admitted with.
    if (object !== undefined && oldObject === undefined) addTolerations(object);
  },
};

function addTolerations(pod: Unstructured): void {
  const spec = pod['spec'];
  if (!isJsonObject(spec)) return;
  // The schema check ran before admission: tolerations are a list of objects.
  const tolerations = (spec['tolerations'] ?? []) as readonly Toleration[];
  const missing = taints.filter((taint) => !tolerations.some((toleration) => covers(toleration, taint)));
  if (missing.length === 0) return;
  const added = missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds }));
  Object.assign(spec, { tolerations: [...tolerations, ...added] });
}

function covers({ key = '', effect = '' }: Toleration, taint: string): boolean {
  return (key === taint || key === '') && (effect === 'NoExecute' || effect === '');
}
