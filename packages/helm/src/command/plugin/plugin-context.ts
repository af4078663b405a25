/** From a command's context to what running plugins needs. */

import { findPlugins } from '../../plugins/find-plugins.ts';
import type { Plugin } from '../../plugins/plugin.ts';
import type { ProcessOptions } from '../../plugins/plugin-process.ts';
import type { CommandContext } from '../command.ts';
import { environmentVariables } from '../env/variables.ts';

/** Plugins of all kinds; those that are broken are logged. */
export function installedPlugins({ settings, log }: Pick<CommandContext, 'settings' | 'log'>): Promise<Plugin[]> {
  return findPlugins(settings.pluginsDirectory, (file, error) => {
    log.warn('failed to load plugin (ignoring)', { plugin_yaml: file, error });
  });
}

export async function runOptions(context: CommandContext): Promise<ProcessOptions> {
  const { streams, environment, signal } = context;
  return {
    environment: { ...environment, ...(await environmentVariables(context)) },
    signal,
    output: (data) => streams.output.write(data),
    errors: (data) => streams.errors.write(data),
  };
}
