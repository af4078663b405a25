/** A chart from an archive or from elsewhere, checked against its provenance when --verify asks for it. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import type { Chart } from '../../chart/chart.ts';
import { loadLocatedChart, locateChart } from '../../repositories/locate-chart.ts';
import type { CommandContext } from '../command.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { chartContext, chartSource } from './chart-source.ts';
import { chartVerifier } from './verify-chart.ts';

/** @param flags of a command that has `chartFlags`. Throws ChartError. */
export async function fetchChart(context: CommandContext, reference: string, flags: FlagValues): Promise<Chart> {
  const local = await localPath(context, reference);
  const verify = chartVerifier(context, flags);
  const located = await locateChart(local ?? reference, chartSource(flags), chartContext(context), verify);
  return loadLocatedChart(located);
}

/** Paths are seen from the directory of the command. */
async function localPath({ directory }: CommandContext, name: string): Promise<string | undefined> {
  const path = resolve(directory, name);
  try {
    await stat(path);
    return path;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}
