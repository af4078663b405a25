/** Processes of plugins, without a shell of ours: the program and each argument are words of their own. */
import { spawn } from 'node:child_process';
import { ChartError } from '../chart/chart.ts';
import { quote } from '../go/quote.ts';
import type { PlatformCommand, Plugin } from './plugin.ts';

export type PluginEnvironment = Readonly<Record<string, string | undefined>>;

export interface ProcessOptions {
  /** All that the process sees. */
  readonly environment: PluginEnvironment;
  readonly signal: AbortSignal;
  /** What it reads; the terminal's input when absent. */
  readonly input?: string;
  readonly output: (data: Uint8Array) => void;
  readonly errors: (data: Uint8Array) => void;
}

/** The settings of helm, with what tells a plugin who and where it is. */
export function pluginEnvironment(plugin: Plugin, environment: PluginEnvironment): PluginEnvironment {
  return { ...environment, HELM_PLUGIN_NAME: plugin.name, HELM_PLUGIN_DIR: plugin.directory };
}

export interface PreparedCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * The command for this platform, with variables replaced in its program, and in its arguments when they are to be. Throws
 * ChartError when there is none.
 */
export function prepareCommand(
  commands: readonly PlatformCommand[],
  environment: PluginEnvironment,
  expandsArguments: boolean,
): PreparedCommand {
  const command = chooseCommand(commands);
  const [program = '', ...words] = command?.command.split(' ') ?? [];
  if (command === undefined || program === '') throw new ChartError('no plugin command is applicable');
  const args = [...words, ...command.args];
  return {
    program: expanded(program, environment),
    args: expandsArguments ? args.map((each) => expanded(each, environment)) : args,
  };
}

const SYSTEMS: Readonly<Record<string, string>> = { win32: 'windows' };
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** The command for this system and architecture, else for the system, else for all. */
function chooseCommand(commands: readonly PlatformCommand[]): PlatformCommand | undefined {
  const os = SYSTEMS[process.platform] ?? process.platform;
  const arch = ARCHITECTURES[process.arch] ?? process.arch;
  const isFor = (each: PlatformCommand, system: string, architecture: string): boolean =>
    each.os.toLowerCase() === system && each.arch.toLowerCase() === architecture;
  return (
    commands.find((each) => isFor(each, os, arch)) ??
    commands.find((each) => isFor(each, os, '')) ??
    commands.find((each) => isFor(each, '', ''))
  );
}

function expanded(word: string, environment: PluginEnvironment): string {
  return word.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_all, braced?: string, bare?: string) => {
    return environment[braced ?? bare ?? ''] ?? '';
  });
}

/** The exit code. Throws ChartError when the program can't be started. */
export function runProcess({ program, args }: PreparedCommand, options: ProcessOptions): Promise<number> {
  const { environment, signal, input, output, errors } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...environment },
      signal,
      stdio: [input === undefined ? 'inherit' : 'pipe', 'pipe', 'pipe'],
    });
    child.stdout?.on('data', output);
    child.stderr?.on('data', errors);
    child.once('error', (error) => {
      const isStopped = signal.aborted && signal.reason instanceof ChartError;
      reject(isStopped ? signal.reason : new ChartError(startProblem(program, error), { cause: error }));
    });
    child.once('close', (code) => resolve(code ?? 1));
    // A plugin needn't read what it is given.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** In Go's words. */
function startProblem(program: string, error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  const isPath = program.includes('/');
  if (code === 'ENOENT' && !isPath) return `exec: ${quote(program)}: executable file not found in $PATH`;
  if (code === 'ENOENT') return `fork/exec ${program}: no such file or directory`;
  if (code === 'EACCES') return `fork/exec ${program}: permission denied`;
  if (code === 'ABORT_ERR') return `${program} was stopped`;
  return `cannot start ${program}: ${error.message}`;
}
