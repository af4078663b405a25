/** From the words of a command line to an exit code: finds the command, reads its flags, runs it, prints what went wrong. */
import { errorText } from '@kindred/machinery';
import type { Command, CommandContext, CommandEntry } from './command.ts';
import { CommandError } from './command-error.ts';
import { findCommand } from './find-command.ts';
import type { Flag } from './flags/flag.ts';
import { type FlagValues, flagValues } from './flags/flag-values.ts';
import { parseFlags } from './flags/parse-flags.ts';
import { type HelpSubject, helpFlag, helpText, usageLine } from './help.ts';
import type { Host } from './host.ts';
import { createLog } from './log.ts';
import { colorText, debugDefault, globalFlags, isColor, settingsOf } from './settings.ts';

/** Never throws: errors are printed to the host's stream for errors, and the exit code is 1. */
export async function runCommand(root: CommandEntry, words: readonly string[], host: Host): Promise<number> {
  const { errors } = host.streams;
  try {
    return await dispatch(root, words, host);
  } catch (error) {
    errors.write(`Error: ${errorText(error)}\n`);
    if (error instanceof CommandError && error.advice !== undefined) errors.write(`${error.advice}\n`);
    const isBug = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
    const wantsMore = debugDefault(host.environment) || words.includes('--debug');
    if (isBug || wantsMore) errors.write(`${firstCause(error).stack ?? ''}\n`);
    return 1;
  }
}

/** What went wrong first, without what others said about it. */
function firstCause(error: unknown): Error {
  let cause = error instanceof Error ? error : new Error(String(error));
  while (cause.cause instanceof Error) cause = cause.cause;
  return cause;
}

async function dispatch(root: CommandEntry, words: readonly string[], host: Host): Promise<number> {
  const globals = globalFlags(host.environment);
  const found = findCommand(root, words, globals);
  const subject = await helpSubject(found.entry, found.path, host);
  const { command } = subject;
  const isRaw = command?.takesRawArguments === true;
  const all = [...subject.flags, ...globals];
  const { args, given, deprecated } = parseFlags(all, isRaw ? [] : found.words);
  for (const flag of deprecated) {
    host.streams.errors.write(`Flag --${flag.name} has been deprecated, ${flag.deprecated ?? ''}\n`);
  }
  const flags = flagValues(all, given);
  if (command === undefined || flags.bool('help')) {
    host.streams.output.write(helpText(subject));
    return 0;
  }
  command.arguments?.(args, { path: found.path.join(' '), line: usageLine(subject) });
  checkExclusive(command.exclusiveFlags ?? [], flags);
  const settings = settingsOf(flags, host.environment);
  const log = createLog(host.streams.errors, settings);
  if (!isColor(colorText(flags))) {
    const problem = `invalid color mode "${colorText(flags)}": must be one of: never, auto, always`;
    log.warn('command failed', { error: problem });
    return 1;
  }
  for (const flag of all) if (flag.kind === 'string') await flag.prepare?.(flags);
  const context: CommandContext = { ...host, settings, log, root };
  return command.run(context, isRaw ? found.words : args, flags);
}

function checkExclusive(groups: readonly (readonly string[])[], flags: FlagValues): void {
  for (const group of groups) {
    const set = group.filter((name) => flags.changed(name)).sort();
    if (set.length < 2) continue;
    throw new CommandError(
      `if any flags in the group [${group.join(' ')}] are set none of the others can be; [${set.join(' ')}] were all set`,
    );
  }
}

/** Loads a command with what its help shows. */
export async function helpSubject(
  entry: CommandEntry,
  path: readonly string[],
  host: Pick<Host, 'environment'>,
): Promise<HelpSubject> {
  const command: Command | undefined = await entry.load?.();
  const own: readonly Flag[] = command?.flags?.(host.environment) ?? [];
  return { entry, path, command, flags: [...own, helpFlag(entry.name)], globals: globalFlags(host.environment) };
}
