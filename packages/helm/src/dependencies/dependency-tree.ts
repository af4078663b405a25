/** All charts inside a chart, down to the last, beside what each Chart.yaml asks for; for `helm dependency tree`. */
import type { Chart, Dependency } from '../chart/chart.ts';
import { parseConstraints, satisfies } from '../semver/constraint.ts';
import { parseVersion } from '../semver/version.ts';

/** `unlisted`: in `charts/`, though no dependency names it; helm renders it whatever conditions say. */
export type TreeStatus = 'ok' | 'missing' | 'wrong version' | 'unlisted';

export interface DependencyNode {
  readonly name: string;
  /** Of the chart that is there; empty when it is missing. */
  readonly version: string;
  /** What was asked for; empty at the top and for what nobody asked for. */
  readonly range: string;
  readonly repository: string;
  readonly alias: string;
  readonly status: TreeStatus;
  readonly dependencies: readonly DependencyNode[];
}

export function dependencyTree(chart: Chart): DependencyNode {
  const { name, version } = chart.metadata;
  return { name, version, range: '', repository: '', alias: '', status: 'ok', dependencies: childrenOf(chart) };
}

const PROBLEMS: readonly TreeStatus[] = ['missing', 'wrong version', 'unlisted'];

/** Every node that isn't as it must be, with the names that lead to it. */
export function problemsOf(node: DependencyNode, statuses = PROBLEMS, path: readonly string[] = []): string[] {
  const here = [...path, node.name];
  const own = statuses.includes(node.status) ? [`${here.join(' > ')}: ${problemText(node)}`] : [];
  return [...own, ...node.dependencies.flatMap((each) => problemsOf(each, statuses, here))];
}

function problemText({ status, version, range }: DependencyNode): string {
  if (status === 'missing') return `missing (asked for: ${range})`;
  if (status === 'wrong version') return `version ${version} is not in the range ${range}`;
  return `version ${version} is in charts/, but Chart.yaml doesn't name it`;
}

function childrenOf(chart: Chart): DependencyNode[] {
  const unclaimed = new Set(chart.dependencies);
  const listed = chart.metadata.dependencies.map((dependency) => {
    const found = choose(dependency, chart.dependencies);
    if (found !== undefined) unclaimed.delete(found);
    return listedNode(dependency, found);
  });
  return [...listed, ...[...unclaimed].map(unlistedNode)];
}

/** Of several versions, one in the range. */
function choose(dependency: Dependency, charts: readonly Chart[]): Chart | undefined {
  const named = charts.filter(({ metadata }) => metadata.name === dependency.name);
  return named.find(({ metadata }) => isInRange(metadata.version, dependency.version)) ?? named[0];
}

function listedNode(dependency: Dependency, found: Chart | undefined): DependencyNode {
  const { name, version: range, repository, alias } = dependency;
  if (found === undefined) {
    return { name, version: '', range, repository, alias, status: 'missing', dependencies: [] };
  }
  const { version } = found.metadata;
  const status = isInRange(version, range) ? 'ok' : 'wrong version';
  return { name, version, range, repository, alias, status, dependencies: childrenOf(found) };
}

function unlistedNode(chart: Chart): DependencyNode {
  return { ...dependencyTree(chart), status: 'unlisted' };
}

function isInRange(version: string, range: string): boolean {
  if (version === range) return true;
  const [parsed, constraints] = [parseVersion(version), parseConstraints(range)];
  return parsed !== undefined && constraints !== undefined && satisfies(parsed, constraints);
}
