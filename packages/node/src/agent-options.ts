/** What the node agent is told at its start: a JSON file, and flags over it. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export interface AgentOptions {
  /** `https://127.0.0.1:6443`. */
  readonly server: string;
  /** Certificate of the cluster's authority, PEM file. */
  readonly caFile: string;
  /** Certificate and key of `system:node:NAME`, PEM files: for the API server, and for the agent's own endpoint. */
  readonly certFile: string;
  readonly keyFile: string;
  /** The agent writes only below this directory. */
  readonly dataDir: string;
  readonly nodeName: string;
  /** `auto` takes namespaces where they work. */
  readonly isolation: 'auto' | 'namespaces' | 'plain';
  readonly podCidr: string;
  /** Range of ClusterIPs; must lie in 127.0.0.0/8 for them to work with plain processes. */
  readonly serviceCidr: string;
  /** Range of the pods' loopback addresses when they are plain processes. */
  readonly plainPodCidr: string;
  readonly clusterDns: string;
  readonly clusterDomain: string;
  /** The node's address: its endpoint and node ports listen here. */
  readonly nodeAddress: string;
  /** Port of the agent's endpoint; 0 takes a free one. */
  readonly port: number;
  /** JSON list of images besides the built-in ones. */
  readonly imagesFile?: string;
  /** Directories that containers must not see, besides the agent's own data. */
  readonly hiddenPaths: readonly string[];
  /** Common names of client certificates that may ask the agent's endpoint. */
  readonly allowedClients: readonly string[];
}

export const defaultAgentOptions = {
  isolation: 'auto',
  podCidr: '10.244.0.0/24',
  serviceCidr: '10.96.0.0/16',
  plainPodCidr: '127.244.0.0/24',
  clusterDns: '10.96.0.10',
  clusterDomain: 'cluster.local',
  nodeAddress: '127.0.0.1',
  port: 0,
  hiddenPaths: [],
  allowedClients: ['kube-apiserver-kubelet-client'],
} as const satisfies Partial<AgentOptions>;

/** What must be given: the rest has defaults. */
export type AgentSettings = Omit<AgentOptions, keyof typeof defaultAgentOptions> & Partial<AgentOptions>;

const required = ['server', 'caFile', 'certFile', 'keyFile', 'dataDir', 'nodeName'] as const;
const texts = [
  'podCidr',
  'serviceCidr',
  'plainPodCidr',
  'clusterDns',
  'clusterDomain',
  'nodeAddress',
  'imagesFile',
] as const;

/** `--config FILE`, and any setting as `--name value`. @throws Error that names what is missing or unknown. */
export function parseAgentOptions(args: readonly string[]): AgentOptions {
  const names = [...required, ...texts, 'isolation', 'port', 'config'];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ args: [...args], strict: true, options });
  const { config, port, ...flags } = values;
  const file: unknown = typeof config === 'string' ? JSON.parse(readFileSync(config, 'utf8')) : {};
  const settings: Record<string, unknown> = {
    ...defaultAgentOptions,
    ...(typeof file === 'object' ? file : {}),
    ...flags,
    ...(port !== undefined && { port: Number(port) }),
  };
  for (const name of required) {
    if (typeof settings[name] !== 'string')
      throw new Error(`the node agent needs ${name}, in its config file or as --${name}`);
  }
  if (!['auto', 'namespaces', 'plain'].includes(String(settings['isolation']))) {
    throw new Error(`isolation is auto, namespaces or plain, not ${JSON.stringify(settings['isolation'])}`);
  }
  // Required members are there, and the others have defaults; a wrong type in the file shows where it is used.
  return settings as unknown as AgentOptions;
}
