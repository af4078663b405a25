/** Where helm keeps its files: HELM_*_HOME, else the XDG variables, else what is usual on the system (helm's package helmpath). */
import { join } from 'node:path';
import type { Environment } from './host.ts';

export interface HelmPaths {
  readonly cache: string;
  readonly config: string;
  readonly data: string;
}

/** @param platform as Node names it; Linux when absent */
export function helmPaths(environment: Environment, platform = 'linux'): HelmPaths {
  const home = homeDirectory(environment);
  const [cache, config, data] = defaults(environment, home, platform);
  const place = (own: string, base: string, fallback: string): string =>
    set(environment[own]) ?? (set(environment[base]) === undefined ? fallback : join(environment[base] ?? '', 'helm'));
  return {
    cache: place('HELM_CACHE_HOME', 'XDG_CACHE_HOME', cache),
    config: place('HELM_CONFIG_HOME', 'XDG_CONFIG_HOME', config),
    data: place('HELM_DATA_HOME', 'XDG_DATA_HOME', data),
  };
}

/** The user's home; empty when the environment has none. */
export function homeDirectory(environment: Environment): string {
  return environment['HOME'] ?? environment['USERPROFILE'] ?? '';
}

function set(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function defaults(environment: Environment, home: string, platform: string): [string, string, string] {
  if (platform === 'darwin') {
    return [join(home, 'Library/Caches/helm'), join(home, 'Library/Preferences/helm'), join(home, 'Library/helm')];
  }
  if (platform === 'win32') {
    const roaming = environment['APPDATA'] ?? '';
    return [join(environment['TEMP'] ?? '', 'helm'), join(roaming, 'helm'), join(roaming, 'helm')];
  }
  return [join(home, '.cache/helm'), join(home, '.config/helm'), join(home, '.local/share/helm')];
}
