/** What is allowed in a pod and yet likely a mistake: texts for `Warning` headers, in upstream's words. */
import type { Container, PodSpec } from '../../gen/types/core/v1.ts';

/** Labels of nodes that have been renamed → since when, and what to use. */
const renamedLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

/** @param path where the spec stands: `spec`, `spec.template.spec`. */
export function podSpecWarnings(spec: Partial<PodSpec> | undefined, path: string): string[] {
  const { nodeSelector = {}, initContainers = [], containers = [] } = spec ?? {};
  const labels = Object.keys(nodeSelector).flatMap((label) => {
    const advice = renamedLabels[label];
    return advice === undefined ? [] : [`${path}.nodeSelector[${label}]: ${advice}`];
  });
  return [
    ...labels,
    ...initContainers.flatMap((container, index) => containerWarnings(container, `${path}.initContainers[${index}]`)),
    ...containers.flatMap((container, index) => containerWarnings(container, `${path}.containers[${index}]`)),
  ];
}

function containerWarnings({ env = [], ports = [] }: Container, path: string): string[] {
  const warnings: string[] = [];
  const names = new Set<string>();
  for (const [index, { name }] of env.entries()) {
    if (names.has(name)) {
      warnings.push(
        `${path}.env[${index}]: hides previous definition of "${name}", which may be dropped when using apply`,
      );
    }
    names.add(name);
  }
  const taken = new Map<string, number>();
  for (const [index, { containerPort, protocol = 'TCP', hostIP = '', hostPort = 0 }] of ports.entries()) {
    const key = `${protocol} ${containerPort} ${hostIP} ${hostPort}`;
    const first = taken.get(key);
    if (first === undefined) taken.set(key, index);
    else warnings.push(`${path}.ports[${index}]: duplicate port definition with ${path}.ports[${first}]`);
  }
  return warnings;
}
