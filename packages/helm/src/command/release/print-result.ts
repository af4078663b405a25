/** What install, upgrade and test print of the release that they made. */
import type { Release } from '../../release/release.ts';
import { releaseText as recordText } from '../../release/release-json.ts';
import type { CommandContext } from '../command.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { palette } from '../output/color.ts';
import { outputFormat } from '../output/format.ts';
import { printRecord } from './print-record.ts';
import { releaseText } from './print-release.ts';

/** @param flags with `output` and `hide-notes` */
export function printResult(context: CommandContext, release: Release, flags: FlagValues): void {
  const format = outputFormat(flags);
  if (format !== 'table') {
    printRecord(context, format, recordText(release));
    return;
  }
  const options = {
    colors: palette(context),
    everything: context.settings.debug,
    hideNotes: flags.bool('hide-notes'),
  };
  context.streams.output.write(releaseText(release, options));
}
