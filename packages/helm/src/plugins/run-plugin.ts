/** What plugins are asked for: a command, manifests to change, a file to get, a hook of their own life. */
import { join } from 'node:path';
import { ChartError } from '../chart/chart.ts';
import { quote } from '../go/quote.ts';
import type { GetterRequest } from '../repositories/getter.ts';
import type { HookEvent, Plugin } from './plugin.ts';
import { type ProcessOptions, pluginEnvironment, prepareCommand, runProcess } from './plugin-process.ts';

/** The exit code of a command or a post-renderer. Throws ChartError when it can't be started. */
export async function runPlugin(plugin: Plugin, args: readonly string[], options: ProcessOptions): Promise<number> {
  if (plugin.runtime === 'extism/v1') {
    const { runModule } = await import('./wasm/run-module.ts');
    return runModule(plugin, args, options);
  }
  const environment = pluginEnvironment(plugin, options.environment);
  const { program, args: own } = prepare(plugin, () => prepareCommand(plugin.commands, environment, true));
  return runProcess({ program, args: [...own, ...(plugin.ignoresFlags ? [] : args)] }, { ...options, environment });
}

function prepare<T>(plugin: Plugin, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError(`plugin ${quote(plugin.name)}: ${error.message}`, { cause: error });
  }
}

/** The file that a getter is asked for: what its process writes to standard output. Throws ChartError. */
export async function runGetter(
  plugin: Plugin,
  request: GetterRequest,
  options: Omit<ProcessOptions, 'input' | 'output'>,
): Promise<Uint8Array> {
  if (plugin.runtime === 'extism/v1') {
    const { runModuleGetter } = await import('./wasm/run-module.ts');
    return runModuleGetter(plugin, request, options);
  }
  const { scheme, certFile, keyFile, caFile, href, maxBytes } = request;
  const found = plugin.protocolCommands.find(({ protocols }) => protocols.includes(scheme));
  if (found === undefined) throw new ChartError(`no downloader found for protocol ${quote(scheme)}`);
  const environment = {
    ...pluginEnvironment(plugin, options.environment),
    HELM_PLUGIN_USERNAME: request.username,
    HELM_PLUGIN_PASSWORD: request.password,
    HELM_PLUGIN_PASS_CREDENTIALS_ALL: String(request.passCredentialsAll),
  };
  const { program, args } = prepareCommand(found.commands, environment, false);
  const collected: Uint8Array[] = [];
  let size = 0;
  const tooMuch = new AbortController();
  const signals = request.signal === undefined ? [options.signal] : [options.signal, request.signal];
  const command = { program: join(plugin.directory, program), args: [...args, certFile, keyFile, caFile, href] };
  const code = await runProcess(command, {
    environment,
    errors: options.errors,
    signal: AbortSignal.any([...signals, tooMuch.signal]),
    input: '',
    output: (data) => {
      size += data.byteLength;
      if (size > maxBytes) tooMuch.abort(new ChartError(`the file is larger than ${maxBytes} bytes`));
      else collected.push(data);
    },
  });
  if (code !== 0) throw new ChartError(`plugin ${quote(plugin.name)} exited with error`);
  return Buffer.concat(collected);
}

/** Runs what the plugin wants done when it is installed, updated or deleted. Throws ChartError when that fails. */
export async function runHook(plugin: Plugin, event: HookEvent, options: ProcessOptions): Promise<void> {
  const commands = plugin.hooks.get(event) ?? [];
  if (commands.length === 0) return;
  const environment = pluginEnvironment(plugin, options.environment);
  const command = prepareCommand(commands, environment, plugin.expandsHooks);
  const code = await runProcess(command, { ...options, environment });
  if (code !== 0) throw new ChartError(`plugin ${event} hook for ${quote(plugin.name)} exited with error`);
}
