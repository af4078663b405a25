/** Where a pod's files are in the agent's data directory, and the files of /etc that the node writes for it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pod } from '@kindred/apis/core/v1';
import type { Mount } from '../runtime/runtime.ts';

export function podDirectory(dataDir: string, uid: string): string {
  return join(dataDir, 'pods', uid);
}

export function podLogDirectory(dataDir: string, pod: Pod): string {
  const { namespace, name, uid } = pod.metadata;
  return join(dataDir, 'logs', `${namespace}_${name}_${uid}`);
}

/** The log of the n-th restart of a container. */
export function logPath(dataDir: string, pod: Pod, container: string, restartCount: number): string {
  return join(podLogDirectory(dataDir, pod), container, `${restartCount}.log`);
}

export function podHostname(pod: Pod): string {
  return (pod.spec?.hostnameOverride || pod.spec?.hostname || pod.metadata.name || '')
    .slice(0, 63)
    .replace(/[-.]+$/, '');
}

/** Writes /etc/hosts, /etc/hostname and /etc/resolv.conf of the pod; gives their mounts. */
export function writeEtcFiles(directory: string, pod: Pod, ip: string, resolvConf: string | undefined): Mount[] {
  const files: [string, string][] = [
    ['hosts', hostsFile(pod, ip)],
    ['hostname', `${podHostname(pod)}\n`],
  ];
  if (resolvConf !== undefined) files.push(['resolv.conf', resolvConf]);
  // On the host's network the pod has the host's own names.
  const shown = pod.spec?.hostNetwork ? files.filter(([name]) => name === 'resolv.conf') : files;
  const etc = join(directory, 'etc');
  mkdirSync(etc, { recursive: true });
  return shown.map(([name, content]) => {
    writeFileSync(join(etc, name), content);
    return { hostPath: join(etc, name), mountPath: `/etc/${name}`, readOnly: false };
  });
}

function hostsFile(pod: Pod, ip: string): string {
  const hostname = podHostname(pod);
  const { subdomain, hostAliases } = pod.spec ?? {};
  const qualified = subdomain ? `${hostname}.${subdomain}.${pod.metadata.namespace}.svc.cluster.local\t` : '';
  const lines = [
    '# Written by the node for this pod.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    `${ip}\t${qualified}${hostname}`,
    ...(hostAliases ?? []).map(({ ip: address, hostnames }) => `${address}\t${(hostnames ?? []).join('\t')}`),
  ];
  return `${lines.join('\n')}\n`;
}
