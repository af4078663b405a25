/** What is wrong with a user or a cluster of a kubeconfig, in client-go's words and order (package clientcmd). */
import type { KubeconfigCluster, KubeconfigUser } from '../kubeconfig.ts';
import { execProblems } from './exec-config.ts';

/** @throws TypeError that begins with `invalid configuration:` and names all problems */
export function expectUsable(
  user: KubeconfigUser,
  userName: string,
  cluster: KubeconfigCluster,
  clusterName: string,
): void {
  const problems = [...userProblems(user, userName), ...proxyProblems(cluster, clusterName)];
  if (problems.length === 0) return;
  throw new TypeError(`invalid configuration: ${problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`}`);
}

function userProblems(user: KubeconfigUser, name: string): string[] {
  const problems: string[] = [];
  const methods = [...(user.token ? ['token'] : []), ...(user.username || user.password ? ['basicAuth'] : [])];
  if (user.exec !== undefined && user.exec !== null) {
    if (user['auth-provider'] !== undefined && user['auth-provider'] !== null) {
      problems.push(`authProvider cannot be provided in combination with an exec plugin for ${name}`);
    }
    problems.push(...execProblems(user.exec, name));
  }
  if (methods.length > 1) {
    problems.push(
      `more than one authentication method found for ${name}; found [${methods.join(' ')}], only one is allowed`,
    );
  }
  const asOthers = [user['as-uid'], ...(user['as-groups'] ?? []), ...Object.keys(user['as-user-extra'] ?? {})];
  if (asOthers.some((each) => each !== undefined) && !user.as) {
    problems.push(`requesting uid, groups or user-extra for ${name} without impersonating a user`);
  }
  return problems;
}

function proxyProblems({ 'proxy-url': text }: KubeconfigCluster, name: string): string[] {
  if (!text) return [];
  const problem = `invalid 'proxy-url' ${JSON.stringify(text)} for cluster ${JSON.stringify(name)}:`;
  if (!URL.canParse(text)) return [`${problem} could not parse: ${text}`];
  const scheme = new URL(text).protocol.replace(/:$/, '');
  if (['http', 'https', 'socks5'].includes(scheme)) return [];
  return [`${problem} unsupported scheme ${JSON.stringify(scheme)}, must be http, https, or socks5`];
}
