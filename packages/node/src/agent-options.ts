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
const texts = ['podCidr', 'serviceCidr', 'plainPodCidr', 'clusterDns', 'clusterDomain', 'nodeAddress'] as const;
const isolations = ['auto', 'namespaces', 'plain'] as const;

/** `--config FILE`, and any setting as `--name value`. @throws Error that names what is missing, unknown or of a wrong type. */
export function parseAgentOptions(args: readonly string[]): AgentOptions {
  const names = [...required, ...texts, 'imagesFile', 'isolation', 'port', 'config'];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ args: [...args], strict: true, options });
  const { config, port, ...flags } = values;
  const file: unknown = typeof config === 'string' ? JSON.parse(readFileSync(config, 'utf8')) : {};
  return checkedOptions({
    ...defaultAgentOptions,
    ...(typeof file === 'object' ? file : {}),
    ...flags,
    ...(port !== undefined && { port: Number(port) }),
  });
}

type Settings = Readonly<Record<string, unknown>>;

function checkedOptions(settings: Settings): AgentOptions {
  const { imagesFile } = settings;
  return {
    ...textsOf(settings, required),
    ...textsOf(settings, texts),
    isolation: isolationOf(settings['isolation']),
    port: portOf(settings['port']),
    ...(imagesFile === undefined ? {} : textsOf(settings, ['imagesFile'])),
    hiddenPaths: listOf(settings, 'hiddenPaths'),
    allowedClients: listOf(settings, 'allowedClients'),
  };
}

function textsOf<Name extends string>(settings: Settings, names: readonly Name[]): Record<Name, string> {
  const found = names.map((name) => [name, textOf(settings, name)] as const);
  // It has an entry for each of the names.
  return Object.fromEntries(found) as Record<Name, string>;
}

function textOf(settings: Settings, name: string): string {
  const value = settings[name];
  if (typeof value === 'string') return value;
  throw new Error(`the node agent needs ${name} as text, in its config file or as --${name}; found ${shown(value)}`);
}

function isolationOf(value: unknown): AgentOptions['isolation'] {
  const isolation = isolations.find((known) => known === value);
  if (isolation !== undefined) return isolation;
  throw new Error(`isolation is auto, namespaces or plain, not ${shown(value)}`);
}

function portOf(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65535) return value;
  throw new Error(`port is a whole number from 0 to 65535, not ${shown(value)}`);
}

function listOf(settings: Settings, name: string): readonly string[] {
  const value = settings[name];
  if (Array.isArray(value) && value.every((element) => typeof element === 'string')) return value;
  throw new Error(`${name} is a list of texts, not ${shown(value)}`);
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
