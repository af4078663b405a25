/** The kubeconfig that the settings mean, and the connection that it and the flags make. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type ClusterConnection,
  connectionOf,
  inClusterConnection,
  type Kubeconfig,
  loadKubeconfig,
  persistAuthProvider,
  proxyFromEnvironment,
  staticToken,
} from '@kindred/client';
import { hasErrorCode } from '@kindred/machinery';
import { quote } from '../../go/quote.ts';
import { fileProblem } from '../../node/file-problem.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { Settings } from '../settings.ts';

/** Throws CommandError when a file that was named isn't there. */
export async function loadSettingsKubeconfig(context: CommandContext): Promise<Kubeconfig> {
  const { settings } = context;
  const files = filesOf(context);
  try {
    return await loadKubeconfig(files);
  } catch (error) {
    if (files.path === undefined || !hasErrorCode(error, 'ENOENT')) throw error;
    throw unreachable(fileProblem('stat', settings.kubeconfig, error), error);
  }
}

function filesOf({ settings, environment, directory }: CommandContext) {
  const path = settings.kubeconfig === '' ? undefined : resolve(directory, settings.kubeconfig);
  return { path, env: environment };
}

/** Where nothing says anything, as in kubectl. */
const DEFAULT_SERVER = 'http://localhost:8080';

/** How to reach the cluster, and as whom. Throws CommandError. */
export async function clusterConnection(context: CommandContext): Promise<ClusterConnection> {
  const { settings, environment } = context;
  const config = await loadSettingsKubeconfig(context);
  const base = (await contextConnection(config, context)) ??
    (await inClusterConnection({ env: environment })) ?? {
      server: DEFAULT_SERVER,
      namespace: 'default',
      proxy: proxyFromEnvironment(environment),
    };
  return withFlags(base, settings);
}

async function contextConnection(config: Kubeconfig, command: CommandContext): Promise<ClusterConnection | undefined> {
  const { settings, environment, streams, clock } = command;
  const name = settings.kubeContext === '' ? config['current-context'] : settings.kubeContext;
  if (settings.kubeContext === '' && config.contexts.length === 0) return undefined;
  if (config.contexts.every((entry) => entry.name !== name)) {
    throw unreachable(`context ${quote(name ?? '')} does not exist`);
  }
  try {
    return connectionOf(config, {
      context: name,
      clock,
      env: environment,
      exec: {
        env: environment,
        isTerminal: streams.input.isTerminal,
        errors: (data) => streams.errors.write(data),
      },
      renewal: { persist: (user, provider) => persistAuthProvider(filesOf(command), user, provider) },
    });
  } catch (error) {
    // Thrown for what is missing in the kubeconfig, or not supported.
    if (error instanceof TypeError) throw unreachable(error.message, error);
    throw error;
  }
}

async function withFlags(base: ClusterConnection, settings: Settings): Promise<ClusterConnection> {
  const { kubeApiServer, kubeToken, kubeCaFile, kubeTlsServerName, kubeInsecureSkipTlsVerify } = settings;
  const ca = kubeCaFile === '' ? undefined : await certificateAuthority(kubeCaFile);
  return {
    ...base,
    ...(kubeApiServer === '' ? {} : { server: kubeApiServer }),
    ...(kubeToken === '' ? {} : { token: staticToken(kubeToken) }),
    ...(ca === undefined ? {} : { tls: async () => ({ ...(await base.tls?.()), ca }) }),
    ...(kubeTlsServerName === '' ? {} : { tlsServerName: kubeTlsServerName }),
    ...(kubeInsecureSkipTlsVerify ? { insecureSkipTlsVerify: true } : {}),
    headers: { ...base.headers, ...impersonation(settings) },
  };
}

function impersonation({ kubeAsUser, kubeAsGroups }: Settings): Readonly<Record<string, string | string[]>> {
  if (kubeAsUser === '' && kubeAsGroups.length > 0) {
    throw unreachable('invalid configuration: requesting uid, groups or user-extra without impersonating a user');
  }
  return {
    ...(kubeAsUser === '' ? {} : { 'impersonate-user': kubeAsUser }),
    ...(kubeAsGroups.length === 0 ? {} : { 'impersonate-group': [...kubeAsGroups] }),
  };
}

async function certificateAuthority(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const problem = fileProblem('open', path, error);
    throw unreachable(`invalid configuration: unable to read certificate-authority ${path} due to ${problem}`, error);
  }
}

/** Helm's words for a cluster that can't be asked. */
export function unreachable(problem: string, cause?: unknown): CommandError {
  return new CommandError(`kubernetes cluster unreachable: ${problem}`, { cause });
}
