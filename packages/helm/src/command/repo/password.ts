/** Passwords for repositories and registries: by flag, from standard input, or typed at a terminal. */
import { fromBytes } from '../../go/bytes.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagValues } from '../flags/flag-values.ts';

/** The password; empty when there is no user to have one. Throws CommandError when nobody can be asked. */
export async function readPassword(context: CommandContext, flags: FlagValues): Promise<string> {
  const password = flags.text('password');
  if (password !== '' || flags.text('username') === '') return password;
  return flags.bool('password-stdin') ? passwordFromInput(context) : typedSecret(context, 'Password: ');
}

/** All of standard input without the newline at its end. */
export async function passwordFromInput({ streams }: CommandContext): Promise<string> {
  return fromBytes(await streams.input.read())
    .replace(/\n$/, '')
    .replace(/\r$/, '');
}

/** Throws CommandError when there is no terminal. */
export async function typedSecret({ streams }: CommandContext, prompt: string): Promise<string> {
  const { input, output } = streams;
  if (!input.isTerminal || input.readSecret === undefined) {
    output.write(`${prompt}\n`);
    throw new CommandError('inappropriate ioctl for device');
  }
  return input.readSecret(prompt);
}
