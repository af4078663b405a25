/** `helm secret values edit` and `helm secret file edit`: an encrypted file in an editor, plain only meanwhile. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import { fileProblem } from '../../node/file-problem.ts';
import { writeFileAtomically } from '../../node/write-file.ts';
import { decryptText, encryptText } from '../../secrets/secret-cipher.ts';
import { decryptValues, encryptChangedValues } from '../../secrets/secret-values.ts';
import { exactArguments } from '../arguments.ts';
import { secretKeyFlag } from '../chart/secret-key-flag.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { secretKey, withName } from './secret-file.ts';

const PRIVATE = 0o600;

interface Form {
  decrypt(encrypted: string, key: Buffer): string | Uint8Array;
  /** `before` is the encrypted file; empty for a new one. */
  encrypt(plain: Buffer, before: string, key: Buffer): string;
}

function editing(what: string, example: string, form: Form): Command {
  return {
    usage: 'FILE',
    long: `${what}

The file is decrypted into a directory that only you may read, and $EDITOR is started with it (vi when there is none). What you
have saved is encrypted when the editor ends, and the plain file removed. A file that isn't there is made.`,
    example,
    arguments: exactArguments(1),
    complete: () => Promise.resolve({ words: [], files: true }),
    flags: () => [secretKeyFlag],
    run: async (context, [file = ''], flags) => {
      const key = await secretKey(context, flags);
      const path = resolve(context.directory, file);
      const before = await readIfThere(path);
      const plain = Buffer.from(before === undefined ? '' : withName(file, () => form.decrypt(before, key)));
      await edited(context, basename(path), plain, async (saved) => {
        const text = withName(file, () => form.encrypt(saved, before ?? '', key));
        await writeFileAtomically(path, text, before === undefined ? PRIVATE : (await stat(path)).mode & 0o777);
      });
      return 0;
    },
  };
}

export const editValuesCommand = editing(
  'Edits a file whose values are encrypted. Values that stay as they are stay encrypted as they were.',
  '  helm secret values edit secret-values.yaml',
  { decrypt: decryptValues, encrypt: (plain, before, key) => encryptChangedValues(plain.toString(), before, key) },
);

export const editFileCommand = editing(
  'Edits a file that is encrypted as a whole.',
  '  EDITOR="code --wait" helm secret file edit secret/app.conf',
  {
    decrypt: (encrypted, key) => decryptText(key, encrypted),
    encrypt: (plain, _before, key) => `${encryptText(key, plain)}\n`,
  },
);

/**
 * Calls `save` with what the editor has left, when it is something else. What can't be saved is shown to the editor again, so
 * that no work is lost; who leaves it as it is gives up.
 */
async function edited(
  context: CommandContext,
  name: string,
  plain: Buffer,
  save: (saved: Buffer) => Promise<void>,
): Promise<void> {
  // Made with rights for its owner only.
  const directory = await mkdtemp(join(tmpdir(), 'kindred-secret-'));
  try {
    const path = join(directory, name);
    await writeFile(path, plain, { mode: PRIVATE });
    for (let last = plain; ; ) {
      await runEditor(context, path);
      const saved = await readFile(path);
      if (saved.equals(plain)) return;
      try {
        await save(saved);
        return;
      } catch (error) {
        if (!(error instanceof CommandError) || saved.equals(last)) throw error;
        context.streams.errors.write(`${error.message}; put it right, or leave it as it is to give up\n`);
        last = saved;
      }
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function runEditor({ environment, directory, signal }: CommandContext, path: string): Promise<void> {
  const [program = 'vi', ...args] = (environment['EDITOR'] ?? '').split(/\s+/).filter((word) => word !== '');
  return new Promise((done, reject) => {
    const child = spawn(program, [...args, path], { env: environment, cwd: directory, signal, stdio: 'inherit' });
    child.once('error', (error) =>
      reject(new CommandError(`cannot start ${program}: ${error.message}`, { cause: error })),
    );
    child.once('close', (code) => {
      if (code === 0) done();
      else reject(new CommandError(`${program} ended with exit code ${code ?? -1}: nothing was changed`));
    });
  });
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw new CommandError(fileProblem('open', path, error), { cause: error });
  }
}
