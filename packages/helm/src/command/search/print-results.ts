/** What the two searches share: flags, and how results are printed. */
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { Flag } from '../flags/flag.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { formatData, outputFormat } from '../output/format.ts';
import { tableText } from '../output/table.ts';

export const searchFlags: readonly Flag[] = [
  { kind: 'bool', name: 'fail-on-no-result', usage: 'fail when nothing is found' },
  { kind: 'int', name: 'max-col-width', typeName: 'uint', usage: 'widest column of the table', default: 50 },
];

export interface Results {
  readonly rows: readonly object[];
  /** With its header. */
  readonly table: readonly (readonly string[])[];
}

/** Throws CommandError when there is nothing and that is a failure. */
export function printResults({ streams }: CommandContext, flags: FlagValues, { rows, table }: Results): void {
  if (rows.length === 0 && flags.bool('fail-on-no-result')) throw new CommandError('no results found');
  const format = outputFormat(flags);
  if (format !== 'table') streams.output.write(formatData(rows, format));
  else if (rows.length === 0) streams.output.write('No results found\n');
  else streams.output.write(tableText(table, { maxColumnWidth: flags.number('max-col-width') }));
}
