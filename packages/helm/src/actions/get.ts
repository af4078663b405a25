/** `helm get`: parts of a release's record. */
import { GoMap } from '../go/value.ts';
import type { Release } from '../release/release.ts';
import { ReleaseError } from '../release/release-error.ts';
import { releaseNameProblem } from '../release/release-name.ts';
import { coalesceValues } from '../values/coalesce.ts';
import type { ActionContext } from './action-context.ts';
import { serverVersion } from './capabilities.ts';

export interface GetOptions {
  readonly name: string;
  /** The newest when not given, or 0. */
  readonly revision?: number | undefined;
}

/** A release; its manifest, hooks and notes are in it. @throws ReleaseError NotFound, Damaged */
export async function getRelease(context: ActionContext, { name, revision = 0 }: GetOptions): Promise<Release> {
  await serverVersion(context.client, context.signal);
  if (releaseNameProblem(name) !== undefined) {
    throw new ReleaseError('Invalid', `releaseContent: Release name is invalid: ${name}`);
  }
  return context.storage.get(name, revision);
}

/** The user's values; with `all` those that the templates saw. */
export async function getValues(
  context: ActionContext,
  options: GetOptions & { readonly all?: boolean | undefined },
): Promise<GoMap> {
  const release = await getRelease(context, options);
  if (options.all !== true) return release.config;
  return release.chart === undefined ? new GoMap(release.config) : coalesceValues(release.chart, release.config);
}

/** `helm get metadata`. */
export interface ReleaseMetadata {
  readonly name: string;
  readonly chart: string;
  readonly version: string;
  readonly appVersion: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly dependencies: NonNullable<Release['chart']>['metadata']['dependencies'];
  readonly namespace: string;
  readonly revision: number;
  readonly status: Release['info']['status'];
  /** RFC 3339. */
  readonly deployedAt: string;
  readonly applyMethod: string;
}

export async function getMetadata(context: ActionContext, options: GetOptions): Promise<ReleaseMetadata> {
  const release = await getRelease(context, options);
  const metadata = release.chart?.metadata;
  return {
    name: release.name,
    chart: metadata?.name ?? '',
    version: metadata?.version ?? '',
    appVersion: metadata?.appVersion ?? '',
    annotations: Object.fromEntries(metadata?.annotations ?? []),
    labels: release.labels,
    dependencies: metadata?.dependencies ?? [],
    namespace: release.namespace,
    revision: release.revision,
    status: release.info.status,
    deployedAt: release.info.lastDeployed,
    applyMethod: release.applyMethod,
  };
}
