/**
 * What a command of `helm` is. Names, arguments and flags are helm 4's (`helm COMMAND --help`); the texts are ours.
 *
 * To add a command:
 * 1. Write a file `command/<noun>/<verb>.ts` that exports a {@link Command}: its usage, texts, flags and `run`. Import
 *    heavy things there; the file is loaded only when the command is used.
 * 2. Add its line to `command/commands.ts`: name, aliases, the short text, and how the file is loaded. A command with
 *    subcommands (`repo`) is a line of {@link CommandEntry} with `subcommands` instead of `load`.
 * 3. `run` writes to `context.streams`, never to the process; it gives the exit code (0), or throws: whatever it throws
 *    is printed as `Error: message` with exit code 1. Throw {@link CommandError} for what is wrong with the invocation.
 *    Warnings go to `context.log`.
 */
import type { ArgumentRule } from './arguments.ts';
import type { Flag } from './flags/flag.ts';
import type { FlagValues } from './flags/flag-values.ts';
import type { Host } from './host.ts';
import type { Log } from './log.ts';
import type { Settings } from './settings.ts';

/** One line of the table of commands: what help and completion show without loading the command. */
export interface CommandEntry {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Half a sentence for the list of commands. */
  readonly short: string;
  /** Not shown in help and completion. */
  readonly hidden?: boolean;
  /** Text above the usage in the help of a command that only groups others. */
  readonly long?: string;
  readonly subcommands?: readonly CommandEntry[];
  /** Loads what the command does. A group has none: it prints its help. */
  readonly load?: () => Promise<Command>;
}

export interface Command {
  /** What follows the name in the usage line, without `[flags]`: `RELEASE_NAME [REVISION]`. */
  readonly usage?: string;
  /** Text above the usage. */
  readonly long: string;
  /** Lines of examples, indented by two. */
  readonly example?: string;
  /** How many arguments there must be; any number when absent. */
  readonly arguments?: ArgumentRule;
  /** The flags of this command; the global ones come by themselves. Gets the environment, for defaults out of it. */
  readonly flags?: (environment: Readonly<Record<string, string | undefined>>) => readonly Flag[];
  /** Groups of flags of which only one can be given. */
  readonly exclusiveFlags?: readonly (readonly string[])[];
  /** Everything after the command's name goes to `run` as it is. */
  readonly takesRawArguments?: boolean;
  /** Words that could stand at the place of the next argument, for completion in shells. */
  readonly complete?: (
    context: CommandContext,
    args: readonly string[],
    start: string,
    flags: FlagValues,
  ) => Promise<Completion>;
  /** Does it and gives the exit code. */
  readonly run: (context: CommandContext, args: readonly string[], flags: FlagValues) => Promise<number>;
}

export interface Completion {
  /** Each is a word, or a word, a tab and what it means. */
  readonly words: readonly string[];
  /** File names are possible too. */
  readonly files?: boolean;
  /** More may follow the word at once. */
  readonly noSpace?: boolean;
}

/** What `run` is given. */
export interface CommandContext extends Host {
  readonly settings: Settings;
  readonly log: Log;
  /** The whole command `helm`, for help and completion. */
  readonly root: CommandEntry;
}
