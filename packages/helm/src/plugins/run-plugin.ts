/** Starts plugins as processes, without a shell of ours: the program and each argument are words of their own. */
import { spawn } from 'node:child_process';
import { ChartError } from '../chart/chart.ts';
import { quote } from '../go/quote.ts';
import { type HookEvent, type PlatformCommand, type Plugin, SUBPROCESS } from './plugin.ts';

export interface RunOptions {
  /** Replaces the variables in commands, and is what the plugin sees. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** What the plugin reads; the terminal's input when absent. */
  readonly input?: string;
  readonly output: (data: Uint8Array) => void;
  readonly errors: (data: Uint8Array) => void;
}

/** The exit code. Throws ChartError when it can't be started. */
export async function runPlugin(plugin: Plugin, args: readonly string[], options: RunOptions): Promise<number> {
  if (plugin.runtime !== SUBPROCESS) {
    throw new ChartError(
      `plugin ${quote(plugin.name)} needs the runtime ${quote(plugin.runtime)}, which is not supported here: ` +
        'only plugins that run as processes are (runtime: subprocess)',
    );
  }
  const command = chooseCommand(plugin.commands);
  if (command === undefined) {
    throw new ChartError(`plugin ${quote(plugin.name)}: no plugin command is applicable`);
  }
  const environment = pluginEnvironment(plugin, options.environment);
  const [program = '', ...own] = expanded(command, environment);
  return start(program, [...own, ...(plugin.ignoresFlags ? [] : args)], { ...options, environment });
}

/** Runs what the plugin wants done when it is installed, updated or deleted. Throws ChartError when that fails. */
export async function runHook(plugin: Plugin, event: HookEvent, options: RunOptions): Promise<void> {
  const command = chooseCommand(plugin.hooks.get(event) ?? []);
  if (command === undefined) return;
  const environment = pluginEnvironment(plugin, options.environment);
  // A script of helm 3's form is for the shell to expand.
  const isScript = command.command === 'sh' && command.args[0] === '-c';
  const words = isScript ? [command.command, ...command.args] : expanded(command, environment);
  const [program = '', ...args] = words;
  const code = await start(program, args, { ...options, environment });
  if (code !== 0) throw new ChartError(`plugin ${event} hook for ${quote(plugin.name)} exited with error`);
}

function pluginEnvironment(plugin: Plugin, environment: RunOptions['environment']): RunOptions['environment'] {
  return { ...environment, HELM_PLUGIN_NAME: plugin.name, HELM_PLUGIN_DIR: plugin.directory };
}

const SYSTEMS: Readonly<Record<string, string>> = { win32: 'windows' };
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** The command for this system and architecture, else for the system, else for all. */
function chooseCommand(commands: readonly PlatformCommand[]): PlatformCommand | undefined {
  const os = SYSTEMS[process.platform] ?? process.platform;
  const arch = ARCHITECTURES[process.arch] ?? process.arch;
  return (
    commands.find((each) => each.os === os && each.arch === arch) ??
    commands.find((each) => each.os === os && each.arch === '') ??
    commands.find((each) => each.os === '' && each.arch === '')
  );
}

function expanded({ command, args }: PlatformCommand, environment: RunOptions['environment']): string[] {
  return [command, ...args].map((word) =>
    word.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_all, braced?: string, bare?: string) => {
      return environment[braced ?? bare ?? ''] ?? '';
    }),
  );
}

function start(program: string, args: readonly string[], options: RunOptions): Promise<number> {
  const { environment, signal, input, output, errors } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...environment },
      signal,
      stdio: [input === undefined ? 'inherit' : 'pipe', 'pipe', 'pipe'],
    });
    child.stdout?.on('data', output);
    child.stderr?.on('data', errors);
    child.once('error', (error) =>
      reject(new ChartError(`cannot start ${program}: ${error.message}`, { cause: error })),
    );
    child.once('close', (code) => resolve(code ?? 1));
    // A plugin needn't read what it is given.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
