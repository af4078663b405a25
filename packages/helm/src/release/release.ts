/**
 * A release in memory: one revision of a chart installed under a name, as helm 3 and 4 keep it in a Secret or ConfigMap
 * (Helm documentation, "Storage backends"). Times are RFC 3339 texts, so that nothing of their precision is lost.
 */
import type { Chart, ChartFile } from '../chart/chart.ts';
import type { GoMap } from '../go/value.ts';

export type ReleaseStatus =
  | 'unknown'
  | 'deployed'
  | 'uninstalled'
  | 'superseded'
  | 'failed'
  | 'uninstalling'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback';

export type HookPhase = '' | 'Unknown' | 'Running' | 'Succeeded' | 'Failed';

export type HookEvent =
  | 'pre-install'
  | 'post-install'
  | 'pre-delete'
  | 'post-delete'
  | 'pre-upgrade'
  | 'post-upgrade'
  | 'pre-rollback'
  | 'post-rollback'
  | 'test';

export interface HookRun {
  /** Empty when it hasn't run. */
  readonly startedAt: string;
  readonly completedAt: string;
  readonly phase: HookPhase;
}

export interface ReleaseHook {
  readonly name: string;
  readonly kind: string;
  /** `chart/templates/x.yaml` */
  readonly path: string;
  readonly manifest: string;
  readonly events: readonly string[];
  readonly lastRun: HookRun;
  readonly weight: number;
  readonly deletePolicies: readonly string[];
  readonly outputLogPolicies: readonly string[];
}

export interface ReleaseInfo {
  /** Empty when it isn't known. */
  readonly firstDeployed: string;
  readonly lastDeployed: string;
  /** When it was uninstalled; empty when it wasn't. */
  readonly deleted: string;
  readonly description: string;
  readonly status: ReleaseStatus;
  readonly notes: string;
}

export type StoredFile = ChartFile;

/** The chart of a release: without its dependencies, whose values are among its own. */
export type StoredChart = Chart;

export interface Release {
  readonly name: string;
  readonly namespace: string;
  /** From 1; helm's `version`. */
  readonly revision: number;
  readonly info: ReleaseInfo;
  /** A record that another program wrote may lack it. */
  readonly chart: StoredChart | undefined;
  /** The values that the user gave. */
  readonly config: GoMap;
  /** All objects but hooks and those of crds/, each after a line with its file. */
  readonly manifest: string;
  readonly hooks: readonly ReleaseHook[];
  /** How its objects are written; nothing means client-side. */
  readonly applyMethod: '' | 'ssa' | 'csa';
  /** The user's own labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** When the stored object was written, as its label `createdAt` or `modifiedAt` says it in seconds since 1970. */
  readonly recordTime?: Readonly<Record<string, string>>;
  /** What we note on the stored object beside the record; helm neither reads nor keeps it. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export function isPending({ info }: Release): boolean {
  return info.status.startsWith('pending-');
}

/** The release with other things said about it. */
export function withInfo(release: Release, info: Partial<ReleaseInfo>): Release {
  return { ...release, info: { ...release.info, ...info } };
}

export const NEVER_RUN: HookRun = { startedAt: '', completedAt: '', phase: '' };
