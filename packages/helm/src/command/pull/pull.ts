/** `helm pull`: a chart's archive into a directory, unpacked if wanted. */
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import { loadArchive, unpackArchive } from '../../node/load-archive.ts';
import { writeFileAtomically } from '../../node/write-file.ts';
import type { Verification } from '../../provenance/provenance.ts';
import { type DownloadedChart, downloadChart } from '../../repositories/download-chart.ts';
import type { VerifyChart } from '../../repositories/locate-chart.ts';
import { minimumArguments } from '../arguments.ts';
import { chartFlags } from '../chart/chart-flags.ts';
import { chartContext, chartSource } from '../chart/chart-source.ts';
import { completeChart } from '../chart/complete-chart.ts';
import { chartVerifier } from '../chart/verify-chart.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagValues } from '../flags/flag-values.ts';

export const pullCommand: Command = {
  usage: '[chart URL | repo/chartname] [...]',
  long: `Downloads charts from repositories and registries.

The archives are written as they come; --untar unpacks them. --prov brings the provenance along, --verify checks it too
and fails when it doesn't hold.`,
  arguments: minimumArguments(1),
  flags: (environment) => [
    ...chartFlags(environment),
    { kind: 'string', name: 'destination', short: 'd', usage: 'directory for the archive', default: '.' },
    { kind: 'bool', name: 'prov', usage: "get the provenance, but don't check it" },
    { kind: 'bool', name: 'untar', usage: 'unpack the chart after it was downloaded' },
    { kind: 'string', name: 'untardir', usage: 'with --untar: directory for the unpacked chart', default: '.' },
  ],
  complete: async (context, args, start) =>
    args.length === 0 ? completeChart(context, start, { local: false }) : { words: [] },
  run: async (context, args, flags) => {
    for (const reference of args) await pull(context, reference, flags);
    return 0;
  },
};

async function pull(context: CommandContext, reference: string, flags: FlagValues): Promise<void> {
  const verify = chartVerifier(context, flags);
  const chart = await downloadChart(
    reference,
    chartSource(flags),
    chartContext(context),
    verify !== undefined ? 'required' : flags.bool('prov') ? 'optional' : 'none',
  );
  if (verify !== undefined) await check(context, chart, verify);
  // Paths in messages are as they were given.
  const destination = flags.text('destination');
  const untarTo = flags.text('untardir');
  if (!flags.bool('untar')) await save(context, chart, destination);
  else await untar(context, chart, isAbsolute(untarTo) ? untarTo : join(destination, untarTo));
}

async function check(
  context: CommandContext,
  chart: DownloadedChart,
  verify: VerifyChart<Verification>,
): Promise<void> {
  const { archive, fileName, provenance } = chart;
  if (provenance === undefined) return;
  const { verificationText } = await import('../../provenance/provenance.ts');
  context.streams.output.write(verificationText(await verify({ archive, fileName, provenance })));
}

async function save(context: CommandContext, chart: DownloadedChart, shown: string): Promise<void> {
  const { fileName, archive, provenance } = chart;
  const directory = resolve(context.directory, shown);
  if (!(await exists(directory))) {
    throw new CommandError(`open ${join(shown, fileName)}: no such file or directory`);
  }
  await writeFileAtomically(join(directory, fileName), archive);
  if (provenance !== undefined) await writeFileAtomically(join(directory, `${fileName}.prov`), provenance);
}

/** Unpacks beside, then renames: there is never half a chart. */
async function untar(context: CommandContext, { archive }: DownloadedChart, shown: string): Promise<void> {
  const directory = resolve(context.directory, shown);
  const { name } = loadArchive(archive).metadata;
  const target = join(directory, name);
  if (await exists(target)) {
    throw new CommandError(`failed to untar: a file or directory with the name ${join(shown, name)} already exists`);
  }
  await mkdir(directory, { recursive: true });
  const aside = await mkdtemp(join(directory, `.${name}-`));
  try {
    for (const file of unpackArchive(archive)) {
      const path = join(aside, 'chart', file.name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, file.data);
    }
    await rename(join(aside, 'chart'), target);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}
