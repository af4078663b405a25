/** `helm package`: directories of charts into archives, signed if wanted. */
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { updateDependencies } from '../../dependencies/update-dependencies.ts';
import { fileProblem } from '../../node/file-problem.ts';
import { readChartFiles } from '../../node/load-directory.ts';
import { writeFileAtomically } from '../../node/write-file.ts';
import { type PackagedChart, packageChart } from '../../packaging/package-chart.ts';
import { keyringFlag, tlsFlags } from '../chart/chart-flags.ts';
import { tlsSource } from '../chart/chart-source.ts';
import { followLinks } from '../chart/open-chart.ts';
import { type Passphrase, passphraseReader } from '../chart/passphrase.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { runDependencies } from '../dependency/dependency-work.ts';
import type { FlagValues } from '../flags/flag-values.ts';

export const packageCommand: Command = {
  usage: '[CHART_PATH] [...]',
  long: `Packs directories of charts into archives <name>-<version>.tgz.

--version and --app-version go before what Chart.yaml says. --sign writes a provenance file beside the archive, with
the key that --key names (a part of its name will do) out of --keyring, which must hold secret keys:

    gpg --export-secret-keys > secring.gpg
    helm package --sign --key jane@example.org --keyring secring.gpg web`,
  flags: (environment) => [
    ...tlsFlags,
    keyringFlag(environment),
    { kind: 'string', name: 'app-version', usage: 'appVersion of the packed chart' },
    {
      kind: 'bool',
      name: 'dependency-update',
      short: 'u',
      usage: 'bring charts/ in line with the dependencies of Chart.yaml before',
    },
    { kind: 'string', name: 'destination', short: 'd', usage: 'directory for the archive', default: '.' },
    { kind: 'string', name: 'key', usage: 'name of the key to sign with' },
    { kind: 'string', name: 'passphrase-file', usage: 'file with the passphrase of the key; - for what comes in' },
    { kind: 'bool', name: 'sign', usage: 'sign the archive with an OpenPGP key' },
    { kind: 'string', name: 'version', usage: 'version of the packed chart' },
  ],
  complete: async () => ({ words: [], files: true }),
  run: async (context, args, flags) => {
    if (args.length === 0) throw new CommandError('need at least one argument, the path to the chart');
    if (flags.bool('sign')) {
      if (flags.text('key') === '') throw new CommandError('--key is required for signing a package');
      if (flags.text('keyring') === '') throw new CommandError('--keyring is required for signing a package');
    }
    for (const path of args) await expect('stat', path, resolve(context.directory, path));
    const passphrase = flags.bool('sign') ? await passphraseReader(context, flags) : undefined;
    for (const path of args) await packOne(context, path, flags, passphrase);
    return 0;
  },
};

async function packOne(
  context: CommandContext,
  path: string,
  flags: FlagValues,
  passphrase: Passphrase | undefined,
): Promise<void> {
  const { directory, clock, streams } = context;
  const source = resolve(directory, path);
  if (flags.bool('dependency-update')) {
    await runDependencies(silenced(context), { source: tlsSource(flags) }, (options, work) =>
      updateDependencies(source, options, work),
    );
  }
  const chartFile = join(source, 'Chart.yaml');
  await expect('open', chartFile, chartFile, `unable to detect chart at ${chartFile}: `);
  const packed = packageChart(await readChartFiles(source, followLinks(context)), {
    version: flags.text('version'),
    appVersion: flags.text('app-version'),
    now: new Date(clock.now()),
  });
  const destination = flags.text('destination');
  const shown = destination === '.' ? join(directory, packed.fileName) : join(destination, packed.fileName);
  // A signature that can't be made shall leave nothing behind.
  const provenance = passphrase === undefined ? undefined : await sign(context, packed, flags, passphrase);
  const target = resolve(directory, shown);
  await writeFileAtomically(target, packed.archive);
  if (provenance !== undefined) await writeFileAtomically(`${target}.prov`, provenance);
  streams.output.write(`Successfully packaged chart and saved it to: ${shown}\n`);
}

/** What is downloaded isn't what the user asked for; warnings are still logged. */
function silenced(context: CommandContext): CommandContext {
  const silent = { write: () => undefined, isTerminal: false };
  return { ...context, streams: { ...context.streams, output: silent, errors: silent } };
}

async function expect(operation: string, shown: string, path: string, prefix = ''): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    throw new CommandError(prefix + fileProblem(operation, shown, error), { cause: error });
  }
}

async function sign(
  { directory }: CommandContext,
  packed: PackagedChart,
  flags: FlagValues,
  passphrase: Passphrase,
): Promise<string> {
  const path = flags.text('keyring');
  let keyring: Uint8Array;
  try {
    keyring = await readFile(resolve(directory, path));
  } catch (error) {
    throw new CommandError(fileProblem('open', path, error), { cause: error });
  }
  const { signArchive } = await import('../../provenance/provenance.ts');
  return signArchive(packed, { keyring, key: flags.text('key'), passphrase });
}
