/** Finds the key of encrypted values where nelm and werf look for it too, and reads files by it. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errorText } from '@kindred/machinery';
import { fileProblem } from '../../node/file-problem.ts';
import { readSecretKey, SecretError } from '../../secrets/secret-cipher.ts';
import { decryptValues } from '../../secrets/secret-values.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagValues } from '../flags/flag-values.ts';

const VARIABLES = ['KINDRED_SECRET_KEY', 'NELM_SECRET_KEY', 'WERF_SECRET_KEY'];
const OLD_VARIABLES = ['KINDRED_OLD_SECRET_KEY', 'NELM_OLD_SECRET_KEY', 'WERF_OLD_SECRET_KEY'];

/** Throws CommandError when there is none, or none that can be used. */
export async function secretKey(context: CommandContext, flags: FlagValues): Promise<Buffer> {
  return usableKey(await keyText(context, flags));
}

/** The key that files were encrypted with before. Throws CommandError. */
export async function oldSecretKey({ directory, environment }: CommandContext, flags: FlagValues): Promise<Buffer> {
  const given = flags.text('old-secret-key-file');
  if (given !== '') return usableKey({ from: given, text: await read(resolve(directory, given)) });
  const name = OLD_VARIABLES.find((each) => (environment[each] ?? '') !== '');
  if (name !== undefined) return usableKey({ from: `$${name}`, text: environment[name] ?? '' });
  const places = OLD_VARIABLES.map((each) => `$${each}`).join(', ');
  throw new CommandError(`there is no old secret key: not by --old-secret-key-file, nor in ${places}`);
}

function usableKey({ from, text }: { readonly from: string; readonly text: string }): Buffer {
  try {
    return readSecretKey(text);
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    throw new CommandError(`the secret key in ${from} can't be used: ${error.message}`, { cause: error });
  }
}

async function keyText({ directory, environment }: CommandContext, flags: FlagValues) {
  const given = flags.text('secret-key-file');
  if (given !== '') return { from: given, text: await read(resolve(directory, given)) };
  for (const name of VARIABLES) {
    const text = environment[name] ?? '';
    if (text !== '') return { from: `$${name}`, text };
  }
  const files = [
    join(directory, '.werf_secret_key'),
    join(environment['HOME'] ?? directory, '.werf', 'global_secret_key'),
  ];
  for (const file of files) {
    const text = await readIfThere(file);
    if (text !== undefined) return { from: file, text };
  }
  const places = [...VARIABLES.map((name) => `$${name}`), ...files].join(', ');
  throw new CommandError(
    `there is no secret key: not by --secret-key-file, nor in ${places}; make one with helm secret key`,
  );
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(fileProblem('open', file, error), { cause: error });
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new CommandError(fileProblem('open', file, error), { cause: error });
  }
}

/** Throws CommandError naming the file and the value. */
export async function decryptSecretValues(
  context: CommandContext,
  { name, text }: { readonly name: string; readonly text: string },
  flags: FlagValues,
): Promise<string> {
  const key = await secretKey(context, flags);
  return withName(name, () => decryptValues(text, key));
}

/** What is wrong with a file is said with its name. */
export function withName<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    throw new CommandError(`${name}: ${errorText(error)}`, { cause: error });
  }
}
