/** `--verify` with `--keyring`: charts are checked against their provenance as they come. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileProblem } from '../../node/file-problem.ts';
import type { Verification } from '../../provenance/provenance.ts';
import type { VerifyChart } from '../../repositories/locate-chart.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagValues } from '../flags/flag-values.ts';

/**
 * Undefined without --verify. What it gives throws ChartError when nobody of the keyring vouches for the chart.
 *
 * @param flags of a command that has `keyringFlag` and `--verify`
 */
export function chartVerifier(context: CommandContext, flags: FlagValues): VerifyChart<Verification> | undefined {
  return flags.bool('verify') ? archiveVerifier(context, flags) : undefined;
}

/** @param flags of a command that has `keyringFlag` */
export function archiveVerifier(context: CommandContext, flags: FlagValues): VerifyChart<Verification> {
  return async (signed) => {
    // OpenPGP is a large thing to load for those who don't verify.
    const { verifyArchive } = await import('../../provenance/provenance.ts');
    const keyring = await readKeyring(resolve(context.directory, flags.text('keyring')), flags.text('keyring'));
    return verifyArchive(signed, signed.provenance, keyring);
  };
}

async function readKeyring(path: string, shown: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CommandError(`failed to load keyring: ${fileProblem('open', shown, error)}`, { cause: error });
  }
}
