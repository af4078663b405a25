/** `helm plugin package` and `helm plugin verify`: signed archives of plugins. */
import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ChartError } from '../../chart/chart.ts';
import { quote } from '../../go/quote.ts';
import { fileProblem } from '../../node/file-problem.ts';
import { writeFileAtomically } from '../../node/write-file.ts';
import { loadPlugin } from '../../plugins/find-plugins.ts';
import type { Plugin } from '../../plugins/plugin.ts';
import { packPlugin, pluginArchiveName } from '../../plugins/plugin-archive.ts';
import { signFile, verificationText, verifyArchive } from '../../provenance/provenance.ts';
import { exactArguments } from '../arguments.ts';
import { keyringFlag } from '../chart/chart-flags.ts';
import { passphraseReader } from '../chart/passphrase.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';

export const pluginPackageCommand: Command = {
  usage: '[PATH]',
  long: `Packs the directory of a plugin into an archive <name>-<version>.tgz and signs it, so that it can be verified when it
is installed. --sign=false leaves the signature out.`,
  arguments: exactArguments(1),
  flags: (environment) => [
    keyringFlag(environment),
    { kind: 'string', name: 'destination', short: 'd', usage: 'directory for the archive', default: '.' },
    { kind: 'string', name: 'key', usage: 'name of the key to sign with' },
    { kind: 'string', name: 'passphrase-file', usage: 'file with the passphrase of the key; - for what comes in' },
    { kind: 'bool', name: 'sign', usage: 'sign the archive with an OpenPGP key', default: true },
  ],
  complete: async () => ({ words: [], files: true }),
  run: async (context, [path = ''], flags) => {
    const { directory, streams } = context;
    const plugin = await readPluginAt(context, path);
    const isSigned = flags.bool('sign');
    const keyring = isSigned
      ? await readKeys(context, flags.text('keyring'), 'error reading from keyring: ')
      : undefined;
    if (keyring === undefined) {
      streams.output.write(
        'WARNING: Skipping plugin signing. This is not recommended for plugins intended for distribution.\n',
      );
    }
    const archive = await packPlugin(plugin);
    const fileName = pluginArchiveName(plugin);
    const shown = join(flags.text('destination'), fileName);
    const target = resolve(directory, shown);
    if (keyring !== undefined) {
      const passphrase = await passphraseReader(context, flags);
      const message = await readFile(join(plugin.directory, 'plugin.yaml'), 'utf8');
      const signed = { message: message.trimEnd(), fileName, archive };
      await writeFileAtomically(
        `${target}.prov`,
        await signFile(signed, { keyring, key: flags.text('key'), passphrase }),
      );
      streams.output.write(`Successfully signed. Signature written to: ${shown}.prov\n`);
    }
    await writeFileAtomically(target, archive);
    streams.output.write(`Successfully packaged plugin and saved it to: ${shown}\n`);
    return 0;
  },
};

async function readPluginAt({ directory }: CommandContext, path: string): Promise<Plugin> {
  const full = resolve(directory, path);
  try {
    await stat(full);
  } catch (error) {
    throw new CommandError(fileProblem('stat', path, error), { cause: error });
  }
  try {
    const plugin = await loadPlugin(full);
    if (plugin !== undefined) return plugin;
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    const shown = error.message.replace(quote(full), quote(path));
    const message = shown.replace(quote(join(full, 'plugin.wasm')), quote(join(path, 'plugin.wasm')));
    throw new CommandError(`invalid plugin directory: ${message}`, { cause: error });
  }
  throw new CommandError(`invalid plugin directory: ${join(path, 'plugin.yaml')} is missing`);
}

async function readKeys({ directory }: CommandContext, path: string, prefix: string): Promise<Uint8Array> {
  try {
    return await readFile(resolve(directory, path));
  } catch (error) {
    throw new CommandError(prefix + fileProblem('open', path, error), { cause: error });
  }
}

export const pluginVerifyCommand: Command = {
  usage: '[PATH]',
  long: 'Checks the archive of a plugin against the provenance file beside it.',
  arguments: exactArguments(1),
  flags: (environment) => [keyringFlag(environment)],
  complete: async () => ({ words: [], files: true }),
  run: async (context, [path = ''], flags) => {
    const full = resolve(context.directory, path);
    if (await isDirectory(full, path)) {
      throw new CommandError('directory verification not supported - only plugin tarballs can be verified');
    }
    let provenance: Uint8Array;
    try {
      provenance = await readFile(`${full}.prov`);
    } catch (error) {
      const file = `${path}.prov`;
      const problem = fileProblem('stat', file, error);
      throw new CommandError(`could not find provenance file ${file}: ${problem}`, { cause: error });
    }
    const archive = await readFile(full);
    const keyring = await readKeys(context, flags.text('keyring'), 'failed to load keyring: ');
    const verified = await verifyArchive({ archive, fileName: basename(path) }, provenance, keyring);
    context.streams.output.write(verificationText(verified).replace('Chart Hash', 'Plugin Hash'));
    return 0;
  },
};

async function isDirectory(full: string, path: string): Promise<boolean> {
  try {
    return (await stat(full)).isDirectory();
  } catch (error) {
    throw new CommandError(fileProblem('stat', path, error), { cause: error });
  }
}
