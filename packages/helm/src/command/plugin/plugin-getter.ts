/** Getters that are plugins: type getter/v1, and the `downloaders` of helm 3's plugins. */
import { errorText } from '@kindred/machinery';
import { ChartError } from '../../chart/chart.ts';
import { quote } from '../../go/quote.ts';
import type { Getter } from '../../repositories/getter.ts';
import type { CommandContext } from '../command.ts';
import { installedPlugins, runOptions } from './plugin-context.ts';

/** Undefined when no plugin gets files of the scheme; the first of several does. */
export async function pluginGetter(context: CommandContext, scheme: string): Promise<Getter | undefined> {
  const plugins = await installedPlugins(context);
  const plugin = plugins.find((each) => each.type === 'getter/v1' && each.protocols.includes(scheme));
  if (plugin === undefined) return undefined;
  return async (request) => {
    const { runGetter } = await import('../../plugins/run-plugin.ts');
    try {
      return await runGetter(plugin, request, await runOptions(context));
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      throw new ChartError(`plugin ${quote(plugin.name)} failed to invoke: ${errorText(error)}`, { cause: error });
    }
  };
}
