/** A plugin of the command: what its plugin.yaml says, in the words of helm 4 whichever form it has. */

import type { WasmSettings } from './wasm/wasm-settings.ts';

export type PluginType = 'cli/v1' | 'getter/v1' | 'postrenderer/v1';

/** How a plugin runs: as a process, or as WebAssembly. */
export type PluginRuntime = 'subprocess' | 'extism/v1';

/** What to start on a platform; empty names mean any. */
export interface PlatformCommand {
  readonly os: string;
  readonly arch: string;
  /** The program, and arguments after spaces. */
  readonly command: string;
  readonly args: readonly string[];
}

/** What gets files of some schemes. */
export interface ProtocolCommand {
  readonly protocols: readonly string[];
  readonly commands: readonly PlatformCommand[];
}

export type HookEvent = 'install' | 'update' | 'delete';

export interface Plugin {
  readonly apiVersion: 'v1' | 'legacy';
  readonly name: string;
  readonly version: string;
  readonly type: PluginType;
  readonly runtime: PluginRuntime;
  /** Where it came from; empty when it doesn't say. */
  readonly source: string;
  readonly short: string;
  readonly long: string;
  /** The command's arguments aren't passed on. */
  readonly ignoresFlags: boolean;
  /** Schemes that a getter is asked for. */
  readonly protocols: readonly string[];
  readonly commands: readonly PlatformCommand[];
  readonly protocolCommands: readonly ProtocolCommand[];
  readonly hooks: ReadonlyMap<HookEvent, readonly PlatformCommand[]>;
  /** Variables are replaced in the arguments of hooks too, not only in their programs. */
  readonly expandsHooks: boolean;
  /** What the module may do, of plugins that are one. */
  readonly wasm: WasmSettings | undefined;
  /** Where it is. */
  readonly directory: string;
}
