/** The namespace that a command works in: --namespace or HELM_NAMESPACE, else the kubeconfig's context, else `default`. */
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import type { CommandContext } from '../command.ts';
import { homeDirectory } from '../paths.ts';

/** A kubeconfig that is missing or broken counts as none: commands that never ask the cluster work without it. */
export async function currentNamespace(context: CommandContext): Promise<string> {
  const { settings } = context;
  if (settings.namespace !== '') return settings.namespace;
  if (!(await hasKubeconfig(context))) return 'default';
  const { loadSettingsKubeconfig } = await import('./kubeconfig.ts');
  try {
    const config = await loadSettingsKubeconfig(context);
    const name = settings.kubeContext === '' ? config['current-context'] : settings.kubeContext;
    return config.contexts.find((entry) => entry.name === name)?.context?.namespace || 'default';
  } catch (error) {
    context.log.debug('The kubeconfig could not be read', { error: String(error) });
    return 'default';
  }
}

/** Spares commands without a cluster the loading of the client. */
async function hasKubeconfig({ settings, environment }: CommandContext): Promise<boolean> {
  const listed = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((entry) => entry !== '');
  const fallback = join(homeDirectory(environment), '.kube/config');
  const paths = settings.kubeconfig === '' ? (listed.length > 0 ? listed : [fallback]) : [settings.kubeconfig];
  for (const path of paths) if (await exists(path)) return true;
  return false;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR') || hasErrorCode(error, 'EACCES')) return false;
    throw error;
  }
}
