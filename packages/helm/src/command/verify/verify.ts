/** `helm verify PATH`: whether a packaged chart is as its signer made it. */
import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { fileProblem } from '../../node/file-problem.ts';
import { verificationText } from '../../provenance/provenance.ts';
import { exactArguments } from '../arguments.ts';
import { keyringFlag } from '../chart/chart-flags.ts';
import { archiveVerifier } from '../chart/verify-chart.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { completeOneFile } from '../completion/arguments.ts';

export const verifyCommand: Command = {
  usage: 'PATH',
  long: `Checks the archive of a chart against the provenance file beside it (PATH.prov): that somebody signed it whose
key is in the keyring, and that it hasn't changed since.

'helm package --sign' makes provenance files. Other commands check with --verify before they use a chart.`,
  arguments: exactArguments(1),
  flags: (environment) => [keyringFlag(environment)],
  complete: completeOneFile,
  run: async (context, [path = ''], flags) => {
    await expectArchive(context, path);
    const verified = await archiveVerifier(
      context,
      flags,
    )({
      provenance: await readProvenance(context, path),
      archive: await readFile(resolve(context.directory, path)),
      fileName: basename(path),
    });
    context.streams.output.write(verificationText(verified));
    return 0;
  },
};

async function expectArchive({ directory }: CommandContext, path: string): Promise<void> {
  let isDirectory: boolean;
  try {
    isDirectory = (await stat(resolve(directory, path))).isDirectory();
  } catch (error) {
    throw new CommandError(fileProblem('stat', path, error), { cause: error });
  }
  if (isDirectory) throw new CommandError('unpacked charts cannot be verified');
  if (!path.toLowerCase().endsWith('.tgz')) throw new CommandError('chart must be a tgz file');
}

async function readProvenance({ directory }: CommandContext, path: string): Promise<Uint8Array> {
  const file = `${path}.prov`;
  try {
    return await readFile(resolve(directory, file));
  } catch (error) {
    const problem = fileProblem('stat', file, error);
    throw new CommandError(`could not load provenance file ${file}: ${problem}`, { cause: error });
  }
}
