/** `.Capabilities`: what the cluster can do. Without a cluster, what helm 4.1.4 says then. */
import { fn } from '../go/define-function.ts';
import { type GoFunction, type GoObject, type GoSlice, type GoValue, goObject } from '../go/value.ts';
import { parseVersion } from '../semver/version.ts';
import { DEFAULT_API_VERSIONS } from './default-api-versions.ts';

export interface Capabilities {
  /** `v1.35.0` */
  readonly kubeVersion: string;
  /** `v1`, `apps/v1`, and with a cluster `apps/v1/Deployment` too. */
  readonly apiVersions: readonly string[];
  readonly helmVersion: HelmVersion;
}

export interface HelmVersion {
  readonly version: string;
  readonly gitCommit: string;
  readonly gitTreeState: string;
  readonly goVersion: string;
  readonly kubeClientVersion: string;
}

/** The helm that this is compatible with. */
export const HELM_VERSION: HelmVersion = {
  version: 'v4.1.4',
  gitCommit: '05fa37973dc9e42b76e1d2883494c87174b6074f',
  gitTreeState: 'clean',
  goVersion: 'go1.25.9',
  kubeClientVersion: 'v1.35',
};

export const DEFAULT_CAPABILITIES: Capabilities = {
  kubeVersion: 'v1.35.0',
  apiVersions: DEFAULT_API_VERSIONS,
  helmVersion: HELM_VERSION,
};

/** The version without what a distribution adds to it. */
export function normalizedKubeVersion(version: string): string {
  const parsed = parseVersion(version);
  return parsed === undefined ? version : `v${parsed.major}.${parsed.minor}.${parsed.patch}`;
}

export function capabilitiesObject(capabilities: Capabilities): GoObject {
  const { kubeVersion, apiVersions, helmVersion } = capabilities;
  return goObject('*common.Capabilities', {
    kind: 'ptr',
    fields: new Map<string, GoValue>([
      ['KubeVersion', kubeVersionObject(kubeVersion)],
      ['APIVersions', versionSet(apiVersions)],
      ['HelmVersion', helmVersionObject(helmVersion)],
    ]),
  });
}

/** A []string with a method. */
function versionSet(apiVersions: readonly string[]): GoSlice {
  const known = new Set(apiVersions);
  const methods = new Map([['Has', fn(['string'], (version) => known.has(version))]]);
  return { go: 'slice', type: 'common.VersionSet', items: [...apiVersions], methods };
}

function kubeVersionObject(version: string): GoObject {
  const parsed = parseVersion(version);
  const text = fn([], () => version);
  return goObject('common.KubeVersion', {
    fields: new Map<string, GoValue>([
      ['Version', version],
      ['normalizedVersion', normalizedKubeVersion(version)],
      ['Major', parsed?.major.toString() ?? ''],
      ['Minor', parsed?.minor.toString() ?? ''],
    ]),
    text: () => version,
    methods: new Map<string, GoFunction>([
      ['GitVersion', text],
      ['String', text],
    ]),
  });
}

function helmVersionObject(version: HelmVersion): GoObject {
  return goObject('common.HelmVersion', {
    fields: new Map<string, GoValue>([
      ['Version', version.version],
      ['GitCommit', version.gitCommit],
      ['GitTreeState', version.gitTreeState],
      ['GoVersion', version.goVersion],
      ['KubeClientVersion', version.kubeClientVersion],
    ]),
    jsonNames: {
      Version: 'version',
      GitCommit: 'git_commit',
      GitTreeState: 'git_tree_state',
      GoVersion: 'go_version',
      KubeClientVersion: 'kube_client_version',
    },
  });
}
