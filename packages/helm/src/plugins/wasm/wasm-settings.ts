/** What a plugin.yaml with `runtime: extism/v1` allows its module: memory, hosts, a directory, time (`runtimeConfig`). */
import { ChartError } from '../../chart/chart.ts';
import { goText } from '../../go/format.ts';
import { quote } from '../../go/quote.ts';
import type { GoMap } from '../../go/value.ts';
import { mapAt, texts } from '../plugin-members.ts';

export interface WasmSettings {
  /** Pages of 64 KiB; undefined without a limit of the plugin's own. */
  readonly maxPages: number | undefined;
  readonly maxHttpResponseBytes: number;
  readonly maxVarBytes: number;
  /** For the plugin to read. */
  readonly config: Readonly<Record<string, string>>;
  /** Patterns of hosts that it may ask; none when empty. */
  readonly allowedHosts: readonly string[];
  /** Gives it a directory as /tmp, which is removed at the end. */
  readonly createTempDir: boolean;
  /** Milliseconds; 0 without a limit. */
  readonly timeout: number;
  readonly hostFunctions: readonly string[];
  readonly entry: string;
}

/** What helm's documentation of the settings names. */
const DEFAULT_BYTES = 4096;

/** Throws ChartError. */
export function readWasmSettings(root: GoMap | undefined): WasmSettings {
  const memory = mapAt(root, 'memory');
  const fileSystem = mapAt(root, 'fileSystem');
  return {
    maxPages: numberAt(memory, 'maxPages') || undefined,
    maxHttpResponseBytes: numberAt(memory, 'maxHttpResponseBytes') || DEFAULT_BYTES,
    maxVarBytes: numberAt(memory, 'maxVarBytes') || DEFAULT_BYTES,
    config: Object.fromEntries([...(mapAt(root, 'config') ?? [])].map(([name, value]) => [name, goText(value)])),
    allowedHosts: texts(root?.get('allowedHosts')),
    createTempDir: fileSystem?.get('createTempDir') === true,
    timeout: numberAt(root, 'timeout'),
    hostFunctions: texts(root?.get('hostFunctions')),
    entry: goText(root?.get('entryFuncName') ?? '') || 'helm_plugin_main',
  };
}

function numberAt(map: GoMap | undefined, name: string): number {
  const value = map?.get(name);
  if (value === undefined || value === null) return 0;
  const number = Number(goText(value));
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new ChartError(`runtimeConfig has ${quote(name)}: ${goText(value)}, which is no number from 0`);
}
