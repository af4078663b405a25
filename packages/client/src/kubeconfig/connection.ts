/** From a kubeconfig's context, or a pod's service account, to the options of a connection. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '@kindred/machinery';
import type { ConnectionOptions, TlsMaterial } from '../http-transport/connection-options.ts';
import { fileToken, staticToken } from '../http-transport/token-source.ts';
import type { Kubeconfig, KubeconfigCluster, KubeconfigUser } from './kubeconfig.ts';

export interface ClusterConnection extends ConnectionOptions {
  /** The namespace of the context, or of the pod; `default` when neither says. */
  readonly namespace: string;
}

export interface ConnectionOfOptions {
  /** The context to use instead of the current one. */
  readonly context?: string | undefined;
  readonly clock?: Clock;
}

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The connection that a context stands for.
 *
 * @throws TypeError when the context, its cluster or its user is not in the kubeconfig, or the user signs in by a plugin
 */
export function connectionOf(config: Kubeconfig, options: ConnectionOfOptions = {}): ClusterConnection {
  const name = options.context ?? config['current-context'];
  const context = config.contexts.find((entry) => entry.name === name)?.context;
  if (context === undefined) throw new TypeError(`The kubeconfig has no context ${JSON.stringify(name)}`);
  const cluster = config.clusters.find((entry) => entry.name === context.cluster)?.cluster;
  if (cluster?.server === undefined)
    throw new TypeError(`The kubeconfig has no cluster ${JSON.stringify(context.cluster)}`);
  const user = config.users.find((entry) => entry.name === context.user)?.user;
  if (user === undefined && context.user)
    throw new TypeError(`The kubeconfig has no user ${JSON.stringify(context.user)}`);
  return {
    namespace: context.namespace || 'default',
    ...connectionTo(cluster, user ?? {}, context.user),
    ...credentialsOf(user ?? {}, options.clock ?? systemClock),
  };
}

export interface InClusterOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  /** Where the service account's files are mounted. */
  readonly folder?: string;
}

/** The connection of a program in a pod, by its service account; undefined when it isn't in one. */
export async function inClusterConnection(options: InClusterOptions): Promise<ClusterConnection | undefined> {
  const { env, clock = systemClock, folder = serviceAccountFolder } = options;
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  if (!host || !port) return undefined;
  const namespace = await readFile(join(folder, 'namespace'), 'utf8').then(
    (text) => text.trim(),
    () => 'default', // Tokens may be mounted without it.
  );
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    namespace,
    tls: async () => ({ ca: await readFile(join(folder, 'ca.crt')) }),
    token: fileToken(join(folder, 'token'), clock),
  };
}

function connectionTo(cluster: KubeconfigCluster, user: KubeconfigUser, userName: string): ConnectionOptions {
  if (user.exec !== undefined || user['auth-provider'] !== undefined) {
    throw new TypeError(
      `User ${userName} of the kubeconfig signs in by a plugin, which is not supported: give a token or a certificate`,
    );
  }
  if (cluster['proxy-url']) throw new TypeError('The kubeconfig asks for a proxy (proxy-url), which is not supported');
  const tls = async (): Promise<TlsMaterial> => ({
    ...(await material('ca', cluster['certificate-authority-data'], cluster['certificate-authority'])),
    ...(await material('cert', user['client-certificate-data'], user['client-certificate'])),
    ...(await material('key', user['client-key-data'], user['client-key'])),
  });
  const serverName = cluster['tls-server-name'];
  return {
    server: cluster.server,
    tls,
    insecureSkipTlsVerify: cluster['insecure-skip-tls-verify'] === true,
    ...(serverName ? { tlsServerName: serverName } : {}),
  };
}

function credentialsOf(user: KubeconfigUser, clock: Clock): Pick<ConnectionOptions, 'token' | 'basic' | 'headers'> {
  const headers = user.as === undefined ? {} : { headers: { 'impersonate-user': user.as } };
  // As kubectl: the file goes before the token, since it may be renewed.
  if (user.tokenFile) return { ...headers, token: fileToken(user.tokenFile, clock) };
  if (user.token) return { ...headers, token: staticToken(user.token) };
  if (user.username) return { ...headers, basic: { username: user.username, password: user.password ?? '' } };
  return headers;
}

/** Inline data goes before the file, as in kubectl. */
async function material(
  name: keyof TlsMaterial,
  data: string | undefined,
  path: string | undefined,
): Promise<TlsMaterial> {
  if (data) return { [name]: Buffer.from(data, 'base64') };
  return path ? { [name]: await readFile(path) } : {};
}
