/** `helm env [NAME]`: the settings as lines `NAME="value"`, or the value of one. */
import { quote } from '../../go/quote.ts';
import { maximumArguments } from '../arguments.ts';
import type { Command, CommandContext } from '../command.ts';

export const envCommand: Command = {
  long: 'Prints the settings that commands use, as environment variables.',
  arguments: maximumArguments(1),
  complete: async (context, args) => ({ words: args.length === 0 ? Object.keys(await variables(context)).sort() : [] }),
  run: async (context, [name]) => {
    const { output } = context.streams;
    const all = await variables(context);
    if (name !== undefined) output.write(`${all[name] ?? ''}\n`);
    else for (const key of Object.keys(all).sort()) output.write(`${key}=${quote(all[key] ?? '')}\n`);
    return 0;
  },
};

async function variables(context: CommandContext): Promise<Readonly<Record<string, string>>> {
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
