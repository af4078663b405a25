/** A pod's /etc/resolv.conf (Kubernetes documentation, 'DNS for Services and Pods': dnsPolicy, dnsConfig). Pure. */
import type { Pod } from '@kindred/apis/core/v1';

export interface ResolvConf {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

export interface ClusterDns {
  readonly address: string;
  /** `cluster.local`. */
  readonly domain: string;
}

export function podResolvConf(pod: Pod, cluster: ClusterDns, host: ResolvConf): string {
  const { dnsPolicy = 'ClusterFirst', hostNetwork, dnsConfig } = pod.spec ?? {};
  const namespace = pod.metadata.namespace ?? 'default';
  const base = baseConf(dnsPolicy, hostNetwork ?? false, { namespace, cluster, host });
  const extra = (dnsConfig?.options ?? []).map(({ name, value }) =>
    value === undefined ? (name ?? '') : `${name}:${value}`,
  );
  const named = new Set(extra.map(optionName));
  return formatResolvConf({
    nameservers: unique([...base.nameservers, ...(dnsConfig?.nameservers ?? [])]),
    searches: unique([...base.searches, ...(dnsConfig?.searches ?? [])]),
    options: [...base.options.filter((option) => !named.has(optionName(option))), ...extra],
  });
}

function baseConf(
  policy: string,
  hostNetwork: boolean,
  { namespace, cluster, host }: { namespace: string; cluster: ClusterDns; host: ResolvConf },
): ResolvConf {
  if (policy === 'None') return { nameservers: [], searches: [], options: [] };
  if (policy === 'Default' || (policy === 'ClusterFirst' && hostNetwork)) return host;
  const searches = [`${namespace}.svc.${cluster.domain}`, `svc.${cluster.domain}`, cluster.domain, ...host.searches];
  return { nameservers: [cluster.address], searches, options: ['ndots:5'] };
}

/** Reads resolv.conf(5); the last `search` line counts. */
export function parseResolvConf(text: string): ResolvConf {
  const nameservers: string[] = [];
  let searches: string[] = [];
  const options: string[] = [];
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line.trim().split(/\s+/);
    if (keyword === 'nameserver' && values[0]) nameservers.push(values[0]);
    if (keyword === 'search' || keyword === 'domain') searches = values;
    if (keyword === 'options') options.push(...values);
  }
  return { nameservers, searches, options };
}

function formatResolvConf({ nameservers, searches, options }: ResolvConf): string {
  const lines = [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...nameservers.map((address) => `nameserver ${address}`),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function optionName(option: string): string {
  return option.split(':')[0] ?? '';
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)];
}
