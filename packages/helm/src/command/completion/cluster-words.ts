/** Names from the kubeconfig and the cluster, for completion. */
import { Namespace } from '@kindred/apis/core/v1';
import { withCluster } from '../cluster/connect.ts';
import { loadSettingsKubeconfig } from '../cluster/kubeconfig.ts';
import type { CommandContext } from '../command.ts';

export async function kubeContexts(context: CommandContext): Promise<string[]> {
  const { contexts } = await loadSettingsKubeconfig(context);
  return contexts.map(({ name }) => name);
}

export function namespaces(context: CommandContext): Promise<string[]> {
  return withCluster(context, async ({ client }) => {
    const { items } = await client.list(Namespace, {}, { signal: context.signal });
    return items.map(({ metadata }) => metadata.name);
  });
}
