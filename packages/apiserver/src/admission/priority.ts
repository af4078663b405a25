/**
 * The Priority admission plugin: resolves a pod's priority class to its number ("Pod Priority and Preemption", Kubernetes
 * documentation). Two classes are built in; the others are PriorityClass objects.
 */
import { forbidden } from '@kindred/machinery';
import type { ApiStorage, ResourceStorage } from '../storage/resource-storage.ts';
import type { AdmissionPlugin } from './plugin.ts';

interface PriorityFields {
  priorityClassName?: string;
  priority?: number;
  preemptionPolicy?: string;
}

interface PriorityClass {
  readonly name: string;
  readonly value: number;
  readonly preemptionPolicy: string;
}

const builtInClasses: readonly PriorityClass[] = [
  { name: 'system-cluster-critical', value: 2_000_000_000, preemptionPolicy: 'PreemptLowerPriority' },
  { name: 'system-node-critical', value: 2_000_001_000, preemptionPolicy: 'PreemptLowerPriority' },
];

const noClass: PriorityClass = { name: '', value: 0, preemptionPolicy: 'PreemptLowerPriority' };

export async function priorityAdmission(storage: ApiStorage): Promise<AdmissionPlugin> {
  const classes = await storage.open('scheduling.k8s.io', 'priorityclasses');
  return {
    name: 'Priority',
    operations: ['CREATE'],
    handles: (group, resource, subresource) => group === '' && resource === 'pods' && subresource === '',
    admit({ object, resource, name }) {
      if (object === undefined) return;
      const spec = object['spec'] as PriorityFields;
      const wanted = spec.priorityClassName ?? '';
      const found = wanted === '' ? globalDefault(classes) : findClass(classes, wanted);
      if (found === undefined) throw forbidden(resource, name, `no PriorityClass with name ${wanted} was found`);
      if (spec.priority !== undefined && spec.priority !== found.value) {
        const text = `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${found.value} from the given PriorityClass name`;
        throw forbidden(resource, name, text);
      }
      if (found.name !== '') spec.priorityClassName = found.name;
      spec.priority = found.value;
      spec.preemptionPolicy ??= found.preemptionPolicy;
    },
  };
}

function findClass(classes: ResourceStorage, name: string): PriorityClass | undefined {
  const builtIn = builtInClasses.find((candidate) => candidate.name === name);
  if (builtIn !== undefined) return builtIn;
  const stored = classes.get('', name);
  return stored === undefined ? undefined : toClass(name, stored.object);
}

function globalDefault(classes: ResourceStorage): PriorityClass {
  const marked = classes.list({}).items.filter((stored) => stored.object['globalDefault'] === true);
  // Several defaults are a mistake that upstream resolves the same way: the lowest wins.
  const sorted = marked.map((stored) => toClass(stored.name, stored.object)).sort((a, b) => a.value - b.value);
  return sorted[0] ?? noClass;
}

function toClass(name: string, object: Readonly<Record<string, unknown>>): PriorityClass {
  const { value, preemptionPolicy } = object;
  return {
    name,
    value: typeof value === 'number' ? value : 0,
    preemptionPolicy: typeof preemptionPolicy === 'string' ? preemptionPolicy : 'PreemptLowerPriority',
  };
}
