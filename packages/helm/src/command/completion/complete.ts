/** What could stand at the cursor of a command line: commands, flags, values of flags, arguments (cobra's `__complete`). */
import { errorText } from '@kindred/machinery';
import { noArguments } from '../arguments.ts';
import type { Command, CommandContext, CommandEntry, Completion } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { type FoundCommand, findCommand } from '../find-command.ts';
import { bareValue, type Flag } from '../flags/flag.ts';
import { type FlagValues, flagValues } from '../flags/flag-values.ts';
import { parseFlags } from '../flags/parse-flags.ts';
import { helpFlag } from '../help.ts';
import { globalFlags, settingsOf } from '../settings.ts';
import { subcommandWords } from './subcommand-words.ts';

/** What cobra's scripts are told, as bits. */
const DIRECTIVES = [
  [1, 'ShellCompDirectiveError'],
  [2, 'ShellCompDirectiveNoSpace'],
  [4, 'ShellCompDirectiveNoFileComp'],
] as const;

function directiveNames(code: number): string {
  const names = DIRECTIVES.filter(([bit]) => (code & bit) !== 0).map(([, name]) => name);
  return names.length === 0 ? 'ShellCompDirectiveDefault' : names.join(', ');
}

export function completeCommand({ descriptions }: { readonly descriptions: boolean }): Command {
  return {
    long: 'Prints what could stand at the end of a command line.',
    takesRawArguments: true,
    run: async (context, words) => {
      const { output, errors } = context.streams;
      let code = 0;
      try {
        const completion = await complete(context, words.slice(0, -1), words.at(-1) ?? '');
        for (const word of completion.words) output.write(`${descriptions ? word : (word.split('\t')[0] ?? '')}\n`);
        code = (completion.noSpace === true ? 2 : 0) + (completion.files === true ? 0 : 4);
      } catch (error) {
        // Then the shell may offer names of files.
        errors.write(`[Debug] ${errorText(error)}\n`);
      }
      output.write(`:${code}\n`);
      errors.write(`Completion ended with directive: ${directiveNames(code)}\n`);
      return 0;
    },
  };
}

interface Line {
  readonly entry: CommandEntry;
  readonly command: Command | undefined;
  readonly flags: readonly Flag[];
  /** Words after the command's name. */
  readonly words: readonly string[];
}

async function complete(context: CommandContext, words: readonly string[], start: string): Promise<Completion> {
  const line = await readLine(context, words);
  if (line === undefined) return { words: [], files: true };
  const wanted = valueFlag(line, start);
  const completion = wanted === undefined ? await wordsAt(context, line, start) : await valuesOf(context, line, wanted);
  const typed = wanted?.typed ?? start;
  return { ...completion, words: completion.words.filter((word) => word.startsWith(typed)) };
}

/** Undefined when it doesn't begin with a command. */
async function readLine(context: CommandContext, words: readonly string[]): Promise<Line | undefined> {
  const globals = globalFlags(context.environment);
  const found = find(context.root, words, globals);
  if (found === undefined) return undefined;
  const command = await found.entry.load?.();
  const own = command?.flags?.(context.environment) ?? [];
  return {
    entry: found.entry,
    command,
    flags: [...own, helpFlag(found.entry.name), ...globals],
    words: found.words,
  };
}

function find(root: CommandEntry, words: readonly string[], globals: readonly Flag[]): FoundCommand | undefined {
  try {
    return findCommand(root, words, globals);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return undefined;
  }
}

interface WantedValue {
  readonly flag: Flag;
  readonly typed: string;
}

/** The flag whose value is at the cursor. */
function valueFlag({ flags, words }: Line, start: string): WantedValue | undefined {
  if (words.includes('--')) return undefined;
  const equals = start.indexOf('=');
  if (start.startsWith('--') && equals > 0) {
    const flag = flags.find(({ name }) => name === start.slice(2, equals));
    return flag && { flag, typed: start.slice(equals + 1) };
  }
  const last = words.at(-1) ?? '';
  if (!last.startsWith('-') || last.includes('=')) return undefined;
  const flag = flags.find(({ name, short }) => last === `--${name}` || last === `-${short}`);
  return flag === undefined || bareValue(flag) !== undefined ? undefined : { flag, typed: start };
}

async function valuesOf(context: CommandContext, line: Line, { flag }: WantedValue): Promise<Completion> {
  if (flag.kind === 'string' && flag.choices !== undefined) return { words: flag.choices };
  const { kubeContexts, namespaces } = await import('./cluster-words.ts');
  const { context: settled, args } = withSettings(context, line);
  if (flag.name === 'version') {
    const { completeVersion } = await import('../chart/complete-chart.ts');
    return { words: await completeVersion(settled, args) };
  }
  if (flag.name === 'kube-context') return { words: await kubeContexts(settled) };
  if (flag.name === 'namespace') return { words: await namespaces(settled) };
  return { words: [], files: true };
}

async function wordsAt(context: CommandContext, line: Line, start: string): Promise<Completion> {
  if (start.startsWith('-') && !line.words.includes('--')) return { words: flagWords(line, start) };
  const settled = withSettings(context, line);
  if (line.command === undefined) {
    return settled.args.length === 0 ? { words: subcommandWords(line.entry) } : { words: [], files: true };
  }
  if (line.command.complete !== undefined) {
    return line.command.complete(settled.context, settled.args, start, settled.flags);
  }
  return { words: [], files: line.command.arguments !== noArguments };
}

/** Flags that weren't given; those that can be given again always. */
function flagWords({ flags, words }: Line, start: string): string[] {
  const isGiven = ({ name, short, kind }: Flag): boolean =>
    !['strings', 'stringArray', 'stringToString'].includes(kind) &&
    words.some((word) => word === `--${name}` || word.startsWith(`--${name}=`) || word === `-${short}`);
  return flags
    .filter((flag) => flag.hidden !== true && flag.deprecated === undefined && !isGiven(flag))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name, short, usage }) => [
      `--${name}\t${usage}`,
      ...(short === undefined || start.startsWith('--') ? [] : [`-${short}\t${usage}`]),
    ]);
}

/** What the words so far say; a flag that isn't finished yet is passed over. */
function withSettings(
  context: CommandContext,
  { flags, words }: Line,
): { readonly context: CommandContext; readonly args: readonly string[]; readonly flags: FlagValues } {
  const { values, args } = parse(flags, words);
  return { context: { ...context, settings: settingsOf(values, context.environment) }, args, flags: values };
}

function parse(
  flags: readonly Flag[],
  words: readonly string[],
): { readonly values: FlagValues; readonly args: readonly string[] } {
  for (let end = words.length; end >= 0; end--) {
    try {
      const { given, args } = parseFlags(flags, words.slice(0, end));
      return { values: flagValues(flags, given), args };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
    }
  }
  return { values: flagValues(flags, new Map()), args: [] };
}
