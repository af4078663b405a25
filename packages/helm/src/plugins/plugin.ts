/**
 * Plugins of the command: what their plugin.yaml says, in the form of helm 4 (`apiVersion: v1`) and in helm 3's (Helm
 * documentation, "The Helm Plugins Guide").
 */
import { ChartError } from '../chart/chart.ts';
import { goText } from '../go/format.ts';
import { quote } from '../go/quote.ts';
import { type GoMap, type GoValue, isMap, sliceItems } from '../go/value.ts';
import { readYaml, YamlError } from '../yaml/read.ts';

export type PluginType = 'cli/v1' | 'getter/v1' | 'postrenderer/v1';

/** What to start on a platform; empty names mean any. */
export interface PlatformCommand {
  readonly os: string;
  readonly arch: string;
  readonly command: string;
  readonly args: readonly string[];
}

export type HookEvent = 'install' | 'update' | 'delete';

export interface Plugin {
  readonly apiVersion: 'v1' | 'legacy';
  readonly name: string;
  readonly version: string;
  readonly type: PluginType;
  readonly runtime: string;
  /** Where it came from; empty when it doesn't say. */
  readonly source: string;
  readonly short: string;
  readonly long: string;
  /** The command's arguments aren't passed on. */
  readonly ignoresFlags: boolean;
  readonly commands: readonly PlatformCommand[];
  readonly hooks: ReadonlyMap<HookEvent, readonly PlatformCommand[]>;
  /** Where it is. */
  readonly directory: string;
}

/** The only runtime that can be used here; others are refused when a plugin is run. */
export const SUBPROCESS = 'subprocess';

const TYPES: readonly PluginType[] = ['cli/v1', 'getter/v1', 'postrenderer/v1'];

/** Throws ChartError. @param text of plugin.yaml */
export function readPlugin(text: string, directory: string): Plugin {
  try {
    const root = readYaml(text);
    if (!isMap(root)) throw new ChartError('plugin.yaml is not a map');
    const plugin = root.has('apiVersion') ? readCurrent(root, directory) : readLegacy(root, directory);
    checkPlugin(plugin);
    return plugin;
  } catch (error) {
    const isExpected = error instanceof YamlError || error instanceof ChartError;
    if (!isExpected) throw error;
    throw new ChartError(`failed to load plugin ${quote(directory)}: ${error.message}`, { cause: error });
  }
}

function checkPlugin({ name, version, type }: Plugin): void {
  if (!/^[A-Za-z0-9_-]+$/.test(name)) {
    throw new ChartError(`invalid plugin name ${quote(name)}: must contain only a-z, A-Z, 0-9, _ and -`);
  }
  if (version === '') throw new ChartError('plugin `version` is required');
  if (!TYPES.includes(type)) throw new ChartError(`unsupported plugin type ${quote(type)}`);
}

function readCurrent(root: GoMap, directory: string): Plugin {
  const apiVersion = textAt(root, 'apiVersion');
  if (apiVersion !== 'v1') throw new ChartError(`invalid plugin apiVersion: ${quote(apiVersion)}`);
  const config = mapAt(root, 'config');
  const runtime = mapAt(root, 'runtimeConfig');
  return {
    apiVersion,
    name: textAt(root, 'name'),
    version: textAt(root, 'version'),
    // Checked right after.
    type: textAt(root, 'type') as PluginType,
    runtime: textAt(root, 'runtime') || SUBPROCESS,
    source: textAt(root, 'sourceURL'),
    short: textAt(config, 'shortHelp'),
    long: textAt(config, 'longHelp'),
    ignoresFlags: config?.get('ignoreFlags') === true,
    commands: platformCommands(runtime?.get('platformCommand')),
    hooks: platformHooks(mapAt(runtime, 'platformHooks')),
    directory,
  };
}

function readLegacy(root: GoMap, directory: string): Plugin {
  const line = textAt(root, 'command');
  const platform = platformCommands(root.get('platformCommand'));
  const words = line.split(' ').filter((word) => word !== '');
  const own: PlatformCommand = { os: '', arch: '', command: words[0] ?? '', args: words.slice(1) };
  const hooks = new Map(platformHooks(mapAt(root, 'platformHooks')));
  for (const event of EVENTS) {
    const script = textAt(mapAt(root, 'hooks'), event);
    if (script !== '') hooks.set(event, [{ os: '', arch: '', command: 'sh', args: ['-c', script] }]);
  }
  return {
    apiVersion: 'legacy',
    name: textAt(root, 'name'),
    version: textAt(root, 'version'),
    type: (sliceItems(root.get('downloaders')) ?? []).length > 0 ? 'getter/v1' : 'cli/v1',
    runtime: SUBPROCESS,
    source: '',
    short: textAt(root, 'usage'),
    long: textAt(root, 'description'),
    ignoresFlags: root.get('ignoreFlags') === true,
    commands: platform.length > 0 ? platform : line === '' ? [] : [own],
    hooks,
    directory,
  };
}

const EVENTS: readonly HookEvent[] = ['install', 'update', 'delete'];

function platformHooks(hooks: GoMap | undefined): ReadonlyMap<HookEvent, readonly PlatformCommand[]> {
  return new Map(EVENTS.map((event) => [event, platformCommands(hooks?.get(event))]));
}

function platformCommands(value: GoValue): PlatformCommand[] {
  return (sliceItems(value) ?? []).filter(isMap).map((each) => ({
    os: textAt(each, 'os'),
    arch: textAt(each, 'arch'),
    command: textAt(each, 'command'),
    args: (sliceItems(each.get('args')) ?? []).map((arg) => goText(arg)),
  }));
}

function textAt(map: GoMap | undefined, name: string): string {
  const value = map?.get(name);
  return value === undefined || value === null || isMap(value) ? '' : goText(value);
}

function mapAt(map: GoMap | undefined, name: string): GoMap | undefined {
  const value = map?.get(name);
  return isMap(value) ? value : undefined;
}
