/**
 * `/version`: which Kubernetes this server answers like (`k8s.io/apimachinery` version.Info). Clients read gitVersion as a
 * semantic version, and major and minor as whole numbers.
 */
export interface VersionInfo {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
  readonly gitCommit: string;
  readonly gitTreeState: string;
  readonly buildDate: string;
  readonly goVersion: string;
  readonly compiler: string;
  readonly platform: string;
}

/** The version information of this release. */
export function versionInfo(platform: string): VersionInfo {
  return {
    major: '1',
    minor: '36',
    gitVersion: 'v1.36.0+kindred',
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: 'node',
    platform,
  };
}
