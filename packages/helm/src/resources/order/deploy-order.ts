/**
 * In which order the objects of a release are written, when they say so by annotations (`order-annotations`). Objects of one
 * weight are a group, and the groups wait for each other; objects with dependencies belong to no group and wait for what
 * they name. What needs nothing that is still missing is written together, in a wave.
 */
import { type Resource, resourceLabel } from '../resource.ts';
import { ResourceError } from '../resource-error.ts';
import { type DeployDependency, type ExternalDependency, type OrderWishes, orderWishes } from './order-annotations.ts';

/** Objects that are written together. Numbers are places in the list of all resources. */
export interface Wave {
  readonly members: readonly number[];
  /** Objects of waves before that must be ready first. */
  readonly ready: readonly number[];
  readonly externals: readonly ExternalDependency[];
}

export interface DeployOrder {
  readonly waves: readonly Wave[];
  /** Dependencies that no object of the release meets, in words; they are not waited for. */
  readonly unmet: readonly string[];
}

interface Need {
  readonly on: number;
  readonly ready: boolean;
}

interface Node {
  readonly needs: readonly Need[];
  readonly externals: readonly ExternalDependency[];
}

/**
 * Undefined when no object asks for an order: then they are written as helm does.
 *
 * @throws ResourceError for an annotation that can't be read, and naming the circle when objects wait for each other
 */
export function deployOrder(resources: readonly Resource[]): DeployOrder | undefined {
  const wishes = resources.map(orderWishes);
  if (wishes.every((each) => each === undefined)) return undefined;
  const unmet: string[] = [];
  const groups = weightGroups(wishes);
  const nodes = resources.map((resource, at): Node => {
    const { dependencies = [], externals = [] } = wishes[at] ?? {};
    const needs = isGrouped(wishes[at])
      ? (groups[groups.findIndex((group) => group.includes(at)) - 1] ?? []).map((on) => ({ on, ready: true }))
      : dependencies.flatMap((dependency) => {
          const found = matches(resources, at, dependency);
          if (found.length === 0)
            unmet.push(`${resourceLabel(resource)}: no object of the release meets ${dependency.annotation}`);
          return found.map((on) => ({ on, ready: dependency.state === 'ready' }));
        });
    return { needs, externals };
  });
  return { waves: wavesOf(nodes, levelsOf(resources, nodes)), unmet };
}

/** Objects with dependencies of their own belong to no group. */
function isGrouped(wishes: OrderWishes | undefined): boolean {
  return wishes === undefined || wishes.dependencies.length === 0;
}

/** The lightest first. */
function weightGroups(wishes: readonly (OrderWishes | undefined)[]): number[][] {
  const groups = new Map<number, number[]>();
  for (const [at, each] of wishes.entries()) {
    if (!isGrouped(each)) continue;
    const weight = each?.weight ?? 0;
    groups.set(weight, [...(groups.get(weight) ?? []), at]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, members]) => members);
}

function matches(resources: readonly Resource[], own: number, wanted: DeployDependency): number[] {
  return resources.flatMap(({ kind, name, namespace }, at) => {
    const isMeant =
      at !== own &&
      (wanted.name ?? name) === name &&
      (wanted.namespace ?? namespace) === namespace &&
      (wanted.kind ?? kind.kind).toLowerCase() === kind.kind.toLowerCase() &&
      (wanted.group ?? kind.group) === kind.group &&
      (wanted.version ?? kind.version) === kind.version;
    return isMeant ? [at] : [];
  });
}

/** How many waves come before that of each node. */
function levelsOf(resources: readonly Resource[], nodes: readonly Node[]): number[] {
  const levels: (number | undefined)[] = [];
  const path: number[] = [];
  const visit = (at: number): number => {
    const known = levels[at];
    if (known !== undefined) return known;
    const start = path.indexOf(at);
    if (start >= 0) throw circle(resources, [...path.slice(start), at]);
    path.push(at);
    const { needs = [], externals = [] } = nodes[at] ?? {};
    // What others make is waited for after everything that waits for nothing was written.
    const level = needs.reduce((most, { on }) => Math.max(most, visit(on) + 1), externals.length > 0 ? 1 : 0);
    path.pop();
    levels[at] = level;
    return level;
  };
  return nodes.map((_, at) => visit(at));
}

function circle(resources: readonly Resource[], path: readonly number[]): ResourceError {
  const labels = path.map((at) => {
    const resource = resources[at];
    return resource === undefined ? '' : resourceLabel(resource);
  });
  return new ResourceError(`objects wait for each other by their annotations: ${labels.join(' -> ')}`);
}

function wavesOf(nodes: readonly Node[], levels: readonly number[]): Wave[] {
  const count = levels.reduce((most, level) => Math.max(most, level), -1) + 1;
  const waited = new Set<number>();
  const waves: Wave[] = [];
  for (let level = 0; level < count; level++) {
    const members = levels.flatMap((each, at) => (each === level ? [at] : []));
    const ready = new Set(
      members.flatMap((at) => (nodes[at]?.needs ?? []).filter((need) => need.ready).map(({ on }) => on)),
    );
    const fresh = [...ready].filter((at) => !waited.has(at)).sort((a, b) => a - b);
    for (const at of fresh) waited.add(at);
    waves.push({ members, ready: fresh, externals: members.flatMap((at) => nodes[at]?.externals ?? []) });
  }
  return waves.filter(({ members }) => members.length > 0);
}
