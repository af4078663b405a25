/** The name of a new release and its chart, out of the arguments and the flags that make names. */
import { basename } from 'node:path';
import { functionTable } from '../../functions/function-table.ts';
import { nodeProviders } from '../../node/providers.ts';
import { CommandError } from '../command-error.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import type { Host } from '../host.ts';
import { runGoTemplate } from '../output/go-template.ts';

export interface NameAndChart {
  readonly name: string;
  readonly chart: string;
}

/**
 * Throws CommandError.
 *
 * @param fallback the name when nothing says one; there must be one then
 */
export function nameAndChart(
  host: Pick<Host, 'clock'>,
  args: readonly string[],
  flags: FlagValues,
  fallback?: string,
): NameAndChart {
  const [first = '', second, ...rest] = args;
  if (rest.length > 0) {
    throw new CommandError(`expected at most two arguments, unexpected arguments: ${rest.join(', ')}`);
  }
  const template = flags.text('name-template');
  const generate = flags.bool('generate-name');
  if (second !== undefined) {
    if (generate) throw new CommandError('cannot set --generate-name and also specify a name');
    if (template !== '') throw new CommandError('cannot set --name-template and also specify a name');
    return { name: first, chart: second };
  }
  if (template !== '') return { name: templateName(template), chart: first };
  if (fallback !== undefined) return { name: fallback, chart: first };
  if (!generate) throw new CommandError('must either provide a name or specify --generate-name');
  return { name: generatedName(first, host), chart: first };
}

function generatedName(chart: string, { clock }: Pick<Host, 'clock'>): string {
  const base = basename(chart);
  const stem = base === '.' || base === '' ? 'chart' : base;
  const end = stem.indexOf('.');
  return `${end < 0 ? stem : stem.slice(0, end)}-${Math.floor(clock.now() / 1000)}`;
}

function templateName(template: string): string {
  const functions = Object.fromEntries(functionTable(nodeProviders()));
  return runGoTemplate(template, undefined, functions, 'name-template');
}
