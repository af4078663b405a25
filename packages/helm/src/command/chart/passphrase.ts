/** The passphrase of a key to sign with: out of `--passphrase-file`, or asked for at the terminal. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { quote } from '../../go/quote.ts';
import { fileProblem } from '../../node/file-problem.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagValues } from '../flags/flag-values.ts';

/** Asks for the passphrase of the key of that name. */
export type Passphrase = (name: string) => Promise<string>;

/** Asks once, however often it is called. @param flags of a command that has `passphrase-file` */
export async function passphraseReader(context: CommandContext, flags: FlagValues): Promise<Passphrase> {
  const path = flags.text('passphrase-file');
  // A file that isn't there is a mistake even when the key needs no passphrase.
  let known = path === '' ? undefined : await readPassphrase(context, path);
  return async (name) => {
    known ??= await askPassphrase(context, name);
    return known;
  };
}

async function askPassphrase({ streams }: CommandContext, name: string): Promise<string> {
  const { readSecret } = streams.input;
  if (readSecret === undefined) throw new CommandError('inappropriate ioctl for device');
  return readSecret(`Password for key ${quote(name)} >  `);
}

async function readPassphrase({ streams, directory }: CommandContext, path: string): Promise<string> {
  const { input } = streams;
  if (path === '-' && input.isTerminal) {
    throw new CommandError('specified reading passphrase from stdin, without input on stdin');
  }
  try {
    const data = path === '-' ? await input.read() : await readFile(resolve(directory, path));
    return Buffer.from(data).toString('utf8').split(/\r?\n/)[0] ?? '';
  } catch (error) {
    throw new CommandError(fileProblem('open', path, error), { cause: error });
  }
}
