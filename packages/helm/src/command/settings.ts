/** What every command is told by the global flags and by the HELM_* variables (helm's package cli, EnvSettings). */
import { join } from 'node:path';
import type { Flag } from './flags/flag.ts';
import { parseGoBool } from './flags/flag-value.ts';
import type { FlagValues } from './flags/flag-values.ts';
import type { Environment } from './host.ts';
import { type HelmPaths, helmPaths } from './paths.ts';

export interface Settings {
  /** Empty when not given: then the kubeconfig's context decides. */
  readonly namespace: string;
  readonly kubeconfig: string;
  readonly kubeContext: string;
  readonly kubeApiServer: string;
  readonly kubeToken: string;
  readonly kubeCaFile: string;
  readonly kubeAsUser: string;
  readonly kubeAsGroups: readonly string[];
  readonly kubeInsecureSkipTlsVerify: boolean;
  readonly kubeTlsServerName: string;
  readonly burstLimit: number;
  readonly qps: number;
  readonly debug: boolean;
  readonly color: 'never' | 'auto' | 'always';
  /** Where repositories.yaml is. */
  readonly repositoryConfig: string;
  /** Directory of the indexes. */
  readonly repositoryCache: string;
  /** File with the credentials of registries. */
  readonly registryConfig: string;
  /** Directory of downloaded charts by digest. */
  readonly contentCache: string;
  /** Directories of plugins, separated as in PATH. */
  readonly pluginsDirectory: string;
  readonly paths: HelmPaths;
  /** How many revisions a release keeps; 0 for all. */
  readonly maxHistory: number;
  /** Where releases are kept: `secret` (also when empty), `configmap`, `memory`, `sql`. */
  readonly driver: string;
}

/** The flags that every command has. */
export function globalFlags(environment: Environment): readonly Flag[] {
  const env = (name: string): string => environment[name] ?? '';
  const paths = helmPaths(environment);
  const color = {
    kind: 'string',
    usage: 'when to use colors: never, auto, always',
    default: colorDefault(environment),
  } as const;
  return [
    {
      kind: 'int',
      name: 'burst-limit',
      usage: 'how many requests may go to the server at once before they are slowed down',
      default: intOf(env('HELM_BURST_LIMIT'), 100),
    },
    { name: 'color', ...color },
    { name: 'colour', ...color },
    {
      kind: 'string',
      name: 'content-cache',
      usage: 'directory of downloaded content, such as charts',
      default: orElse(env('HELM_CONTENT_CACHE'), join(paths.cache, 'content')),
    },
    { kind: 'bool', name: 'debug', usage: 'say more about what is done', default: debugDefault(environment) },
    {
      kind: 'string',
      name: 'kube-apiserver',
      usage: 'address and port of the API server',
      default: env('HELM_KUBEAPISERVER'),
    },
    {
      kind: 'stringArray',
      name: 'kube-as-group',
      usage: 'group to act as; can be given several times',
      default: listOf(env('HELM_KUBEASGROUPS')),
    },
    { kind: 'string', name: 'kube-as-user', usage: 'user to act as', default: env('HELM_KUBEASUSER') },
    {
      kind: 'string',
      name: 'kube-ca-file',
      usage: "file with the certificate of the API server's authority",
      default: env('HELM_KUBECAFILE'),
    },
    {
      kind: 'string',
      name: 'kube-context',
      usage: 'context of the kubeconfig to use',
      default: env('HELM_KUBECONTEXT'),
    },
    {
      kind: 'bool',
      name: 'kube-insecure-skip-tls-verify',
      usage: "don't check the certificate of the API server, which makes the connection insecure",
      default: parseGoBool(env('HELM_KUBEINSECURE_SKIP_TLS_VERIFY')) ?? false,
    },
    {
      kind: 'string',
      name: 'kube-tls-server-name',
      usage: "name that the API server's certificate must have, when it isn't that of its address",
      default: env('HELM_KUBETLS_SERVER_NAME'),
    },
    { kind: 'string', name: 'kube-token', usage: 'bearer token to authenticate with', default: env('HELM_KUBETOKEN') },
    { kind: 'string', name: 'kubeconfig', usage: 'path of the kubeconfig file' },
    {
      kind: 'string',
      name: 'namespace',
      short: 'n',
      usage: 'namespace of the request',
      default: env('HELM_NAMESPACE'),
    },
    {
      kind: 'float32',
      name: 'qps',
      usage: 'requests a second to the API server, bursts not counted',
      default: Number(env('HELM_QPS')) || 0,
    },
    {
      kind: 'string',
      name: 'registry-config',
      usage: 'file with the credentials of registries',
      default: orElse(env('HELM_REGISTRY_CONFIG'), join(paths.config, 'registry/config.json')),
    },
    {
      kind: 'string',
      name: 'repository-cache',
      usage: 'directory of the indexes of repositories',
      default: orElse(env('HELM_REPOSITORY_CACHE'), join(paths.cache, 'repository')),
    },
    {
      kind: 'string',
      name: 'repository-config',
      usage: 'file with the names and addresses of repositories',
      default: orElse(env('HELM_REPOSITORY_CONFIG'), join(paths.config, 'repositories.yaml')),
    },
  ];
}

/** @param flags of the command that runs, the global ones among them */
export function settingsOf(flags: FlagValues, environment: Environment): Settings {
  const paths = helmPaths(environment);
  return {
    namespace: flags.text('namespace'),
    kubeconfig: flags.text('kubeconfig'),
    kubeContext: flags.text('kube-context'),
    kubeApiServer: flags.text('kube-apiserver'),
    kubeToken: flags.text('kube-token'),
    kubeCaFile: flags.text('kube-ca-file'),
    kubeAsUser: flags.text('kube-as-user'),
    kubeAsGroups: flags.list('kube-as-group'),
    kubeInsecureSkipTlsVerify: flags.bool('kube-insecure-skip-tls-verify'),
    kubeTlsServerName: flags.text('kube-tls-server-name'),
    burstLimit: flags.number('burst-limit'),
    qps: flags.number('qps'),
    debug: flags.bool('debug'),
    color: colorOf(flags),
    repositoryConfig: flags.text('repository-config'),
    repositoryCache: flags.text('repository-cache'),
    registryConfig: flags.text('registry-config'),
    contentCache: flags.text('content-cache'),
    pluginsDirectory: orElse(environment['HELM_PLUGINS'] ?? '', join(paths.data, 'plugins')),
    paths,
    maxHistory: intOf(environment['HELM_MAX_HISTORY'] ?? '', 10),
    driver: environment['HELM_DRIVER'] ?? '',
  };
}

/** The text given with --color or --colour. */
export function colorText(flags: FlagValues): string {
  return flags.text(flags.changed('colour') ? 'colour' : 'color');
}

export function isColor(text: string): text is Settings['color'] {
  return text === 'never' || text === 'auto' || text === 'always';
}

function colorOf(flags: FlagValues): Settings['color'] {
  const text = colorText(flags);
  return isColor(text) ? text : 'auto';
}

function colorDefault(environment: Environment): string {
  if ((environment['NO_COLOR'] ?? '') !== '') return 'never';
  const color = environment['HELM_COLOR'] ?? '';
  return isColor(color) ? color : 'auto';
}

export function debugDefault(environment: Environment): boolean {
  return parseGoBool(environment['HELM_DEBUG'] ?? '') ?? false;
}

function orElse(value: string, fallback: string): string {
  return value === '' ? fallback : value;
}

function intOf(text: string, fallback: number): number {
  return /^[+-]?\d+$/.test(text) ? Number(text) : fallback;
}

function listOf(text: string): string[] {
  return text === '' ? [] : text.split(',');
}
