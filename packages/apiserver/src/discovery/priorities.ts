/**
 * The order in which discovery names groups and versions: clients take the first that has what they look for. Built-in
 * groups have fixed priorities (`k8s.io/kube-aggregator`), custom ones share one; versions go by maturity, then number.
 */
const groupPriorities: Readonly<Record<string, number>> = {
  '': 18_000,
  'apiregistration.k8s.io': 18_000,
  // Removed upstream: clients that find a kind elsewhere shall prefer that.
  extensions: 100,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'apiextensions.k8s.io': 16_700,
  'admissionregistration.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
  'resource.k8s.io': 15_900,
  'storagemigration.k8s.io': 15_800,
};

const customGroupPriority = 1000;
const customVersionPriority = 100;
/** Higher comes first; v2 of autoscaling is preferred though v1 is stable too. */
const versionPriorities: Readonly<Record<string, number>> = { '/v1': 1, 'autoscaling/v2': 30, 'autoscaling/v1': 15 };

/** Higher ones come first. */
export interface Priorities {
  /** Of the group: the highest of its versions counts. */
  readonly group: number;
  /** Of the version within its group. */
  readonly version: number;
}

/** What the APIService of a group version that is served here says: `groupPriorityMinimum` and `versionPriority`. */
export function localPriorities(group: string, version: string): Priorities {
  const known = groupPriorities[group];
  if (known === undefined) return { group: customGroupPriority, version: customVersionPriority };
  return { group: known, version: versionPriorities[`${group}/${version}`] ?? (/^v\d+$/.test(version) ? 15 : 9) };
}

/** For sorting: stable before beta before alpha, higher numbers first, what is no such version last and by name. */
export function compareKubeVersions(a: string, b: string): number {
  const left = maturityOf(a);
  const right = maturityOf(b);
  if (left === undefined || right === undefined) {
    if (left !== undefined) return -1;
    if (right !== undefined) return 1;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  return right.rank - left.rank || right.major - left.major || right.minor - left.minor;
}

function maturityOf(version: string): { rank: number; major: number; minor: number } | undefined {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (match === null) return undefined;
  const rank = match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0;
  return { rank, major: Number(match[1]), minor: Number(match[3] ?? '0') };
}
