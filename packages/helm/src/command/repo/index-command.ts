/** `helm repo index`: the index of a directory of archives, written into it. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errorText, hasErrorCode } from '@kindred/machinery';
import { ChartError } from '../../chart/chart.ts';
import { fromBytes, toBytes } from '../../go/bytes.ts';
import { fileProblem } from '../../node/file-problem.ts';
import { writeFileAtomically } from '../../node/write-file.ts';
import { emptyIndex, indexDirectory, mergeIndexes } from '../../repositories/index-directory.ts';
import { type IndexFile, readIndex } from '../../repositories/index-file.ts';
import { indexJson, indexYaml } from '../../repositories/write-index.ts';
import { exactArguments } from '../arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { completeOneFile } from '../completion/arguments.ts';

export const repoIndexCommand: Command = {
  usage: '[DIR]',
  long: `Makes the index of the charts packed in a directory and writes it to index.yaml in there.

--url puts an address before the names of the archives. --merge adds what another index has and the directory hasn't;
for a version that both have, the directory's counts.`,
  arguments: exactArguments(1),
  flags: () => [
    { kind: 'bool', name: 'json', usage: 'write JSON' },
    { kind: 'string', name: 'merge', usage: 'index to merge the new one with' },
    { kind: 'string', name: 'url', usage: 'address of the repository' },
  ],
  complete: completeOneFile,
  run: async (context, [directory = ''], flags) => {
    const path = resolve(context.directory, directory);
    const now = (): Date => new Date(context.clock.now());
    const text = flags.bool('json') ? indexJson : indexYaml;
    let index = await readDirectory(path, flags.text('url'), now);
    const merge = flags.text('merge');
    if (merge !== '') index = mergeIndexes(index, await readMerged(context, merge, now(), text));
    await writeFileAtomically(join(path, 'index.yaml'), toBytes(text(index)));
    return 0;
  },
};

async function readDirectory(path: string, url: string, now: () => Date): Promise<IndexFile> {
  try {
    return await indexDirectory(path, { url, now });
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT'))
      throw new CommandError(fileProblem('open', join(path, 'index.yaml'), error), { cause: error });
    throw error;
  }
}

/** An index that isn't there yet is made. */
async function readMerged(
  context: CommandContext,
  name: string,
  now: Date,
  text: (index: IndexFile) => string,
): Promise<IndexFile> {
  const path = resolve(context.directory, name);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
    const empty = emptyIndex(now);
    await writeFileAtomically(path, toBytes(text(empty)));
    return empty;
  }
  try {
    return readIndex(fromBytes(bytes), name, (message, fields) => context.log.warn(message, fields));
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new CommandError(`merge failed: error loading ${name}: ${errorText(error)}`, { cause: error });
  }
}
