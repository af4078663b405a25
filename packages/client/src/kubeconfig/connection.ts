/** From a kubeconfig's context, or a pod's service account, to the options of a connection. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '@kindred/machinery';
import type { ConnectionOptions, TlsMaterial } from '../http-transport/connection-options.ts';
import { fileToken, staticToken } from '../http-transport/token-source.ts';
import { proxyFromEnvironment } from '../proxy/proxy.ts';
import type { Kubeconfig, KubeconfigCluster, KubeconfigUser } from './kubeconfig.ts';
import { authProviderToken, type TokenRenewal } from './sign-in/auth-provider.ts';
import { execConfig } from './sign-in/exec-config.ts';
import { ExecCredentials, type ExecEnvironment } from './sign-in/exec-credentials.ts';
import { expectUsable } from './sign-in/user-problems.ts';

export interface ClusterConnection extends ConnectionOptions {
  /** The namespace of the context, or of the pod; `default` when neither says. */
  readonly namespace: string;
}

export interface ConnectionOfOptions {
  /** The context to use instead of the current one. */
  readonly context?: string | undefined;
  readonly clock?: Clock;
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are looked up; not at all when not given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Lets users sign in by programs (`exec`). Not given for kubeconfigs of somebody else, they are refused. */
  readonly exec?: ExecEnvironment;
  /** Lets tokens of OpenID Connect (`auth-provider`) be renewed by their issuers; see `persistAuthProvider`. */
  readonly renewal?: TokenRenewal;
}

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The connection that a context stands for.
 *
 * @throws TypeError when the context, its cluster or its user is not in the kubeconfig or can't be used
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
  expectUsable(user ?? {}, context.user, cluster, context.cluster);
  const headers = impersonation(user ?? {});
  return {
    namespace: context.namespace || 'default',
    ...connectionTo(cluster, user ?? {}),
    ...proxyOf(cluster, options.env),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...signIn(user ?? {}, context.user, cluster, options),
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
    proxy: proxyFromEnvironment(env),
  };
}

function connectionTo(cluster: KubeconfigCluster, user: KubeconfigUser): ConnectionOptions {
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

/** The kubeconfig's own proxy goes before those of the environment, and holds for every address. */
function proxyOf(cluster: KubeconfigCluster, env: ConnectionOfOptions['env']): Pick<ConnectionOptions, 'proxy'> {
  const text = cluster['proxy-url'];
  if (text) {
    const proxy = new URL(text);
    return { proxy: () => proxy };
  }
  return env === undefined ? {} : { proxy: proxyFromEnvironment(env) };
}

type SignIn = Pick<ConnectionOptions, 'token' | 'basic' | 'credentials'>;

function signIn(user: KubeconfigUser, name: string, cluster: KubeconfigCluster, options: ConnectionOfOptions): SignIn {
  const { clock = systemClock, exec: process } = options;
  const provider = user['auth-provider'];
  const proxy = options.env === undefined ? undefined : proxyFromEnvironment(options.env);
  const providedToken =
    provider === undefined || provider === null
      ? undefined
      : authProviderToken(provider, { user: name, clock, proxy, renewal: options.renewal });
  const config = user.exec === undefined || user.exec === null ? undefined : execConfig(user.exec);
  // As kubectl: the file goes before the token, since it may be renewed.
  if (user.tokenFile) return { token: fileToken(user.tokenFile, clock) };
  if (user.token) return { token: staticToken(user.token) };
  if (user.username) return { basic: { username: user.username, password: user.password ?? '' } };
  if (providedToken !== undefined) return { token: providedToken };
  if (config === undefined) return {};
  if (process === undefined) {
    throw new TypeError(
      `User ${name} of the kubeconfig signs in by a program (${config.command}), and programs are not allowed here`,
    );
  }
  return { credentials: new ExecCredentials({ config, cluster: () => clusterInfo(cluster), process, clock }) };
}

function impersonation(user: KubeconfigUser): Record<string, string | string[]> {
  const extra = Object.entries(user['as-user-extra'] ?? {}).map(
    // A key may have letters that a header's name may not.
    ([key, values]) => [`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`, [...values]] as const,
  );
  return {
    ...(user.as ? { 'impersonate-user': user.as } : {}),
    ...(user['as-uid'] ? { 'impersonate-uid': user['as-uid'] } : {}),
    ...(user['as-groups']?.length ? { 'impersonate-group': [...user['as-groups']] } : {}),
    ...Object.fromEntries(extra),
  };
}

/** What a credential program is told, as the type Cluster of client.authentication.k8s.io has it. */
async function clusterInfo(cluster: KubeconfigCluster): Promise<Readonly<Record<string, unknown>>> {
  const { ca } = await material('ca', cluster['certificate-authority-data'], cluster['certificate-authority']);
  const extension = cluster.extensions?.find(({ name }) => name === 'client.authentication.k8s.io/exec');
  return {
    server: cluster.server,
    ...(cluster['tls-server-name'] ? { 'tls-server-name': cluster['tls-server-name'] } : {}),
    ...(cluster['insecure-skip-tls-verify'] === true ? { 'insecure-skip-tls-verify': true } : {}),
    ...(ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
    ...(cluster['proxy-url'] ? { 'proxy-url': cluster['proxy-url'] } : {}),
    ...(cluster['disable-compression'] === true ? { 'disable-compression': true } : {}),
    config: extension?.extension ?? null,
  };
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
