/** What `--dry-run` means, its old forms among them. */
import { quote } from '../../go/quote.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { parseGoBool } from '../flags/flag-value.ts';
import type { FlagValues } from '../flags/flag-values.ts';

export type DryRun = 'none' | 'client' | 'server';

/** Throws CommandError. */
export function dryRunOf(context: Pick<CommandContext, 'log'>, flags: FlagValues): DryRun {
  const text = flags.text('dry-run');
  switch (text) {
    case 'unset':
      context.log.warn("--dry-run is deprecated and should be replaced with '--dry-run=client'");
      return 'client';
    case 'none':
    case 'client':
    case 'server':
      return text;
    default: {
      const old = parseGoBool(text);
      if (old !== undefined) {
        const now = old ? 'client' : 'none';
        context.log.warn(`boolean '--dry-run=${text}' flag is deprecated and must be replaced with '--dry-run=${now}'`);
        return now;
      }
      throw new CommandError(`invalid dry-run value (${quote(text)}). Must be "none", "server", or "client"`);
    }
  }
}
