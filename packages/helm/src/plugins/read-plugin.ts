/**
 * Reads plugin.yaml, in the form of helm 4 (`apiVersion: v1`) and in helm 3's (Helm documentation, "The Helm Plugins
 * Guide").
 */
import { ChartError } from '../chart/chart.ts';
import { quote } from '../go/quote.ts';
import { type GoMap, type GoValue, isMap, sliceItems } from '../go/value.ts';
import { parseVersion } from '../semver/version.ts';
import { readYaml, YamlError } from '../yaml/read.ts';
import type { HookEvent, PlatformCommand, Plugin, PluginRuntime, PluginType, ProtocolCommand } from './plugin.ts';
import { mapAt, textAt, texts } from './plugin-members.ts';
import { readWasmSettings } from './wasm/wasm-settings.ts';

/** Throws ChartError. @param text of plugin.yaml */
export function readPlugin(text: string, directory: string): Plugin {
  try {
    const root = readYaml(text);
    if (!isMap(root)) throw new ChartError('plugin.yaml is not a map');
    return root.has('apiVersion') ? readCurrent(root, directory) : readLegacy(root, directory);
  } catch (error) {
    const isExpected = error instanceof YamlError || error instanceof ChartError;
    if (!isExpected) throw error;
    throw new ChartError(`failed to load plugin ${quote(directory)}: ${error.message}`, { cause: error });
  }
}

function readCurrent(root: GoMap, directory: string): Plugin {
  const apiVersion = textAt(root, 'apiVersion');
  if (apiVersion !== 'v1') throw new ChartError(`invalid plugin apiVersion: ${quote(apiVersion)}`);
  const name = textAt(root, 'name');
  if (!isName(name)) throw new ChartError('invalid plugin `name`');
  const version = textAt(root, 'version');
  if (version === '') throw new ChartError('plugin `version` is required');
  expectVersion(version, 'plugin `version`');
  const { type, runtime } = kindOf(root);
  const config = mapAt(root, 'config');
  const settings = mapAt(root, 'runtimeConfig');
  return {
    apiVersion,
    name,
    version,
    type,
    runtime,
    source: textAt(root, 'sourceURL'),
    short: textAt(config, 'shortHelp'),
    long: textAt(config, 'longHelp'),
    ignoresFlags: config?.get('ignoreFlags') === true,
    protocols: type === 'getter/v1' ? protocols(config) : [],
    commands: platformCommands(settings?.get('platformCommand')),
    protocolCommands: maps(settings?.get('protocolCommands')).map((each) => ({
      protocols: texts(each.get('protocols')),
      commands: platformCommands(each.get('platformCommand')),
    })),
    hooks: platformHooks(mapAt(settings, 'platformHooks')),
    expandsHooks: false,
    wasm: runtime === 'extism/v1' ? readWasmSettings(settings) : undefined,
    directory,
  };
}

function kindOf(root: GoMap): { readonly type: PluginType; readonly runtime: PluginRuntime } {
  const [type, runtime] = [textAt(root, 'type'), textAt(root, 'runtime')];
  if (type === '') throw new ChartError('`type` missing');
  if (runtime === '') throw new ChartError('`runtime` missing');
  const conversion = 'failed to convert MetadataV1 to Metadata';
  if (!isType(type)) throw new ChartError(`${conversion}: unknown plugin type ${quote(type)}`);
  if (runtime !== 'subprocess' && runtime !== 'extism/v1') {
    throw new ChartError(`${conversion}: unsupported plugin runtime type: ${quote(runtime)}`);
  }
  return { type, runtime };
}

function isType(text: string): text is PluginType {
  return text === 'cli/v1' || text === 'getter/v1' || text === 'postrenderer/v1';
}

function isName(text: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(text);
}

function expectVersion(version: string, label: string): void {
  // Stricter than charts' versions: all three numbers, nothing before them.
  if (/^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?![.\d])/.test(version) && parseVersion(version) !== undefined) return;
  throw new ChartError(`invalid ${label} ${quote(version)}: must be valid semver`);
}

function protocols(config: GoMap | undefined): readonly string[] {
  const found = texts(config?.get('protocols'));
  if (found.length === 0) throw new ChartError('config validation failed: getter has no protocols');
  const empty = found.indexOf('');
  if (empty >= 0) throw new ChartError(`config validation failed: getter has empty protocol at index ${empty}`);
  return found;
}

function readLegacy(root: GoMap, directory: string): Plugin {
  const name = textAt(root, 'name');
  const version = textAt(root, 'version');
  if (!isName(name)) {
    throw new ChartError(`invalid plugin name ${quote(name)}: must contain only a-z, A-Z, 0-9, _ and -`);
  }
  if (version !== '') expectVersion(version, 'plugin version');
  const command = textAt(root, 'command');
  const platform = platformCommands(root.get('platformCommand'));
  if (platform.length > 0 && command !== '') throw new ChartError('both platformCommand and command are set');
  const downloaders = readDownloaders(root);
  return {
    apiVersion: 'legacy',
    name,
    version,
    type: downloaders.length > 0 ? 'getter/v1' : 'cli/v1',
    runtime: 'subprocess',
    source: '',
    short: textAt(root, 'usage'),
    long: textAt(root, 'description'),
    ignoresFlags: root.get('ignoreFlags') === true,
    protocols: downloaders.flatMap((each) => each.protocols),
    commands: command === '' ? platform : [anywhere(command)],
    protocolCommands: downloaders,
    ...legacyHooks(root),
    wasm: undefined,
    directory,
  };
}

function legacyHooks(root: GoMap): Pick<Plugin, 'hooks' | 'expandsHooks'> {
  const platform = mapAt(root, 'platformHooks');
  const scripts = mapAt(root, 'hooks');
  const hasPlatform = platform !== undefined && platform.size > 0;
  if (scripts === undefined || scripts.size === 0) return { hooks: platformHooks(platform), expandsHooks: true };
  if (hasPlatform) throw new ChartError('both platformHooks and hooks are set');
  const hooks = new Map<HookEvent, readonly PlatformCommand[]>();
  for (const event of EVENTS) {
    const script = textAt(scripts, event);
    if (script !== '') hooks.set(event, [{ ...anywhere('sh'), args: ['-c', script] }]);
  }
  // The shell does that.
  return { hooks, expandsHooks: false };
}

function readDownloaders(root: GoMap): ProtocolCommand[] {
  return maps(root.get('downloaders')).map((each, at) => {
    const command = textAt(each, 'command');
    if (command === '') throw new ChartError(`downloader ${at} has empty command`);
    const found = texts(each.get('protocols'));
    if (found.length === 0) throw new ChartError(`downloader ${at} has no protocols`);
    const empty = found.indexOf('');
    if (empty >= 0) throw new ChartError(`downloader ${at} has empty protocol at index ${empty}`);
    return { protocols: found, commands: [anywhere(command)] };
  });
}

function anywhere(command: string): PlatformCommand {
  return { os: '', arch: '', command, args: [] };
}

const EVENTS: readonly HookEvent[] = ['install', 'update', 'delete'];

function platformHooks(hooks: GoMap | undefined): ReadonlyMap<HookEvent, readonly PlatformCommand[]> {
  return new Map(EVENTS.map((event) => [event, platformCommands(hooks?.get(event))]));
}

function platformCommands(value: GoValue): PlatformCommand[] {
  return maps(value).map((each) => ({
    os: textAt(each, 'os'),
    arch: textAt(each, 'arch'),
    command: textAt(each, 'command'),
    args: texts(each.get('args')),
  }));
}

function maps(value: GoValue): GoMap[] {
  return (sliceItems(value) ?? []).filter(isMap);
}
