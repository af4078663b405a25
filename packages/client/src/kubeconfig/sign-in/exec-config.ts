/**
 * A user of a kubeconfig who signs in by a program: what the kubeconfig says of it (Kubernetes documentation,
 * 'Authenticating', client-go credential plugins).
 */

/** `users[].user.exec` of a kubeconfig. */
export interface KubeconfigExec {
  command?: string;
  args?: string[] | null;
  env?: { name?: string; value?: string }[] | null;
  apiVersion?: string;
  installHint?: string;
  provideClusterInfo?: boolean;
  interactiveMode?: string;
}

export type InteractiveMode = 'Never' | 'IfAvailable' | 'Always';

export interface ExecConfig {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly apiVersion: string;
  readonly installHint: string;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: InteractiveMode;
}

const GROUP = 'client.authentication.k8s.io';
const VERSIONS: ReadonlySet<string> = new Set([`${GROUP}/v1`, `${GROUP}/v1beta1`]);

/** What is wrong, in client-go's words; empty when nothing is. */
export function execProblems(exec: KubeconfigExec, user: string): string[] {
  const problems: string[] = [];
  const { command = '', apiVersion = '', env, interactiveMode = '' } = exec;
  const needs = (what: string): unknown =>
    problems.push(`${what} must be specified for ${user} to use exec authentication plugin`);
  if (command === '') needs('command');
  if (apiVersion === '') needs('apiVersion');
  if ((env ?? []).some(({ name = '' }) => name === '')) needs('env variable name');
  if (interactiveMode === '') {
    if (!/\/v1(?:alpha|beta)1$/.test(apiVersion)) needs('interactiveMode');
  } else if (!isMode(interactiveMode)) {
    problems.push(`invalid interactiveMode for ${user}: ${JSON.stringify(interactiveMode)}`);
  }
  return problems;
}

/** @throws TypeError for a version of the protocol that isn't spoken. @param exec without problems */
export function execConfig(exec: KubeconfigExec): ExecConfig {
  const { command = '', args, env, apiVersion = '', installHint = '', interactiveMode = '' } = exec;
  if (!VERSIONS.has(apiVersion)) throw new TypeError(`exec plugin: invalid apiVersion ${JSON.stringify(apiVersion)}`);
  return {
    command,
    args: (args ?? []).map(String),
    env: (env ?? []).map(({ name = '', value = '' }) => ({ name, value: String(value) })),
    apiVersion,
    installHint,
    provideClusterInfo: exec.provideClusterInfo === true,
    interactiveMode: isMode(interactiveMode) ? interactiveMode : 'IfAvailable',
  };
}

function isMode(text: string): text is InteractiveMode {
  return text === 'Never' || text === 'IfAvailable' || text === 'Always';
}
