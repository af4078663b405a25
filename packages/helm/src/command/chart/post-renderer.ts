/** `--post-renderer`: an installed plugin of type postrenderer/v1 that changes all manifests of a release. */
import { ChartError } from '../../chart/chart.ts';
import { quote } from '../../go/quote.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagValues } from '../flags/flag-values.ts';

/** Takes the stream of all manifests, gives another one. */
export type PostRender = (manifests: string) => Promise<string>;

/** Undefined without the flag. Throws CommandError when no plugin has the name. */
export async function postRenderer(context: CommandContext, flags: FlagValues): Promise<PostRender | undefined> {
  const name = flags.text('post-renderer');
  if (name === '') return undefined;
  const { installedPlugins, runOptions } = await import('../plugin/plugin-context.ts');
  const plugins = await installedPlugins(context);
  const plugin = plugins.find((each) => each.name === name && each.type === 'postrenderer/v1');
  if (plugin === undefined) {
    const wanted = `{Name:${name} Type:postrenderer/v1}`;
    throw new CommandError(`invalid argument ${quote(name)} for "--post-renderer" flag: plugin: ${wanted} not found`);
  }
  const { runPlugin } = await import('../../plugins/run-plugin.ts');
  return async (manifests) => {
    const output: Uint8Array[] = [];
    const options = {
      ...(await runOptions(context)),
      input: manifests,
      output: (data: Uint8Array) => output.push(data),
    };
    const code = await runPlugin(plugin, flags.list('post-renderer-args'), options);
    if (code !== 0) throw new ChartError(`plugin ${quote(name)} exited with error`);
    const text = Buffer.concat(output).toString('utf8');
    if (text.trim() === '') throw new ChartError(`post-renderer ${quote(name)} produced empty output`);
    return text;
  };
}
