/** `helm secret rotate-secret-key`: what was encrypted with an old key is encrypted with the new one. */
import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasErrorCode } from '@kindred/machinery';
import { fileProblem } from '../../node/file-problem.ts';
import { writeFileAtomically } from '../../node/write-file.ts';
import { decryptText, encryptText } from '../../secrets/secret-cipher.ts';
import { decryptValues, encryptValues } from '../../secrets/secret-values.ts';
import { secretKeyFlag } from '../chart/secret-key-flag.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { oldSecretKey, secretKey, withName } from './secret-file.ts';

interface SecretFile {
  readonly path: string;
  /** As a whole, or value by value. */
  readonly kind: 'file' | 'values';
}

export const rotateCommand: Command = {
  usage: '[VALUES-FILE...]',
  long: `Encrypts with the new key what was encrypted with the old one: secret-values.yaml of the chart, the files in its secret/,
and the files of values that are named. Nothing is written before all of them can be decrypted.

The new key comes from where secret values encrypt takes it, the old one from --old-secret-key-file, $KINDRED_OLD_SECRET_KEY,
$NELM_OLD_SECRET_KEY or $WERF_OLD_SECRET_KEY.`,
  example: `  cp .werf_secret_key old-key
  helm secret key > .werf_secret_key
  helm secret rotate-secret-key --chart ./web --old-secret-key-file old-key more-values.yaml`,
  complete: () => Promise.resolve({ words: [], files: true }),
  flags: () => [
    secretKeyFlag,
    {
      kind: 'string',
      name: 'old-secret-key-file',
      usage: 'file with the key that everything is encrypted with until now',
    },
    { kind: 'string', name: 'chart', usage: 'directory of the chart', default: '.' },
  ],
  run: async (context, names, flags) => {
    const [key, old] = [await secretKey(context, flags), await oldSecretKey(context, flags)];
    const at = (name: string): string => resolve(context.directory, name);
    const files = [...(await filesOfChart(at(flags.text('chart')))), ...names.map(at).map(asValues)];
    const changed = [];
    for (const { path, kind } of files) {
      const content = (await read(path)).toString();
      const text = withName(path, () =>
        kind === 'values'
          ? encryptValues(decryptValues(content, old), key)
          : `${encryptText(key, decryptText(old, content))}\n`,
      );
      changed.push({ path, text, mode: (await stat(path)).mode & 0o777 });
    }
    for (const { path, text, mode } of changed) {
      await writeFileAtomically(path, text, mode);
      context.streams.output.write(`encrypted ${path} with the new key\n`);
    }
    if (changed.length === 0) throw new CommandError('there is nothing to encrypt: neither in the chart nor named');
    return 0;
  },
};

function asValues(path: string): SecretFile {
  return { path, kind: 'values' };
}

async function filesOfChart(chart: string): Promise<SecretFile[]> {
  const values = join(chart, 'secret-values.yaml');
  const hasValues = (await entriesOf(chart)).some((entry) => entry.isFile() && entry.name === 'secret-values.yaml');
  const inner = (await entriesOf(join(chart, 'secret'), true)).filter((entry) => entry.isFile());
  const files = inner.map((entry): SecretFile => ({ path: join(entry.parentPath, entry.name), kind: 'file' }));
  return [...(hasValues ? [asValues(values)] : []), ...files];
}

/** None of a directory that isn't there. */
async function entriesOf(directory: string, recursive = false): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true, recursive });
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CommandError(fileProblem('open', path, error), { cause: error });
  }
}
