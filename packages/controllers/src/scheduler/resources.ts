/** What pods ask for and nodes have, as numbers: cpu in millicores, everything else in its own unit. Pure. */
import type { Node, Pod } from '@kindred/apis/core/v1';
import { milliValue, parseQuantity, quantityValue } from '@kindred/machinery';

/** Resource name → amount. `pods` counts pods. */
export type Amounts = ReadonlyMap<string, number>;

type ResourceList = Readonly<Record<string, string | number>>;

/** What a pod takes from its node: containers and sidecars together, or the largest init container, plus overhead. */
export function podRequests(pod: Pod): Amounts {
  const total = new Map<string, number>([['pods', 1]]);
  const { containers = [], initContainers = [], overhead } = pod.spec ?? {};
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const { resources } of [...containers, ...sidecars]) add(total, resources?.requests);
  for (const { resources, restartPolicy } of initContainers) {
    if (restartPolicy === 'Always') continue;
    for (const [name, amount] of amountsOf(resources?.requests)) {
      total.set(name, Math.max(total.get(name) ?? 0, amount));
    }
  }
  add(total, overhead);
  return total;
}

export function nodeAllocatable(node: Node): Amounts {
  return new Map(amountsOf(node.status?.allocatable ?? node.status?.capacity));
}

/** The sum of what all these pods request. */
export function sumRequests(pods: Iterable<Pod>): Map<string, number> {
  const total = new Map<string, number>();
  for (const pod of pods)
    for (const [name, amount] of podRequests(pod)) total.set(name, (total.get(name) ?? 0) + amount);
  return total;
}

function add(total: Map<string, number>, list: ResourceList | undefined): void {
  for (const [name, amount] of amountsOf(list)) total.set(name, (total.get(name) ?? 0) + amount);
}

function amountsOf(list: ResourceList | undefined): [string, number][] {
  return Object.entries(list ?? {}).map(([name, text]) => {
    const quantity = parseQuantity(text);
    return [name, name === 'cpu' ? milliValue(quantity) : quantityValue(quantity)];
  });
}
