/** `helm secret key`, `encrypt` and `decrypt`: values and files that are kept encrypted, in nelm's form. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileProblem } from '../../node/file-problem.ts';
import { writeFileAtomically } from '../../node/write-file.ts';
import { decryptText, encryptText, newSecretKey } from '../../secrets/secret-cipher.ts';
import { decryptValues, encryptValues } from '../../secrets/secret-values.ts';
import { exactArguments, noArguments } from '../arguments.ts';
import { secretKeyFlag } from '../chart/secret-key-flag.ts';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { Flag } from '../flags/flag.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { secretKey, withName } from './secret-file.ts';

/** Nobody but the owner may read what was secret. */
const PRIVATE = 0o600;

export const secretKeyCommand: Command = {
  usage: '',
  long: `Prints a new key for encrypted values: 256 bits in hexadecimal digits. Keep it where nobody else reads it, and out of the
repository that the encrypted files are in.`,
  example: '  helm secret key > .werf_secret_key',
  arguments: noArguments,
  run: ({ streams }) => {
    streams.output.write(`${newSecretKey()}\n`);
    return Promise.resolve(0);
  },
};

const WHERE_THE_KEY_IS = `The key comes from --secret-key-file, $KINDRED_SECRET_KEY, $NELM_SECRET_KEY, $WERF_SECRET_KEY, .werf_secret_key in the working
directory, or .werf/global_secret_key at home.`;

const flags: readonly Flag[] = [
  secretKeyFlag,
  { kind: 'string', name: 'out', usage: 'write into this file instead of printing; only you may read it' },
];

/** What a command does with the content of its file. */
type Change = (content: Buffer, key: Buffer) => string | Uint8Array;

function changing(long: string, example: string, change: Change): Command {
  return {
    usage: 'FILE',
    long: `${long}

${WHERE_THE_KEY_IS}`,
    example,
    arguments: exactArguments(1),
    complete: () => Promise.resolve({ words: [], files: true }),
    flags: () => flags,
    run: (context, [file = ''], values) => runChange(context, file, values, change),
  };
}

async function runChange(context: CommandContext, file: string, values: FlagValues, change: Change): Promise<number> {
  const key = await secretKey(context, values);
  const content = await readFile(resolve(context.directory, file)).catch((error: unknown) => {
    throw new CommandError(fileProblem('open', file, error), { cause: error });
  });
  const changed = withName(file, () => change(content, key));
  const out = values.text('out');
  if (out === '') context.streams.output.write(changed);
  else await writeFileAtomically(resolve(context.directory, out), changed, PRIVATE);
  return 0;
}

export const encryptValuesCommand = changing(
  `Encrypts the values of a YAML file one by one; keys, comments and layout stay as they are. Install, upgrade, template and the
like take the result by --secret-values. Numbers and booleans come back as text.`,
  '  helm secret values encrypt plain.yaml --out secret-values.yaml\n  helm upgrade web ./web --secret-values secret-values.yaml',
  (content, key) => encryptValues(content.toString(), key),
);

export const decryptValuesCommand = changing(
  'Decrypts a file that helm secret values encrypt, nelm or werf has made.',
  '  helm secret values decrypt secret-values.yaml',
  (content, key) => decryptValues(content.toString(), key),
);

export const encryptFileCommand = changing(
  'Encrypts a file as a whole.',
  '  helm secret file encrypt tls.key --out tls.key.secret',
  (content, key) => `${encryptText(key, content)}\n`,
);

export const decryptFileCommand = changing(
  'Decrypts a file that was encrypted as a whole.',
  '  helm secret file decrypt tls.key.secret --out tls.key',
  (content, key) => decryptText(key, content.toString()),
);
