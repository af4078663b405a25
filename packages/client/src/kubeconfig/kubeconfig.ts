/**
 * The kubeconfig file (Kubernetes documentation, 'Organizing Cluster Access Using kubeconfig Files'; types of
 * `k8s.io/client-go/tools/clientcmd/api/v1`), and how several of them become one: the first to name something wins.
 */
import { decodeYaml, isJsonObject, type JsonValue } from '@kindred/machinery';
import type { KubeconfigAuthProvider } from './sign-in/auth-provider.ts';
import type { KubeconfigExec } from './sign-in/exec-config.ts';

export interface KubeconfigCluster {
  server: string;
  'certificate-authority'?: string;
  'certificate-authority-data'?: string;
  'insecure-skip-tls-verify'?: boolean;
  'tls-server-name'?: string;
  'proxy-url'?: string;
  'disable-compression'?: boolean;
  extensions?: { name: string; extension?: JsonValue }[];
}

export interface KubeconfigUser {
  'client-certificate'?: string;
  'client-certificate-data'?: string;
  'client-key'?: string;
  'client-key-data'?: string;
  token?: string;
  tokenFile?: string;
  username?: string;
  password?: string;
  as?: string;
  'as-uid'?: string;
  'as-groups'?: string[];
  'as-user-extra'?: Record<string, string[]>;
  exec?: KubeconfigExec | null;
  'auth-provider'?: KubeconfigAuthProvider | null;
}

export interface KubeconfigContext {
  cluster: string;
  user: string;
  namespace?: string;
}

export interface Kubeconfig {
  apiVersion: 'v1';
  kind: 'Config';
  'current-context': string;
  clusters: { name: string; cluster: KubeconfigCluster }[];
  contexts: { name: string; context: KubeconfigContext }[];
  users: { name: string; user: KubeconfigUser }[];
}

export function emptyKubeconfig(): Kubeconfig {
  return { apiVersion: 'v1', kind: 'Config', 'current-context': '', clusters: [], contexts: [], users: [] };
}

/**
 * Reads the text of one file. `resolveFile` makes absolute what the file says relative to itself.
 *
 * @throws TypeError when the text is not a kubeconfig
 */
export function parseKubeconfig(text: string, resolveFile: (path: string) => string = (path) => path): Kubeconfig {
  const { value } = decodeYaml(Buffer.from(text));
  if (value === null) return emptyKubeconfig();
  if (!isJsonObject(value) || (value['kind'] !== undefined && value['kind'] !== 'Config')) {
    throw new TypeError('The file is not a kubeconfig (kind: Config)');
  }
  const entries = (field: string): { name: string }[] => {
    const list = value[field] ?? [];
    if (!Array.isArray(list) || !list.every((entry) => isJsonObject(entry) && typeof entry['name'] === 'string')) {
      throw new TypeError(`The kubeconfig's ${field} is not a list of named entries`);
    }
    // Checked just above; the fields inside are strings or absent, and are read as such.
    return list as unknown[] as { name: string }[];
  };
  const config: Kubeconfig = {
    ...emptyKubeconfig(),
    'current-context': typeof value['current-context'] === 'string' ? value['current-context'] : '',
    clusters: entries('clusters') as Kubeconfig['clusters'],
    contexts: entries('contexts') as Kubeconfig['contexts'],
    users: entries('users') as Kubeconfig['users'],
  };
  for (const { cluster } of config.clusters) resolveFields(cluster, ['certificate-authority'], resolveFile);
  for (const { user } of config.users) {
    resolveFields(user, ['client-certificate', 'client-key', 'tokenFile'], resolveFile);
    // A bare name is looked for in PATH.
    if (user?.exec?.command?.includes('/')) resolveFields(user.exec, ['command'], resolveFile);
  }
  return config;
}

/** One kubeconfig of many: for each name, the entry of the first file that has it. */
export function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
  const merged = emptyKubeconfig();
  for (const config of configs) {
    merged['current-context'] ||= config['current-context'];
    addMissing(merged.clusters, config.clusters);
    addMissing(merged.contexts, config.contexts);
    addMissing(merged.users, config.users);
  }
  return merged;
}

function addMissing<E extends { name: string }>(target: E[], entries: readonly E[]): void {
  for (const entry of entries) if (!target.some(({ name }) => name === entry.name)) target.push(entry);
}

function resolveFields<T extends object, K extends keyof T>(
  target: T | undefined,
  fields: readonly K[],
  resolve: (path: string) => string,
): void {
  for (const field of fields) {
    const path = target?.[field];
    // A string field by its type: what was a path stays one.
    if (target !== undefined && typeof path === 'string' && path !== '') target[field] = resolve(path) as T[K];
  }
}
