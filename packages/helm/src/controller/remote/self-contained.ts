/**
 * The connection that a kubeconfig of somebody else stands for. It must hold all that it needs: a controller opens no files
 * and starts no programs because a Secret says so, and checks certificates unless its operator says otherwise.
 */
import { type ClusterConnection, connectionOf, type Kubeconfig, parseKubeconfig } from '@kindred/client';
import { KubeConfigError } from './kube-config-error.ts';

const FILES_OF_CLUSTER = ['certificate-authority'] as const;
const FILES_OF_USER = ['client-certificate', 'client-key', 'tokenFile'] as const;
const PLUGINS = ['exec', 'auth-provider'] as const;

export interface SelfContainedOptions {
  /** What the text is, for messages: `key value of Secret apps/prod`. */
  readonly what: string;
  /** Whether `insecure-skip-tls-verify` is followed; it is refused otherwise. */
  readonly allowInsecure: boolean;
}

/** @throws KubeConfigError for what is no kubeconfig, or not one that may be used here; never with parts of it */
export function selfContainedConnection(
  text: string,
  { what, allowInsecure }: SelfContainedOptions,
): ClusterConnection {
  const config = parsed(text, what);
  const problem = problemOf(config, allowInsecure);
  if (problem !== undefined) throw new KubeConfigError(`the kubeconfig in ${what} ${problem}`);
  try {
    return connectionOf(config);
  } catch (error) {
    // Thrown for names that lead nowhere, and for what isn't supported; it quotes names only.
    if (!(error instanceof TypeError)) throw error;
    throw new KubeConfigError(`the kubeconfig in ${what} can't be used: ${error.message}`, { cause: error });
  }
}

function parsed(text: string, what: string): Kubeconfig {
  try {
    return parseKubeconfig(text);
  } catch {
    // The reader's message would show parts of the secret.
    throw new KubeConfigError(`${what} holds no kubeconfig`);
  }
}

/** Of the context that counts; what stands beside it is never used. */
function problemOf(config: Kubeconfig, allowInsecure: boolean): string | undefined {
  const context = config.contexts.find(({ name }) => name === config['current-context'])?.context;
  const cluster = config.clusters.find(({ name }) => name === context?.cluster)?.cluster;
  const user = config.users.find(({ name }) => name === context?.user)?.user;
  const file = FILES_OF_CLUSTER.find((field) => cluster?.[field]) ?? FILES_OF_USER.find((field) => user?.[field]);
  if (file !== undefined) return `names a file (${file}): give its content in the kubeconfig itself`;
  const plugin = PLUGINS.find((field) => user?.[field]);
  if (plugin !== undefined)
    return `signs in by a program (${plugin}), which the controller doesn't run: give a token or a certificate`;
  if (cluster?.['insecure-skip-tls-verify'] === true && !allowInsecure) {
    return 'has insecure-skip-tls-verify, which the controller is not set to follow: give certificate-authority-data';
  }
  return undefined;
}
