/** The settings as environment variables: what `helm env` prints, and what plugins see. */
import type { CommandContext } from '../command.ts';

export async function environmentVariables(context: CommandContext): Promise<Readonly<Record<string, string>>> {
  const { settings } = context;
  const { currentNamespace } = await import('../cluster/namespace.ts');
  const namespace = await currentNamespace(context);
  return {
    HELM_BIN: context.program,
    HELM_BURST_LIMIT: String(settings.burstLimit),
    HELM_CACHE_HOME: settings.paths.cache,
    HELM_CONFIG_HOME: settings.paths.config,
    HELM_CONTENT_CACHE: settings.contentCache,
    HELM_DATA_HOME: settings.paths.data,
    HELM_DEBUG: String(settings.debug),
    HELM_KUBEAPISERVER: settings.kubeApiServer,
    HELM_KUBEASGROUPS: settings.kubeAsGroups.join(','),
    HELM_KUBEASUSER: settings.kubeAsUser,
    HELM_KUBECAFILE: settings.kubeCaFile,
    HELM_KUBECONTEXT: settings.kubeContext,
    HELM_KUBEINSECURE_SKIP_TLS_VERIFY: String(settings.kubeInsecureSkipTlsVerify),
    HELM_KUBETLS_SERVER_NAME: settings.kubeTlsServerName,
    HELM_KUBETOKEN: settings.kubeToken,
    HELM_MAX_HISTORY: String(settings.maxHistory),
    HELM_NAMESPACE: namespace,
    HELM_PLUGINS: settings.pluginsDirectory,
    HELM_QPS: settings.qps.toFixed(2),
    HELM_REGISTRY_CONFIG: settings.registryConfig,
    HELM_REPOSITORY_CACHE: settings.repositoryCache,
    HELM_REPOSITORY_CONFIG: settings.repositoryConfig,
    ...(settings.kubeconfig === '' ? {} : { KUBECONFIG: settings.kubeconfig }),
  };
}
